import { scopeOf } from '../access/scope.ts';
import {
  longestLogBody,
  longestSpanText,
  type Pick,
  pickSpan,
  readTrace,
  readTraceLogs,
  type TraceLog,
} from '../store/trace.ts';
import { InputError } from '../telemetry/input-error.ts';
import { nearest } from '../telemetry/nearest.ts';
import { analyzeTrace } from '../telemetry/trace/analyze-trace.ts';
import { diagnoseNothing } from './diagnosis.ts';
import type { Call } from './queries.ts';
import type { Note } from './results.ts';
import { type QueryContext, readSubject, type Subject, tableOf } from './subject.ts';
import { together } from './together.ts';
import type { LogInTrace, TraceRequest, TraceResult } from './trace-requests.ts';

/** A trace with more spans is a program that forgot to end one; its first ones are shown. */
const mostSpans = 60_000;
const mostLogs = 1_000;

/**
 * One trace: by its id, or that of the slowest, the first failed or a typical span of those that match. What
 * the key may not see counts as never recorded.
 *
 * @throws InputError for an id, time or filter that can't be used, and for a span that the trace does not have
 * @throws StoreError when the store does not answer
 */
export async function getTrace(
  context: QueryContext,
  request: TraceRequest,
  call: Call,
): Promise<TraceResult> {
  // Some call a trace by the 64 bits that tracers had before W3C's Trace Context; collectors fill them up.
  const byId = request.traceId ? readId('trace_id', request.traceId, 32).padStart(32, '0') : undefined;
  const spanId = request.spanId ? readId('span_id', request.spanId, 16) : undefined;
  const bySpan = spanId !== undefined && request.filters === undefined;
  const search = bySpan ? { ...request, filters: `span_id = '${spanId}'` } : request;
  const found = byId === undefined ? await pickTrace(context, search, call) : undefined;
  const traceId = byId ?? found?.picked?.spanOf ?? '';
  const notes: Note[] = found === undefined ? unusedNotes(request) : [...found.notes];
  if (bySpan && traceId === '') {
    notes.unshift(`the window holds no span ${spanId}: choose another, or give trace_id`);
  }
  const picked = found?.picked?.answer;
  const scope = scopeOf(call.principal);
  const { store } = context;
  const [recorded, logged] =
    traceId === ''
      ? []
      : await together(call.signal, (signal) =>
          Promise.all([
            readTrace(
              store.clickhouse,
              tableOf(store, 'traces'),
              { traceId, scope, most: mostSpans },
              { signal },
            ),
            store.table('logs') === undefined
              ? undefined
              : readTraceLogs(
                  store.clickhouse,
                  tableOf(store, 'logs'),
                  { traceId, scope, most: mostLogs },
                  { signal },
                ),
          ]),
        );
  const trace = analyzeTrace(recorded?.spans ?? []);
  const { spans } = trace;
  const firstLog = logged?.logs.reduce<bigint | undefined>(
    (first, { time }) => (first === undefined || time < first ? time : first),
    undefined,
  );
  const start = recorded?.start ?? firstLog ?? 0n;
  const window =
    recorded === undefined && found !== undefined
      ? found.subject.window
      : { from: start, to: start + BigInt(trace.duration) };
  if (recorded === undefined && byId !== undefined) {
    notes.push(`no span of trace ${byId} is stored; search-traces lists spans with their trace_id`);
  }
  const total = recorded?.total ?? 0;
  if (total > mostSpans) {
    notes.push(`the trace has ${total} spans; only the first ${mostSpans} were read`);
  }
  notes.push(...lengthNotes(recorded?.longTexts ?? 0, logged?.longBodies ?? 0));
  return {
    ...trace,
    traceId,
    picked,
    window,
    now: found?.subject.statedNow,
    spansTotal: total,
    top: topOf(spanId, spans, traceId, byId === undefined),
    logs: placeLogs(logged?.logs ?? [], start, spans),
    logsTotal: logged?.total ?? 0,
    notes,
  };
}

