import type { BuiltinFieldName } from '../../telemetry/fields.ts';
import type { LogBlock, SpanBlock, TextColumn } from '../../telemetry/window-records/record-blocks.ts';
import type { ClickHouse, QueryOptions } from '../clickhouse.ts';
import { shapeOf } from '../log-patterns.ts';
import { columnOf, type NativeBlock, numbersOf, textsOf } from '../native/native-column.ts';
import type { SignalTable } from '../schema/signal-table.ts';
import { fieldOf, textOf } from '../sql/field.ts';
import { join, type Sql, sql } from '../sql/sql.ts';
import { type Comparison, comparedRows, timeOf, type Windows } from './compared-rows.ts';
import { isSampled } from './sampling.ts';

export interface RecordsToRead {
  readonly windows: Windows;
  /** What times are counted from, ns since the epoch. */
  readonly origin: bigint;
  /** Of all traces one in so many, a power of two, chosen by their ids; the same for spans and logs. */
  readonly oneIn: number;
}

/** The spans of the windows, in columns; a span outside of the scope is not among them. */
export async function readSpans(
  clickhouse: ClickHouse,
  comparison: Comparison,
  { windows, origin, oneIn }: RecordsToRead,
  options: QueryOptions,
): Promise<SpanBlock[]> {
  const { table } = comparison.traces;
  const role = textOf(table, 'role');
  const columns = [
    sql`toFloat64(${timeOf(table)} - ${origin}) AS c0`,
    sql`toFloat64(${fieldOf(table, 'duration')}) AS c1`,
    traceHash(table),
    spanHash(table, 'span_id'),
    spanHash(table, 'parent_span_id'),
    sql`CAST(indexOf(['client', 'producer', 'server', 'consumer'], ${role}), 'UInt8') AS c5`,
    sql`CAST(${textOf(table, 'status')} = 'error', 'UInt8') AS c6`,
    ...originColumns(table),
    few(textOf(table, 'operation_name')),
    few(
      sql`if(${role} IN ('client', 'producer'), if(${textOf(table, 'server')} != '', ${textOf(table, 'server')}, ${textOf(table, 'protocol_type')}), '')`,
    ),
  ];
  const blocks: SpanBlock[] = [];
  await clickhouse.blocks(
    sql`SELECT ${join(columns, ', ')} FROM ${table.name} WHERE ${comparedRows(comparison, 'traces', windows)}${isSampled(table, oneIn)}`,
    (block) => {
      blocks.push({
        ...originsOf(block, 7),
        start: numbersOf(block, 0, Float64Array).slice(),
        duration: numbersOf(block, 1, Float64Array).slice(),
        trace: halvesOf(block, 2),
        span: halvesOf(block, 3),
        parent: halvesOf(block, 4),
        role: numbersOf(block, 5, Uint8Array).slice(),
        failed: numbersOf(block, 6, Uint8Array).slice(),
        operation: textColumn(block, 11),
        peer: textColumn(block, 12),
      });
    },
    options,
  );
  return blocks;
}

/** The logs of the windows, in columns, with their values masked. */
export async function readLogs(
  clickhouse: ClickHouse,
  comparison: Comparison,
  { windows, origin, oneIn }: RecordsToRead,
  options: QueryOptions,
): Promise<LogBlock[]> {
  const { table } = comparison.logs;
  const columns = [
    sql`toFloat64(${timeOf(table)} - ${origin}) AS c0`,
    traceHash(table),
    spanHash(table, 'span_id'),
    ...originColumns(table),
    few(textOf(table, 'level')),
    few(shapeOf(table)),
  ];
  const blocks: LogBlock[] = [];
  await clickhouse.blocks(
    sql`SELECT ${join(columns, ', ')} FROM ${table.name} WHERE ${comparedRows(comparison, 'logs', windows)}${isSampled(table, oneIn)}`,
    (block) => {
      blocks.push({
        ...originsOf(block, 3),
        time: numbersOf(block, 0, Float64Array).slice(),
        trace: halvesOf(block, 1),
        span: halvesOf(block, 2),
        level: textColumn(block, 7),
        shape: textColumn(block, 8),
      });
    },
    options,
  );
  return blocks;
}

const traceHash = (table: SignalTable): Sql =>
  sql`if(${fieldOf(table, 'trace_id')} = '', 0, sipHash64(${fieldOf(table, 'trace_id')}))`;

const spanHash = (table: SignalTable, field: 'span_id' | 'parent_span_id'): Sql =>
  sql`if(${fieldOf(table, 'trace_id')} = '' OR ${fieldOf(table, field)} = '', 0, sipHash64(${fieldOf(table, 'trace_id')}, ${fieldOf(table, field)}))`;

const originFields = [
  'cluster',
  'namespace',
  'workload',
  'pod_name',
] as const satisfies readonly BuiltinFieldName[];

const originColumns = (table: SignalTable): Sql[] => originFields.map((field) => few(textOf(table, field)));

function originsOf(block: NativeBlock, first: number) {
  return {
    rows: block.rows,
    cluster: textColumn(block, first),
    namespace: textColumn(block, first + 1),
    workload: textColumn(block, first + 2),
    pod: textColumn(block, first + 3),
  };
}

/** Texts of which many are equal: each is sent once a block. */
const few = (text: Sql): Sql => sql`toLowCardinality(${text})`;

function textColumn(block: NativeBlock, index: number): TextColumn {
  const { indices, values } = columnOf(block, index, 'dictionary');
  return { indices: indices.slice(), values: textsOf(values) };
}

/** Numbers of 64 bits as two of 32, the lower first. */
function halvesOf(block: NativeBlock, index: number): Uint32Array {
  const { buffer } = numbersOf(block, index, BigUint64Array).slice();
  return new Uint32Array(buffer);
}
