import { z } from 'zod';
import type { Scope } from '../telemetry/scope.ts';
import type { Window } from '../telemetry/window.ts';
import type { ClickHouse, QueryOptions } from './clickhouse.ts';
import { seriesRowsIn } from './metrics/series-rows-in.ts';
import { metricTableName, metricTableNames } from './schema/metric-tables.ts';
import type { SignalTable } from './schema/signal-table.ts';
import { tableNames } from './schema/tables.ts';
import { rowsIn } from './sql/rows-in.ts';
import { join, type Sql, sql } from './sql/sql.ts';
import { StoreError } from './store-error.ts';

/** A table of records or samples, as far as its rows have times and owners. */
export interface TimedTable {
  readonly name: Sql;
  /** The column of the time, DateTime64. */
  readonly time: Sql;
  /** The condition on rows that they lie in the window and the scope. */
  rowsIn(window: Window, scope: Scope): Sql;
}

export const recordsTable = (table: SignalTable): TimedTable => ({
  name: table.name,
  time: table.time,
  rowsIn: (window, scope) => rowsIn(table, { window, scope }),
});

/** The samples of our own metrics: the series that they belong to say where they are from. */
export function samplesTable(clickhouse: ClickHouse, database: string): TimedTable {
  const tables = {
    clickhouse,
    series: metricTableName('series', database),
    samples: metricTableName('samples', database),
  };
  return {
    name: tables.samples,
    time: sql`Timestamp`,
    rowsIn({ from, to }, scope) {
      const inWindow = sql`Timestamp >= fromUnixTimestamp64Nano(${from}) AND Timestamp < fromUnixTimestamp64Nano(${to})`;
      if (scope.clusters === undefined && scope.namespaces === undefined) return inWindow;
      const { where, tests } = seriesRowsIn(tables, [], undefined, scope);
      if (tests.length > 0) throw new StoreError('internal', 'a scope says more than SQL can');
      return sql`${inWindow} AND Id IN (SELECT Id FROM ${tables.series} WHERE ${where})`;
    },
  };
}

/** Rows of each minute (since the epoch) that has any, and the time of the newest, in ns. */
export interface MinuteCounts {
  readonly rows: ReadonlyMap<number, number>;
  readonly newest: bigint | undefined;
}

export async function countByMinute(
  clickhouse: ClickHouse,
  table: TimedTable,
  { window, scope }: { readonly window: Window; readonly scope: Scope },
  options: QueryOptions,
): Promise<MinuteCounts> {
  const found = await clickhouse.rows(
    sql`SELECT intDiv(toUnixTimestamp(${table.time}), 60) AS minute, toString(count()), toString(toUnixTimestamp64Nano(toDateTime64(max(${table.time}), 9))) FROM ${table.name} WHERE ${table.rowsIn(window, scope)} GROUP BY minute ORDER BY minute`,
    z.tuple([z.number(), z.coerce.number(), z.coerce.bigint()]),
    options,
  );
  return {
    rows: new Map(found.map(([minute, rows]) => [minute, rows])),
    newest: found.at(-1)?.[2],
  };
}

/** What a table holds in all. */
export interface Extent {
  readonly rows: number;
  /** ns since the epoch; undefined where it holds nothing. */
  readonly oldest: bigint | undefined;
  readonly newest: bigint | undefined;
}

/** Without limits tables that are partitioned by time answer without reading a row. */
export async function extentOfTable(
  clickhouse: ClickHouse,
  table: TimedTable,
  scope: Scope,
  options: QueryOptions,
): Promise<Extent> {
  const isLimited = scope.clusters !== undefined || scope.namespaces !== undefined;
  const where = isLimited ? sql` WHERE ${table.rowsIn({ from: 0n, to: endOfTime }, scope)}` : sql``;
  const nanoseconds = (time: Sql): Sql => sql`toString(toUnixTimestamp64Nano(toDateTime64(${time}, 9)))`;
  const [row] = await clickhouse.rows(
    sql`SELECT toString(count()), ${nanoseconds(sql`min(${table.time})`)}, ${nanoseconds(sql`max(${table.time})`)} FROM ${table.name}${where}`,
    z.tuple([z.coerce.number(), z.coerce.bigint(), z.coerce.bigint()]),
    options,
  );
  if (row === undefined || row[0] === 0) return { rows: 0, oldest: undefined, newest: undefined };
  return { rows: row[0], oldest: row[1], newest: row[2] };
}

const endOfTime = 9_223_372_036_854_775_807n;

/** Bytes on disk of each of our signals' tables; those of which the store does not tell it are not in it. */
export async function tableBytes(
  clickhouse: ClickHouse,
  database: string,
): Promise<ReadonlyMap<'logs' | 'traces' | 'metrics', number>> {
  const signalOf = new Map<string, 'logs' | 'traces' | 'metrics'>([
    [tableNames.logs, 'logs'],
    [tableNames.traces, 'traces'],
    [metricTableNames.series, 'metrics'],
    [metricTableNames.samples, 'metrics'],
  ]);
  const names = [...signalOf.keys()].map((name) => sql`${name}`);
  const found = await clickhouse.rows(
    sql`SELECT name, toString(total_bytes) FROM system.tables WHERE database = ${database} AND name IN (${join(names, ', ')}) AND total_bytes IS NOT NULL`,
    z.tuple([z.string(), z.coerce.number()]),
    { cheap: true },
  );
  const bytes = new Map<'logs' | 'traces' | 'metrics', number>();
  for (const [name, size] of found) {
    const signal = signalOf.get(name);
    if (signal !== undefined) bytes.set(signal, (bytes.get(signal) ?? 0) + size);
  }
  return bytes;
}
