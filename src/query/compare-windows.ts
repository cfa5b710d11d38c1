import type { Comparison } from '../store/comparison/compared-rows.ts';
import { countAttributes } from '../store/comparison/count-attributes.ts';
import { countRecords } from '../store/comparison/count-records.ts';
import { readLogs, readSpans } from '../store/comparison/read-records.ts';
import { oneInFor } from '../store/comparison/sampling.ts';
import { overRepresented } from '../telemetry/comparison/attributes.ts';
import type { Cause } from '../telemetry/comparison/causes.ts';
import type { Change } from '../telemetry/comparison/changes.ts';
import { stringText } from '../telemetry/filter/print.ts';
import { hullOf, type Window } from '../telemetry/window.ts';
import { type Place, placesNamed } from '../telemetry/window-records/places.ts';
import type { Range } from '../telemetry/window-records/range.ts';
import { baselineWindow } from './baseline-window.ts';
import { findBaseline } from './choose-baseline.ts';
import { comparedMetrics } from './compared-metrics.ts';
import { standardLimits } from './comparison-limits.ts';
import { seriesMeant } from './comparison-metrics.ts';
import {
  type Baseline,
  type CompareWindowsRequest,
  type CompareWindowsResult,
  changeLimit,
  type DatedCause,
  type DatedChange,
} from './comparison-results.ts';
import type { ComparisonThreads } from './comparison-threads.ts';
import { diagnoseNothing } from './diagnosis.ts';
import { checkBaseline, isEmpty, isOfAll, laterWindow } from './empty-sides.ts';
import { checkFieldsOfBoth } from './fields-of-both.ts';
import { lowered } from './limits.ts';
import { timeoutOf } from './promql.ts';
import type { Call } from './queries.ts';
import type { Note } from './results.ts';
import { type SelectedChange, selectChanges } from './select-changes.ts';
import { type QueryContext, readSubject } from './subject.ts';
import { together } from './together.ts';

/** Parents of spans in a window, and what is below them, are read so far around it, ns. */
const margin = 300_000_000_000n;

/** The length of a stretch of short windows, ns, and how many stretches a window has. */
const shortStretch = 30_000_000_000n;
const fewestStretches = 4n;
const mostStretches = 12n;

/**
 * What changed from one window to another, over spans, logs and metrics, and what that suggests. What the key may
 * not see counts as never recorded.
 *
 * @throws InputError for a time, filter or limit that can't be used
 * @throws StoreError when the store does not answer
 */
export function compareTelemetry(
  context: QueryContext,
  threads: ComparisonThreads,
  request: CompareWindowsRequest,
  call: Call,
): Promise<CompareWindowsResult> {
  return threads.run(() => compareInTurn(context, threads, request, call), {
    waitMs: timeoutOf(context),
    signal: call.signal,
  });
}

async function compareInTurn(
  context: QueryContext,
  threads: ComparisonThreads,
  request: CompareWindowsRequest,
  call: Call,
): Promise<CompareWindowsResult> {
  const limit = lowered('limit', request.limit, changeLimit);
  checkFieldsOfBoth(request.filters ?? '');
  const traces = await readSubject(context, { ...request, signal: 'traces', fields: [] }, call);
  const logs = await readSubject(context, { ...request, signal: 'logs', fields: [], asOf: traces.now }, call);
  const { window, options } = traces;
  const { clickhouse } = context.store;
  const around = request.workload?.trim() ?? '';
  const comparison: Comparison = {
    scope: traces.scope,
    traces,
    logs,
    ...(around !== '' && { workload: around }),
  };
  const stretch = stretchOf(window);
  const limits = context.comparisonLimits ?? standardLimits;
  const given = baselineWindow(request, window, traces.now);
  const { baseline: earlier, counts } =
    given === undefined
      ? await findBaseline(clickhouse, comparison, { window, stretch, limits }, options)
      : {
          baseline: { ...given, chosen: undefined },
          counts: await countRecords(clickhouse, comparison, [given, window], options),
        };
  const [before, after] = counts;
  if (given !== undefined) checkBaseline(comparison, given, counts);
  const hasRecords = !isEmpty(after);
  // Where nothing at all was recorded, that all is gone says nothing.
  const tellsOfRecords = hasRecords || !isOfAll(comparison);
  const baseline = earlier ?? (hasRecords ? undefined : rightBefore(window));
  const compared = baseline ?? { from: window.from, to: window.from };
  const oneIn = Math.max(
    oneInFor(before.spans + after.spans, limits.spans),
    oneInFor(before.logs + after.logs, limits.logs),
  );
  const origin = hullOf([compared, window]).from;
  const meant = seriesMeant(traces.filter);
  const [{ metrics, notes: metricNotes }, spans, lines] = await together(call.signal, (signal) =>
    Promise.all([
      comparedMetrics(
        context,
        {
          baseline: milliseconds(compared),
          window: milliseconds(window),
          stretch: Number(stretch) / 1e6,
          matchers: meant.matchers,
          mostSeries: limits.series,
        },
        { ...call, signal },
      ),
      tellsOfRecords
        ? readSpans(
            clickhouse,
            comparison,
            { windows: [widened(compared), widened(window)], origin, oneIn },
            { ...options, signal },
          )
        : [],
      tellsOfRecords
        ? readLogs(
            clickhouse,
            comparison,
            { windows: [compared, window], origin, oneIn },
            { ...options, signal },
          )
        : [],
    ]),
  );
  const range = ({ from, to }: Window): Range => ({
    from: Number(from - origin),
    to: Number(to - origin),
    stretch: Number(stretch),
  });
  const found = await threads.compare(
    {
      spans,
      logs: lines,
      ranges: { baseline: range(compared), window: range(window) },
      metrics,
      ofSeenWorkloads: around !== '' || !meant.exact,
    },
    call.signal,
  );
  const attributes = overRepresented(
    await countAttributes(clickhouse, comparison, { questions: found.questions, window, oneIn }, options),
  );
  const changes = selectChanges(found.changes, found.causes, limit.value).map((selected) =>
    dated(selected, { window, stretch, oneIn }),
  );
  const notes: Note[] = [
    ...new Set([...traces.notes, ...logs.notes]),
    ...limit.notes,
    ...(given === undefined ? [] : overlapping(given, window)),
    ...metricNotes,
    ...logsLeftOut(found.logsLeftOut),
  ];
  if (!tellsOfRecords && !isEmpty(before))
    notes.push('spans and logs are not compared, as the window holds none');
  if (!hasRecords) notes.push(...(await whyNothing(context, request, around, call)));
  if (baseline === undefined) notes.push(...(await laterWindow(clickhouse, comparison, window, options)));
  return {
    filter: traces.filterText,
    filterRewritten: traces.filterRewritten,
    around,
    window,
    now: traces.statedNow,
    baseline,
    spans: [before.spans, after.spans],
    logs: [before.logs, after.logs],
    series: found.series,
    oneIn,
    stretch,
    changesTotal: found.changes.length,
    changes,
    causes: found.causes.map((cause) => datedCause(cause, found.changes, { window, stretch })),
    attributes,
    untold: found.untold,
    notes,
  };
}

