import { z } from 'zod';
import type { Field } from '../telemetry/fields.ts';
import type { ClickHouse, QueryOptions } from './clickhouse.ts';
import type { SignalTable } from './schema/signal-table.ts';
import { fieldOutput } from './sql/field.ts';
import { numericTextExcluded } from './sql/filter.ts';
import { rowsIn, type Selection } from './sql/rows-in.ts';
import { join, type Sql, sql } from './sql/sql.ts';

export type Order = 'newest' | 'oldest' | 'slowest';

export interface RecordSearch extends Selection {
  readonly columns: readonly Field[];
  readonly order: Order;
  readonly limit: number;
}

/** A time is in ns since the epoch; null is a missing value. */
export type FieldValue = string | number | bigint | null;

/** Characters of a text that are read; more would not fit an answer, and a body can have millions. */
export const longestText = 200_000;

/** The first rows in the order, one value for each column; a text that is too long has one character more. */
export async function searchRecords(
  clickhouse: ClickHouse,
  table: SignalTable,
  { columns, order, limit, ...selection }: RecordSearch,
  options: QueryOptions,
): Promise<FieldValue[][]> {
  const rows = await clickhouse.rows(
    sql`SELECT ${join(
      columns.map((field) => sql`leftUTF8(${fieldOutput(field, table)}, ${longestText + 1})`),
      ', ',
    )} FROM ${table.name} WHERE ${rowsIn(table, selection)} ORDER BY ${orderBy(order, table)} LIMIT ${limit}`,
    z.array(z.union([z.string(), z.number()])),
    options,
  );
  return rows.map((row) => row.map((value, i) => readValue(value, columns[i])));
}

/** How many records there are. */
export async function countRecords(
  clickhouse: ClickHouse,
  table: SignalTable,
  selection: Selection,
  options: QueryOptions,
): Promise<number> {
  const [row] = await clickhouse.rows(
    sql`SELECT toString(count()) FROM ${table.name} WHERE ${rowsIn(table, selection)}`,
    count,
    options,
  );
  return row?.[0] ?? 0;
}

/** Records that a numeric comparison of the filter leaves out because their text is no number. */
export async function countNotNumeric(
  clickhouse: ClickHouse,
  table: SignalTable,
  { filter, ...selection }: Selection,
  options: QueryOptions,
): Promise<number> {
  const excluded = filter && numericTextExcluded(filter, table);
  if (excluded === undefined) return 0;
  const [row] = await clickhouse.rows(
    sql`SELECT toString(countIf(${excluded})) FROM ${table.name} WHERE ${rowsIn(table, selection)}`,
    count,
    options,
  );
  return row?.[0] ?? 0;
}

const count = z.tuple([z.coerce.number()]);

/** The times of the oldest and the newest record that the scope allows, whatever the window. */
export async function extentOf(
  clickhouse: ClickHouse,
  table: SignalTable,
  scope: Selection['scope'],
  options: QueryOptions,
): Promise<{ oldest: bigint; newest: bigint } | undefined> {
  const everything = { window: { from: 0n, to: 9_223_372_036_854_775_807n }, scope };
  const [row] = await clickhouse.rows(
    sql`SELECT toString(toUnixTimestamp64Nano(min(${table.time}))), toString(toUnixTimestamp64Nano(max(${table.time}))), toString(count()) FROM ${table.name} WHERE ${rowsIn(table, everything)}`,
    z.tuple([z.coerce.bigint(), z.coerce.bigint(), z.string()]),
    options,
  );
  return row === undefined || row[2] === '0' ? undefined : { oldest: row[0], newest: row[1] };
}

function readValue(value: string | number, field: Field | undefined): FieldValue {
  if (field?.kind === 'builtin' && field.type === 'time') return BigInt(value);
  if (field?.kind === 'builtin' && field.type === 'number') return Number(value);
  return value === '' ? null : String(value);
}

/**
 * The sort key of our tables starts with five-minute slots; naming them first gives the same order
 * and lets ClickHouse read the newest slot alone.
 */
function orderBy(order: Order, table: SignalTable): Sql {
  const direction = order === 'oldest' ? sql`ASC` : sql`DESC`;
  const byTime = sql`toStartOfFiveMinutes(${table.time}) ${direction}, ${table.time} ${direction}`;
  if (order !== 'slowest') return byTime;
  if (table.fields.duration === undefined) throw new Error(`${table.signal} have no duration`);
  return sql`${table.fields.duration} DESC, ${table.time} DESC`;
}
