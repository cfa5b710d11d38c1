import type { Filter } from '../../telemetry/filter/ast.ts';
import type { Scope } from '../../telemetry/scope.ts';
import { hullOf, type Window } from '../../telemetry/window.ts';
import { placesNamed } from '../../telemetry/window-records/places.ts';
import type { SignalTable } from '../schema/signal-table.ts';
import { fieldOf, textOf } from '../sql/field.ts';
import { rowsIn } from '../sql/rows-in.ts';
import { join, type Sql, sql } from '../sql/sql.ts';

/** At least one. */
export type Windows = readonly [Window, ...Window[]];

/** The records of one signal that a comparison is about. */
export interface ComparedRecords {
  readonly table: SignalTable;
  readonly filter: Filter | undefined;
}

export interface Comparison {
  readonly scope: Scope;
  readonly traces: ComparedRecords;
  readonly logs: ComparedRecords;
  /** Only traces in which this workload takes part, and its own logs, by a name as `placesNamed` reads it; absent for all. */
  readonly workload?: string | undefined;
}

/** The condition on rows of a signal that they lie in one of the windows and belong to the comparison. */
export function comparedRows(comparison: Comparison, signal: 'traces' | 'logs', windows: Windows): Sql {
  const { table, filter } = comparison[signal];
  const conditions = [inWindows(table, comparison, filter, windows)];
  const { workload } = comparison;
  if (workload !== undefined) {
    const { traces } = comparison;
    const trace = fieldOf(traces.table, 'trace_id');
    const through = sql`SELECT ${trace} FROM ${traces.table.name} WHERE ${inWindows(traces.table, comparison, traces.filter, windows)} AND ${isNamed(traces.table, workload)} AND ${trace} != ''`;
    const inTraces = sql`${fieldOf(table, 'trace_id')} IN (${through})`;
    conditions.push(sql`(${isNamed(table, workload)} OR ${inTraces})`);
  }
  return join(conditions, ' AND ');
}

/** The condition that a record is of what a name stands for. */
function isNamed(table: SignalTable, name: string): Sql {
  const places = placesNamed(name).map((place) => {
    const parts = placeFields.flatMap((field) => {
      const text = place[field];
      return text === undefined ? [] : [sql`${textOf(table, field)} = ${text}`];
    });
    return sql`(${join(parts, ' AND ')})`;
  });
  return sql`(${join(places, ' OR ')})`;
}

const placeFields = ['cluster', 'namespace', 'workload'] as const;

function inWindows(
  table: SignalTable,
  { scope }: Comparison,
  filter: Filter | undefined,
  windows: Windows,
): Sql {
  // Each window by itself, as there may be days between them.
  const each = windows.map((window) => sql`(${rowsIn(table, { window, scope })})`);
  return sql`${rowsIn(table, { window: hullOf(windows), scope, filter })} AND (${join(each, ' OR ')})`;
}

/** ns since the epoch. */
export const timeOf = (table: SignalTable): Sql => sql`toUnixTimestamp64Nano(${table.time})`;