/** Where there are no records to choose by, there may still be metrics. */
function rightBefore({ from, to }: Window): Baseline | undefined {
  const start = from - (to - from);
  return start < 0n ? undefined : { from: start, to: from, chosen: { candidates: 0, passedOver: [] } };
}

/** What both hold hides what changed. */
const overlapping = (baseline: Window, window: Window): Note[] =>
  baseline.to > window.from && baseline.from < window.to
    ? ['the baseline overlaps the window: what is in both hides changes; give a time outside of the window']
    : [];

const logsLeftOut = (logs: number): Note[] =>
  logs === 0 ? [] : [`${logs} logs are of kinds too rare to be compared: narrow filters to see them`];

/** Why no span matched: the workload is a term as any other for that. */
async function whyNothing(
  context: QueryContext,
  request: CompareWindowsRequest,
  around: string,
  call: Call,
): Promise<Note[]> {
  const terms = [
    ...(request.filters?.trim() ? [`(${request.filters})`] : []),
    ...(around === '' ? [] : [`(${placesNamed(around).map(termsOf).join(' OR ')})`]),
  ];
  const filters = terms.join(' AND ');
  const subject = await readSubject(context, { ...request, filters, signal: 'traces', fields: [] }, call);
  return diagnoseNothing(context, subject);
}

const termsOf = (place: Partial<Place>): string =>
  `(${Object.entries(place)
    .map(([field, value]) => `${field} = ${stringText(value)}`)
    .join(' AND ')})`;

/** ns: 30 s in windows of some minutes, a twelfth of longer ones. */
function stretchOf({ from, to }: Window): bigint {
  const length = to - from;
  const wished = (length + shortStretch / 2n) / shortStretch;
  const stretches =
    wished < fewestStretches ? fewestStretches : wished > mostStretches ? mostStretches : wished;
  return (length + stretches - 1n) / stretches;
}

const widened = ({ from, to }: Window): Window => ({
  from: from > margin ? from - margin : 0n,
  to: to + margin,
});

const milliseconds = ({ from, to }: Window) => ({ from: Number(from) / 1e6, to: Number(to) / 1e6 });

/** A change with the time of its onset, and rates by minute. */
function dated(
  { change: { onset, failingBelow: _, unit, ...change }, ...selected }: SelectedChange,
  { window, stretch, oneIn }: { readonly window: Window; readonly stretch: bigint; readonly oneIn: number },
): DatedChange {
  const isRate = unit === 'per-stretch';
  const factor = isRate ? (oneIn * minute) / Number(stretch) : 1;
  return {
    ...change,
    ...selected,
    unit: isRate ? 'per-minute' : unit,
    before: change.before * factor,
    after: change.after * factor,
    onset: window.from + BigInt(onset) * stretch,
  };
}

/** ns */
const minute = 60e9;

function datedCause(
  { evidence, ...cause }: Cause,
  changes: readonly Change[],
  { window, stretch }: { readonly window: Window; readonly stretch: bigint },
): DatedCause {
  const numbers = evidence.map((change) => changes.indexOf(change) + 1).sort((a, b) => a - b);
  const onset = Math.min(...evidence.map((change) => change.onset));
  return {
    ...cause,
    evidence: numbers.filter((number) => number > 0),
    onset: Number.isFinite(onset) ? window.from + BigInt(onset) * stretch : undefined,
  };
}
