import { z } from 'zod';
import type { Scope } from '../telemetry/scope.ts';
import type { ClickHouse, QueryOptions } from './clickhouse.ts';
import type { SignalTable } from './schema/signal-table.ts';
import { rowsIn } from './sql/rows-in.ts';
import { type Sql, sql } from './sql/sql.ts';

/** Times of the oldest and of the newest record, in ns since the epoch. */
export interface Extent {
  readonly oldest: bigint;
  readonly newest: bigint;
}

/** The end of DateTime64(9). */
export const lastTime = 9_223_372_036_854_775_807n;
const everything = { from: 0n, to: lastTime };

/** From when to when a scope has records; undefined where it has none. */
export async function extentOf(
  clickhouse: ClickHouse,
  table: SignalTable,
  scope: Scope,
  options: QueryOptions,
): Promise<Extent | undefined> {
  const rows = rowsIn(table, { window: everything, scope });
  const [row] = await clickhouse.rows(
    sql`SELECT ${endOf(table, rows, sql`ASC`)}, ${endOf(table, rows, sql`DESC`)}`,
    z.tuple([z.string(), z.string()]),
    options,
  );
  const [oldest = '', newest = ''] = row ?? [];
  return oldest === '' || newest === '' ? undefined : { oldest: BigInt(oldest), newest: BigInt(newest) };
}

/**
 * The time of the first record in a direction as text, '' where there is none. The sort key begins with
 * slots of five minutes: naming them reads the first slot alone.
 */
export function endOf(table: SignalTable, rows: Sql, direction: Sql): Sql {
  const order = sql`toStartOfFiveMinutes(${table.time}) ${direction}, ${table.time} ${direction}`;
  return sql`ifNull((SELECT toString(toUnixTimestamp64Nano(${table.time})) FROM ${table.name} WHERE ${rows} ORDER BY ${order} LIMIT 1), '')`;
}
