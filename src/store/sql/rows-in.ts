import type { Filter } from '../../telemetry/filter/ast.ts';
import type { Scope } from '../../telemetry/scope.ts';
import type { Window } from '../../telemetry/window.ts';
import type { SignalTable } from '../schema/signal-table.ts';
import { conditionOf } from './filter.ts';
import { join, type Sql, sql } from './sql.ts';

/** The records that a question is about. */
export interface Selection {
  readonly window: Window;
  readonly scope: Scope;
  readonly filter?: Filter | undefined;
}

/** The text after WHERE: window, scope and filter, in this order. */
export function rowsIn(table: SignalTable, { window, scope, filter }: Selection): Sql {
  const conditions = [
    sql`${table.time} >= fromUnixTimestamp64Nano(${window.from}) AND ${table.time} < fromUnixTimestamp64Nano(${window.to})`,
  ];
  if (table.coarseTime !== undefined) {
    const second = 1_000_000_000n;
    conditions.push(
      sql`${table.coarseTime} >= toDateTime(${window.from / second}) AND ${table.coarseTime} <= toDateTime(${window.to / second})`,
    );
  }
  for (const [values, column] of [
    [scope.clusters, table.fields.cluster],
    [scope.namespaces, table.fields.namespace],
  ] as const) {
    if (values === undefined) continue;
    if (column === undefined) throw new Error(`${table.signal} have no column for the limits of a key`);
    conditions.push(values.length === 0 ? sql`0` : sql`${column} IN (${list(values)})`);
  }
  if (filter !== undefined) conditions.push(sql`(${conditionOf(filter, table)})`);
  return join(conditions, ' AND ');
}

const list = (values: readonly string[]): Sql =>
  join(
    values.map((value) => sql`${value}`),
    ', ',
  );
