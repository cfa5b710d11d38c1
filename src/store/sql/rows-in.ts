import type { Filter } from '../../telemetry/filter/ast.ts';
import type { Scope } from '../../telemetry/scope.ts';
import type { Window } from '../../telemetry/window.ts';
import type { SignalTable } from '../schema/signal-table.ts';
import { conditionOf } from './filter.ts';
import { join, listOf, type Sql, sql } from './sql.ts';

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
  conditions.push(...coarsely(table, window));
  for (const [values, column] of [
    [scope.clusters, table.fields.cluster],
    [scope.namespaces, table.fields.namespace],
  ] as const) {
    if (values === undefined) continue;
    if (column === undefined) throw new Error(`${table.signal} have no column for the limits of a key`);
    conditions.push(values.length === 0 ? sql`0` : sql`${column} IN (${listOf(values)})`);
  }
  if (filter !== undefined) conditions.push(sql`(${conditionOf(filter, table)})`);
  return join(conditions, ' AND ');
}

const second = 1_000_000_000n;
const slot = 300n;
/** Where DateTime ends, in seconds: functions that give one begin anew there. */
const dateTimeEnd = 2n ** 32n;

/**
 * The window once more, as the sort key has it: a second that it holds beside the time, or the slot of five
 * minutes that it begins with (in our tables and the exporter's newest). ClickHouse does not conclude it from a
 * condition on the time, as that is in the key itself, further behind: it would read most of a day for an hour.
 */
function coarsely({ time, coarseTime }: SignalTable, { from, to }: Window): Sql[] {
  if (coarseTime !== undefined) {
    return [
      sql`${coarseTime} >= toDateTime(${from / second}) AND ${coarseTime} <= toDateTime(${to / second})`,
    ];
  }
  const [first, last] = [from / second, (to - 1n) / second];
  if (from < 0n || to <= from || last >= dateTimeEnd) return [];
  const at = sql`toStartOfFiveMinutes(${time})`;
  return [
    // A slot begins less than its length before any time in it.
    ...(first < slot ? [] : [sql`${at} > toDateTime(${first - slot})`]),
    sql`${at} <= toDateTime(${last})`,
  ];
}
