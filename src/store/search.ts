import { z } from 'zod';
import type { Field } from '../telemetry/fields.ts';
import type { ClickHouse, QueryOptions } from './clickhouse.ts';
import { recordHash } from './schema/record-hash.ts';
import type { SignalTable } from './schema/signal-table.ts';
import { fieldOutput } from './sql/field.ts';
import { numericTextExcluded } from './sql/filter.ts';
import { rowsIn, type Selection } from './sql/rows-in.ts';
import { join, type Sql, sql } from './sql/sql.ts';

export type Order = 'newest' | 'oldest' | 'slowest';

/** Where a record stands in an order that is total: by (duration and) time, then by the record's hash. */
export interface Position {
  /** ns since the epoch. */
  readonly time: bigint;
  /** ns; it counts in the order `slowest` alone. */
  readonly duration: bigint;
  readonly hash: bigint;
  /** Which of the records it is that are alike in all that is stored of them: 1 for the first. */
  readonly copy: number;
}

export interface RecordSearch extends Selection {
  readonly columns: readonly Field[];
  readonly order: Order;
  readonly limit: number;
  /** Go on behind the record of this position; absent: from the first. */
  readonly after?: Position | undefined;
}

/** A time is in ns since the epoch; null is a missing value. */
export type FieldValue = string | number | bigint | null;

export interface FoundRecord {
  /** One for each column; a text that is too long has one character more than `longestText`. */
  readonly values: readonly FieldValue[];
  readonly position: Position;
}

export interface RecordPage {
  readonly records: readonly FoundRecord[];
  /** There are records behind the last one. */
  readonly hasMore: boolean;
}

/** Characters of a text that are read; more would not fit an answer, and a body can have millions. */
export const longestText = 200_000;

/**
 * The next records in the order.
 *
 * Page after page, each record that was there from the start comes exactly once, whatever arrives in
 * between: a page begins behind a record, not behind a number of them.
 *
 * First the times of the records are read, which takes the columns of the filter alone; then whole records
 * of those times, with the hash that orders those of one time.
 */
export async function searchRecords(
  clickhouse: ClickHouse,
  table: SignalTable,
  { columns, limit, ...search }: RecordSearch,
  options: QueryOptions,
): Promise<RecordPage> {
  const { order, after } = search;
  const duration = durationOf(order, table);
  const keys = sql`toString(toUnixTimestamp64Nano(${table.time})), toString(${duration})`;
  const found = await clickhouse.rows(
    sql`SELECT ${keys} FROM ${table.name} WHERE ${behind(table, search)} ORDER BY ${orderBy(order, table)} LIMIT ${limit + 1}`,
    key,
    options,
  );
  const places = [...found, ...(after === undefined ? [] : [[after.time, after.duration] as const])];
  if (places.length === 0) return { records: [], hasMore: false };
  const outputs = columns.map((field) => sql`leftUTF8(${fieldOutput(field, table)}, ${longestText + 1})`);
  const rows = await clickhouse.rows(
    sql`SELECT [${keys}, toString(${recordHash(table)} AS hash)], ${join(outputs, ', ')} FROM ${table.name} WHERE ${among(table, search, places)} ORDER BY ${orderBy(order, table)}, hash LIMIT ${limit + 1} OFFSET ${after?.copy ?? 0}`,
    z.tuple([position], z.union([z.string(), z.number()])),
    options,
  );
  let last = after;
  const records = rows.slice(0, limit).map(([place, ...values]): FoundRecord => {
    last = { ...place, copy: last !== undefined && isAlike(place, last) ? last.copy + 1 : 1 };
    return { values: values.map((value, i) => readValue(value, columns[i])), position: last };
  });
  return { records, hasMore: rows.length > limit };
}

const key = z.tuple([z.coerce.bigint(), z.coerce.bigint()]);
const position = z
  .tuple([z.coerce.bigint(), z.coerce.bigint(), z.coerce.bigint()])
  .transform(([time, duration, hash]) => ({ time, duration, hash }));

type Ordered = Omit<RecordSearch, 'columns' | 'limit'>;

const isAlike = (a: Omit<Position, 'copy'>, b: Position): boolean =>
  a.time === b.time && a.duration === b.duration && a.hash === b.hash;

/** The records behind all of the position's own time (and duration). */
function behind(table: SignalTable, { order, after, window, ...selection }: Ordered): Sql {
  if (after === undefined) return rowsIn(table, { ...selection, window });
  const { time } = after;
  switch (order) {
    case 'newest':
      return rowsIn(table, { ...selection, window: { ...window, to: least(window.to, time) } });
    case 'oldest':
      return rowsIn(table, { ...selection, window: { ...window, from: most(window.from, time + 1n) } });
    case 'slowest': {
      const duration = durationOf(order, table);
      const rest = sql`(${duration} < ${after.duration} OR (${duration} = ${after.duration} AND ${table.time} < ${at(time)}))`;
      return sql`${rowsIn(table, { ...selection, window })} AND ${rest}`;
    }
  }
}

/** The records of these times (and durations) that are not before the position. */
function among(
  table: SignalTable,
  { order, after, window, ...selection }: Ordered,
  places: readonly (readonly [time: bigint, duration: bigint])[],
): Sql {
  const times = places.map(([time]) => time);
  const duration = durationOf(order, table);
  const narrowed = {
    from: most(window.from, times.reduce(least)),
    to: least(window.to, times.reduce(most) + 1n),
  };
  const conditions = [
    rowsIn(table, { ...selection, window: narrowed }),
    sql`${table.time} IN (${join(times.map(at), ', ')})`,
  ];
  if (order === 'slowest') {
    conditions.push(
      sql`${duration} IN (${join(
        places.map(([, value]) => sql`${value}`),
        ', ',
      )})`,
    );
  }
  if (after !== undefined) {
    const same = sql`${table.time} = ${at(after.time)} AND ${duration} = ${after.duration}`;
    conditions.push(sql`NOT (${same} AND ${recordHash(table)} < ${after.hash})`);
    if (order === 'slowest') {
      conditions.push(
        sql`(${duration} < ${after.duration} OR (${duration} = ${after.duration} AND ${table.time} <= ${at(after.time)}))`,
      );
    }
  }
  return join(conditions, ' AND ');
}

const at = (time: bigint): Sql => sql`fromUnixTimestamp64Nano(${time})`;
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
const most = (a: bigint, b: bigint): bigint => (a > b ? a : b);

/** What orders the slowest first; a constant in the other orders. */
function durationOf(order: Order, table: SignalTable): Sql {
  if (order !== 'slowest') return sql`0`;
  if (table.fields.duration === undefined) throw new Error(`${table.signal} have no duration`);
  return table.fields.duration;
}

/**
 * The sort key of our tables starts with five-minute slots; naming them first gives the same order
 * and lets ClickHouse read the newest slot alone.
 */
function orderBy(order: Order, table: SignalTable): Sql {
  const direction = order === 'oldest' ? sql`ASC` : sql`DESC`;
  if (order === 'slowest') return sql`${durationOf(order, table)} DESC, ${table.time} DESC`;
  return sql`toStartOfFiveMinutes(${table.time}) ${direction}, ${table.time} ${direction}`;
}

function readValue(value: string | number, field: Field | undefined): FieldValue {
  if (field?.kind === 'builtin' && field.type === 'time') return BigInt(value);
  if (field?.kind === 'builtin' && field.type === 'number') return Number(value);
  return value === '' ? null : String(value);
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