/** The index of the span that was asked for. */
function topOf(
  spanId: string | undefined,
  spans: TraceResult['spans'],
  traceId: string,
  wasPicked: boolean,
): number | undefined {
  // Where there is no trace, notes say why.
  if (spanId === undefined || spans.length === 0) return undefined;
  const top = spans.findIndex((span) => span.spanId === spanId);
  if (top >= 0) return top;
  const ids = spans.map((span) => span.spanId);
  const [near] = nearest(spanId, ids, 1);
  throw new InputError(
    `span_id: ${wasPicked ? `trace ${traceId}, which was picked, has` : 'the trace has'} no span ${spanId}${near === undefined ? '' : `; near it is ${near}`}`,
  );
}

function lengthNotes(texts: number, bodies: number): Note[] {
  const note = (what: string, length: number): Note =>
    `${what} longer than ${length} characters: only what comes first is read`;
  return [
    ...(texts > 0
      ? [note(texts === 1 ? '1 text of a span is' : `${texts} texts of spans are`, longestSpanText)]
      : []),
    ...(bodies > 0
      ? [note(bodies === 1 ? '1 log body is' : `${bodies} log bodies are`, longestLogBody)]
      : []),
  ];
}

interface Found {
  readonly subject: Subject;
  readonly picked:
    | { readonly spanOf: string; readonly answer: NonNullable<TraceResult['picked']> }
    | undefined;
  readonly notes: readonly Note[];
}

/** Without a filter, a trace stands for its root span: most spans are parts that nobody would ask for. */
async function pickTrace(context: QueryContext, request: TraceRequest, call: Call): Promise<Found> {
  const pick: Pick = request.pick ?? 'slowest';
  const subject = await readSubject(context, { ...request, signal: 'traces', fields: [] }, call);
  const { clickhouse } = context.store;
  const search = (rootsOnly: boolean) =>
    pickSpan(clickhouse, subject.table, { ...subject, pick, rootsOnly }, subject.options);
  const preferRoots = subject.filter === undefined && pick !== 'first_failed';
  const root = preferRoots ? await search(true) : undefined;
  const span = root ?? (await search(false));
  const notes: Note[] = [...subject.notes];
  if (span === undefined) {
    const whole = { ...subject, pick: 'slowest', rootsOnly: false } as const;
    const match =
      pick === 'first_failed' ? await pickSpan(clickhouse, subject.table, whole, subject.options) : undefined;
    if (match === undefined) notes.push(...(await diagnoseNothing(context, subject)));
    else notes.push(`spans that match: ${match.candidates}, with status error: 0`);
    return { subject, picked: undefined, notes };
  }
  const { traceId, ...of } = span;
  const answer = {
    ...of,
    pick,
    filter: subject.filterText,
    filterRewritten: subject.filterRewritten,
    rootsOnly: root !== undefined,
    searched: subject.window,
  };
  return { subject, picked: { spanOf: traceId, answer }, notes };
}

function readId(name: string, text: string, digits: number): string {
  const id = text.trim().toLowerCase();
  if (id === '' || !/^[0-9a-f]+$/.test(id) || id.length > 2 * digits) {
    throw new InputError(
      `${name}: takes ${digits} hexadecimal digits, as search-traces shows them; to find a trace by anything else, use filters and pick`,
    );
  }
  return id;
}

function unusedNotes({ fromTime, toTime, filters, pick }: TraceRequest): Note[] {
  const given = [
    ...(fromTime === undefined ? [] : ['from_time']),
    ...(toTime === undefined ? [] : ['to_time']),
    ...(filters === undefined ? [] : ['filters']),
    ...(pick === undefined ? [] : ['pick']),
  ];
  return given.length === 0
    ? []
    : [`${given.join(', ')}: not used, as trace_id names the trace, which is shown whole`];
}

function placeLogs(
  logs: readonly TraceLog[],
  start: bigint,
  spans: readonly { readonly spanId: string }[],
): LogInTrace[] {
  const indexOf = new Map<string, number>();
  for (const [i, { spanId }] of spans.entries()) if (!indexOf.has(spanId)) indexOf.set(spanId, i);
  return logs.map(({ time, spanId, workload, level, body }) => ({
    at: Number(time - start),
    span: (spanId === '' ? undefined : indexOf.get(spanId)) ?? -1,
    workload,
    level,
    body,
  }));
}
