import { type Aggregation, analyzeRecords, type Group } from '../store/analyze.ts';
import { countNotNumeric } from '../store/search.ts';
import {
  type AggregationFunction,
  aggregationAliases,
  aggregationFunctions,
  aggregationGuesses,
  isAdditive,
} from '../telemetry/aggregation.ts';
import type { Field } from '../telemetry/fields.ts';
import { InputError } from '../telemetry/input-error.ts';
import { nearest } from '../telemetry/nearest.ts';
import { type Bucket, buckets, chooseStep, formatTime, parseStep } from '../telemetry/time.ts';
import type { Window } from '../telemetry/window.ts';
import { diagnoseNothing } from './diagnosis.ts';
import { lowered } from './limits.ts';
import type { Call } from './queries.ts';
import { type AnalyzeRequest, groupLimit, mostGroupKeys } from './requests.ts';
import { type NamedField, unitOf, withoutRepeated } from './resolve-fields.ts';
import type { AnalyzeResult, Note, Point, Series, Summary } from './results.ts';
import { notNumericNote } from './search.ts';
import { type QueryContext, readSubject } from './subject.ts';
import { together } from './together.ts';

const maxPoints = 1000;

/** How a record without a value of a key is named in groups. */
export const noValue = '(none)';

/**
 * Aggregates records, over the whole window or over buckets of it, in groups.
 *
 * @throws InputError for a time, filter, field, function or step that can't be used
 * @throws StoreError when the store does not answer
 */
export async function analyze(
  context: QueryContext,
  request: AnalyzeRequest,
  call: Call,
): Promise<AnalyzeResult> {
  const { signal, queryType, groupBy = [] } = request;
  const fn = readFunction(request.aggregation?.function);
  const limit = lowered('limit', request.limit, groupLimit);
  if (groupBy.length > mostGroupKeys) {
    throw new InputError(`groupBy: takes at most ${mostGroupKeys} fields`);
  }
  const asked = request.aggregation?.field;
  const subject = await readSubject(
    context,
    { ...request, fields: [...groupBy, ...(asked === undefined ? [] : [asked])] },
    call,
  );
  const keys = withoutRepeated(subject.fields.slice(0, groupBy.length));
  const { aggregation, notes: aggregationNotes } = readAggregation(fn, subject.fields[groupBy.length]);
  const grid = queryType === 'range' ? readGrid(request.step, subject.window, subject.now) : undefined;
  const window = grid === undefined ? subject.window : grid.window;
  const { clickhouse } = context.store;
  const [found, notNumeric] = await together(call.signal, (signal) =>
    Promise.all([
      analyzeRecords(
        clickhouse,
        subject.table,
        {
          ...subject,
          window,
          aggregation,
          groupBy: keys.map(({ field }) => field),
          step: grid?.step,
          limit: limit.value,
        },
        { ...subject.options, signal },
      ),
      countNotNumeric(clickhouse, subject.table, { ...subject, window }, { ...subject.options, signal }),
    ]),
  );
  const notes: Note[] = [...subject.notes, ...aggregationNotes, ...limit.notes];
  if (notNumeric > 0) notes.push(notNumericNote(notNumeric));
  if (grid === undefined && request.step !== undefined) {
    notes.push('step plays no part in an instant query; queryType "range" gives values over time');
  }
  if (found.notNumeric > 0) {
    notes.push(`${found.notNumeric} rows were left out: their ${subject.fields.at(-1)?.name} is no number`);
  }
  if (found.rowsTotal === 0) notes.push(...(await diagnoseNothing(context, subject)));
  const names = keys.map(({ name }) => name);
  const groups = found.groups.length === 0 && names.length === 0 ? [emptyGroup] : found.groups;
  const shown = groups.reduce((sum, { rows }) => sum + rows, 0);
  return {
    signal,
    queryType,
    window: subject.window,
    now: subject.statedNow,
    step: grid === undefined ? null : grid.step / 1000,
    filter: subject.filterText,
    filterRewritten: subject.filterRewritten,
    aggregation: {
      function: aggregation.function,
      field: aggregation.field && subject.fields.at(-1)?.name,
    },
    unit: aggregation.field === undefined || fn === 'unique_count' ? undefined : unitOf(aggregation.field),
    groupBy: names,
    groupsTotal: Math.max(found.groupsTotal, groups.length),
    shareShown: found.rowsTotal === 0 ? 1 : shown / found.rowsTotal,
    rowsMatched: found.rowsTotal,
    partial: {
      first: grid?.buckets[0]?.partial ?? false,
      last: grid?.buckets.at(-1)?.partial ?? false,
    },
    series: groups.map((group) => seriesOf(group, keys, aggregation.function, grid?.buckets)),
    notes,
  };
}

