import { z } from 'zod';
import type { BuiltinFieldName } from '../telemetry/fields.ts';
import type { Scope } from '../telemetry/scope.ts';
import type { Span } from '../telemetry/trace/span.ts';
import { Beginnings } from './beginnings.ts';
import type { ClickHouse, QueryOptions } from './clickhouse.ts';
import { lastTime } from './extent.ts';
import type { SignalTable } from './schema/signal-table.ts';
import { fieldOf, textOf } from './sql/field.ts';
import { rowsIn, type Selection } from './sql/rows-in.ts';
import { join, type Sql, sql } from './sql/sql.ts';

/** Characters of a text of a span, and of a log body, that are read. */
export const longestSpanText = 2000;
export const longestLogBody = 16_000;

/** Whatever the time: ids are looked up by the tables' index on them. */
const allTime = { from: 0n, to: lastTime };

export interface RecordedTrace {
  /** When its first span starts, ns since the epoch. */
  readonly start: bigint;
  /** The first ones, where there are more than were asked for. */
  readonly spans: readonly Span[];
  /** All that are stored within the scope. */
  readonly total: number;
  /** Texts that were longer than `longestSpanText`. */
  readonly longTexts: number;
}

const texts = [
  'span_id',
  'parent_span_id',
  'operation_name',
  'role',
  'cluster',
  'namespace',
  'workload',
  'pod_name',
  'status',
  'status_message',
  'protocol_type',
  'return_code',
  'clustered_resource',
  'server',
] as const satisfies readonly BuiltinFieldName[];

const spanRow = z.tuple([z.coerce.bigint(), z.coerce.bigint(), z.coerce.number()], z.string());

/** The spans of a trace, in order of time; undefined where the scope has none. */
export async function readTrace(
  clickhouse: ClickHouse,
  table: SignalTable,
  { traceId, scope, most }: { readonly traceId: string; readonly scope: Scope; readonly most: number },
  options: QueryOptions,
): Promise<RecordedTrace | undefined> {
  const columns = [...texts.map((field) => textOf(table, field)), exceptionOf(table)].map((text) =>
    cut(text, longestSpanText),
  );
  const rows = await clickhouse.rows(
    sql`SELECT toString(toUnixTimestamp64Nano(${table.time})), toString(${fieldOf(table, 'duration')}), toString(count() OVER ()), ${join(columns, ', ')} FROM ${table.name} WHERE ${withId(table, traceId, scope)} ORDER BY ${table.time}, ${textOf(table, 'span_id')} LIMIT ${most}`,
    spanRow,
    options,
  );
  const [first] = rows;
  if (first === undefined) return undefined;
  const [start, , total] = first;
  const beginnings = new Beginnings(longestSpanText);
  const spans = rows.map((row) => readSpan(row, start, beginnings));
  return { start, total, spans, longTexts: beginnings.cut };
}

function readSpan(
  [time, duration, , ...read]: z.infer<typeof spanRow>,
  start: bigint,
  beginnings: Beginnings,
): Span {
  const values = read.map((text) => beginnings.of(text));
  const value = (name: (typeof texts)[number]): string => values[texts.indexOf(name)] ?? '';
  return {
    spanId: value('span_id'),
    parentSpanId: value('parent_span_id'),
    name: value('operation_name'),
    role: value('role'),
    cluster: value('cluster'),
    namespace: value('namespace'),
    workload: value('workload'),
    pod: value('pod_name'),
    failed: value('status') === 'error',
    message: value('status_message') || (values[texts.length] ?? ''),
    protocol: value('protocol_type'),
    returnCode: value('return_code'),
    resource: value('clustered_resource'),
    peer: value('role') === 'client' || value('role') === 'producer' ? value('server') : '',
    start: Number(time - start),
    duration: Number(duration),
  };
}

/** Type and message of the first exception (OpenTelemetry semantic conventions: an event `exception`). */
function exceptionOf(table: SignalTable): Sql {
  if (!table.columns.has('Events.Name') || !table.columns.has('Events.Attributes')) return sql`''`;
  const attributes = sql`\`Events.Attributes\`[indexOf(\`Events.Name\`, 'exception')]`;
  return sql`if(has(\`Events.Name\`, 'exception'), trim(BOTH ': ' FROM concat(${attributes}['exception.type'], ': ', ${attributes}['exception.message'])), '')`;
}

export interface TraceLog {
  /** ns since the epoch. */
  readonly time: bigint;
  /** Empty where the log names none. */
  readonly spanId: string;
  readonly workload: string;
  readonly level: string;
  readonly body: string;
}

/** The logs that name a trace: up to `most`, the most severe first, then the earliest; and how many there are. */
export async function readTraceLogs(
  clickhouse: ClickHouse,
  table: SignalTable,
  { traceId, scope, most }: { readonly traceId: string; readonly scope: Scope; readonly most: number },
  options: QueryOptions,
): Promise<{ readonly logs: readonly TraceLog[]; readonly total: number; readonly longBodies: number }> {
  const severity = sql`indexOf(['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'PANIC'], ${textOf(table, 'level')})`;
  const columns = [
    textOf(table, 'span_id'),
    textOf(table, 'workload'),
    textOf(table, 'level'),
    cut(textOf(table, 'body'), longestLogBody),
  ];
  const rows = await clickhouse.rows(
    sql`SELECT toString(toUnixTimestamp64Nano(${table.time})), toString(count() OVER ()), ${join(columns, ', ')} FROM ${table.name} WHERE ${withId(table, traceId, scope)} ORDER BY ${severity} DESC, ${table.time}, ${textOf(table, 'body')} LIMIT ${most}`,
    z.tuple([z.coerce.bigint(), z.coerce.number(), z.string(), z.string(), z.string(), z.string()]),
    options,
  );
  const beginnings = new Beginnings(longestLogBody);
  const logs = rows.map(([time, , spanId, workload, level, body]): TraceLog => {
    return { time, spanId, workload, level, body: beginnings.of(body) };
  });
  return { logs, total: rows[0]?.[1] ?? 0, longBodies: beginnings.cut };
}

export type Pick = 'slowest' | 'first_failed' | 'typical';

export interface PickedSpan {
  readonly traceId: string;
  readonly spanId: string;
  /** ns */
  readonly duration: number;
  /** Spans that it was picked from. */
  readonly candidates: number;
  /** Of the candidates' durations, ns. */
  readonly median: number;
}

/**
 * One of the spans of a selection: the slowest, the first that failed, or that whose duration is nearest the
 * median; of equal ones the earliest. Undefined where none is there.
 */
export async function pickSpan(
  clickhouse: ClickHouse,
  table: SignalTable,
  { pick, rootsOnly, ...selection }: Selection & { readonly pick: Pick; readonly rootsOnly: boolean },
  options: QueryOptions,
): Promise<PickedSpan | undefined> {
  const duration = fieldOf(table, 'duration');
  const conditions = [rowsIn(table, selection), sql`${fieldOf(table, 'trace_id')} != ''`];
  if (rootsOnly) conditions.push(sql`${fieldOf(table, 'parent_span_id')} = ''`);
  if (pick === 'first_failed') conditions.push(sql`${fieldOf(table, 'status')} = 'error'`);
  const rows = join(conditions, ' AND ');
  const [summary] = await clickhouse.rows(
    sql`SELECT toString(count()), ifNull(quantileExactInclusiveOrNull(0.5)(${duration}), 0) FROM ${table.name} WHERE ${rows}`,
    z.tuple([z.coerce.number(), z.number()]),
    options,
  );
  const [candidates, median] = summary ?? [0, 0];
  if (candidates === 0) return undefined;
  const rank = {
    slowest: sql`${duration} DESC`,
    first_failed: sql`${table.time}`,
    typical: sql`abs(toFloat64(${duration}) - ${median})`,
  }[pick];
  const [found] = await clickhouse.rows(
    sql`SELECT ${fieldOf(table, 'trace_id')}, ${fieldOf(table, 'span_id')}, toString(${duration}) FROM ${table.name} WHERE ${rows} ORDER BY ${rank}, ${table.time}, ${fieldOf(table, 'span_id')} LIMIT 1`,
    z.tuple([z.string(), z.string(), z.coerce.number()]),
    options,
  );
  return found && { traceId: found[0], spanId: found[1], duration: found[2], candidates, median };
}

const withId = (table: SignalTable, traceId: string, scope: Scope): Sql =>
  sql`${rowsIn(table, { window: allTime, scope })} AND ${fieldOf(table, 'trace_id')} = ${traceId}`;

/** With one character more, that tells whether there are more. */
const cut = (text: Sql, length: number): Sql => sql`leftUTF8(toString(${text}), ${length + 1})`;