const emptyGroup: Group = { keys: [], value: null, buckets: [], rows: 0 };

function readFunction(name = 'row_count'): AggregationFunction {
  const lower = name.toLowerCase();
  const found = aggregationFunctions.find((fn) => fn === lower) ?? aggregationAliases.get(lower);
  if (found !== undefined) return found;
  const [guess = aggregationGuesses.get(lower)] = aggregationGuesses.has(lower)
    ? []
    : nearest(lower, [...aggregationFunctions, ...aggregationAliases.keys()]);
  throw new InputError(
    `aggregation: there is no function "${name}"${guess ? `; did you mean ${guess}?` : '.'} There are ${aggregationFunctions.join(', ')}`,
  );
}

function readAggregation(
  fn: AggregationFunction,
  named: NamedField | undefined,
): { aggregation: Aggregation; notes: string[] } {
  if (fn === 'row_count') {
    const ignored = named && `row_count counts rows: the field ${named.name} plays no part`;
    return { aggregation: { function: fn }, notes: ignored ? [ignored] : [] };
  }
  if (named === undefined) {
    throw new InputError(`aggregation: ${fn} needs a field, such as {"function":"${fn}","field":"duration"}`);
  }
  const { field, name } = named;
  if (field.kind === 'builtin' && field.type === 'time' && fn !== 'unique_count') {
    throw new InputError(`aggregation: ${name} is a time, ${fn} takes a field that holds numbers`);
  }
  return { aggregation: { function: fn, field }, notes: [] };
}

interface Grid {
  /** ms */
  readonly step: number;
  readonly buckets: readonly Bucket[];
  /** The part of the window that the buckets cover. */
  readonly window: Window;
}

function readGrid(asked: string | number | undefined, window: Window, now: bigint): Grid {
  const step = asked === undefined ? chooseStep(window) : parseStep(asked);
  const points = (window.to - window.from) / (BigInt(step) * 1_000_000n);
  if (points > BigInt(maxPoints)) {
    const least = Math.ceil(Number(window.to - window.from) / 1e9 / (maxPoints - 1));
    throw new InputError(
      `step: ${asked} makes ${points} points, at most ${maxPoints} are given; use ${least}s or more, or a shorter window`,
    );
  }
  const grid = buckets(window, step, now);
  const from = grid[0]?.from ?? window.from;
  return { step, buckets: grid, window: { from, to: grid.at(-1)?.to ?? from } };
}

function seriesOf(
  group: Group,
  keys: readonly NamedField[],
  fn: AggregationFunction,
  grid: readonly Bucket[] | undefined,
): Series {
  const labels = Object.fromEntries(keys.map(({ name, field }, i) => [name, labelOf(field, group.keys[i])]));
  const { rows } = group;
  const zero = isAdditive(fn) || fn === 'unique_count' ? 0 : null;
  if (grid === undefined) {
    const value = group.rows === 0 ? zero : group.value;
    return { labels, rows, value, summary: summarize([value], fn) };
  }
  const values = new Map(group.buckets);
  const points = grid.map(({ start }): Point => {
    const milliseconds = Number(start / 1_000_000n);
    const value = values.get(milliseconds);
    return [milliseconds / 1000, value === undefined ? zero : value];
  });
  return {
    labels,
    rows,
    points,
    summary: summarize(
      points.map(([, value]) => value),
      fn,
    ),
  };
}

function labelOf(field: Field, key = ''): string {
  if (key === '') return noValue;
  return field.kind === 'builtin' && field.type === 'time' ? formatTime(BigInt(key)) : key;
}

function summarize(values: readonly (number | null)[], fn: AggregationFunction): Summary {
  const known = values.filter((value) => value !== null);
  const total = known.reduce((sum, value) => sum + value, 0);
  if (known.length === 0) {
    return { min: null, max: null, avg: null, latest: null, total: isAdditive(fn) ? 0 : null, count: 0 };
  }
  return {
    min: known.reduce((a, b) => Math.min(a, b)),
    max: known.reduce((a, b) => Math.max(a, b)),
    avg: total / known.length,
    latest: known.at(-1) ?? null,
    total: isAdditive(fn) ? total : null,
    count: known.length,
  };
}
