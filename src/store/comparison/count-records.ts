import { z } from 'zod';
import type {
  CandidateCounts,
  Occupied,
  Period,
  WorkloadCounts,
} from '../../telemetry/comparison/choose-baseline.ts';
import type { Window } from '../../telemetry/window.ts';
import { placeNames } from '../../telemetry/window-records/places.ts';
import type { ClickHouse, QueryOptions } from '../clickhouse.ts';
import { endOf } from '../extent.ts';
import type { SignalTable } from '../schema/signal-table.ts';
import { fieldOf, textOf } from '../sql/field.ts';
import { join, type Sql, sql } from '../sql/sql.ts';
import { type Comparison, comparedRows, timeOf, type Windows } from './compared-rows.ts';

export interface RecordCounts {
  readonly spans: number;
  readonly logs: number;
}

/** How many records each of two windows holds. */
export async function countRecords(
  clickhouse: ClickHouse,
  comparison: Comparison,
  windows: readonly [baseline: Window, window: Window],
  options: QueryOptions,
): Promise<readonly [baseline: RecordCounts, window: RecordCounts]> {
  const counts = windows.flatMap((window) =>
    (['traces', 'logs'] as const).map(
      (signal) =>
        sql`(SELECT toString(count()) FROM ${comparison[signal].table.name} WHERE ${comparedRows(comparison, signal, [window])})`,
    ),
  );
  const number = z.coerce.number();
  const [row = [0, 0, 0, 0]] = await clickhouse.rows(
    sql`SELECT ${join(counts, ', ')}`,
    z.tuple([number, number, number, number]),
    options,
  );
  const [spansBefore, logsBefore, spans, logs] = row;
  return [
    { spans: spansBefore, logs: logsBefore },
    { spans, logs },
  ];
}

/** The time of the last record before another, ns since the epoch; undefined where there is none. */
export async function lastRecordBefore(
  clickhouse: ClickHouse,
  comparison: Comparison,
  time: bigint,
  options: QueryOptions,
): Promise<bigint | undefined> {
  return (await endsBefore(clickhouse, comparison, { time, direction: sql`DESC` }, options)).at(-1);
}

/** The time of the first record of all before a time, as above. */
export async function firstRecordBefore(
  clickhouse: ClickHouse,
  comparison: Comparison,
  time: bigint,
  options: QueryOptions,
): Promise<bigint | undefined> {
  return (await endsBefore(clickhouse, comparison, { time, direction: sql`ASC` }, options))[0];
}

/** The times of the first spans and logs in a direction, in order of time. */
async function endsBefore(
  clickhouse: ClickHouse,
  comparison: Comparison,
  { time, direction }: { readonly time: bigint; readonly direction: Sql },
  options: QueryOptions,
): Promise<bigint[]> {
  const end = (signal: 'traces' | 'logs') =>
    endOf(comparison[signal].table, comparedRows(comparison, signal, [{ from: 0n, to: time }]), direction);
  const [row = []] = await clickhouse.rows(
    sql`SELECT ${end('traces')}, ${end('logs')}`,
    z.tuple([z.string(), z.string()]),
    options,
  );
  return row
    .filter((text) => text !== '')
    .map(BigInt)
    .sort((a, b) => (a < b ? -1 : 1));
}

/** A stretch of time with its records. */
export interface OccupiedStretch extends Occupied, RecordCounts {}

/**
 * The stretches of a window that hold records, as ns from `origin`, on a grid on which `origin` lies.
 *
 * @param stretch ns
 */
export async function occupiedStretches(
  clickhouse: ClickHouse,
  comparison: Comparison,
  { window, origin, stretch }: { readonly window: Window; readonly origin: bigint; readonly stretch: bigint },
  options: QueryOptions,
): Promise<OccupiedStretch[]> {
  const counts = (['traces', 'logs'] as const).map((signal) => {
    const { table } = comparison[signal];
    const [spans, logs] = signal === 'traces' ? [sql`count()`, sql`0`] : [sql`0`, sql`count()`];
    return sql`SELECT toInt64(floor((${timeOf(table)} - ${origin}) / ${stretch})) AS slot, ${spans} AS spans, ${logs} AS logs FROM ${table.name} WHERE ${comparedRows(comparison, signal, [window])} GROUP BY slot`;
  });
  const rows = await clickhouse.rows(
    sql`SELECT toString(slot), toString(sum(spans)), toString(sum(logs)) FROM (${join(counts, ' UNION ALL ')}) GROUP BY slot ORDER BY slot`,
    z.tuple([z.coerce.number(), z.coerce.number(), z.coerce.number()]),
    options,
  );
  return rows.map(([slot, spans, logs]) => ({
    start: slot * Number(stretch),
    records: spans + logs,
    spans,
    logs,
  }));
}

const workloadRow = z.tuple([z.number(), z.string(), z.string(), z.string()], z.coerce.number());

/**
 * What tells whether times are calm, of each: of the records, or of one in so many of them, by their time.
 *
 * @param oneIn a power of two
 *
 * @param candidates in ns from `origin`, as they are in what is returned
 */
export async function candidateCounts(
  clickhouse: ClickHouse,
  comparison: Comparison,
  {
    candidates,
    origin,
    oneIn,
  }: { readonly candidates: readonly Period[]; readonly origin: bigint; readonly oneIn: number },
  options: QueryOptions,
): Promise<CandidateCounts[]> {
  const windowOf = ({ from, to }: Period): Window => ({
    from: origin + BigInt(Math.round(from)),
    to: origin + BigInt(Math.round(to)),
  });
  const [nearest, ...others] = candidates;
  if (nearest === undefined) return [];
  const windows: Windows = [windowOf(nearest), ...others.map(windowOf)];
  const chosen = (table: SignalTable): Sql =>
    oneIn <= 1 ? sql`` : sql` AND bitAnd(intHash64(${timeOf(table)}), ${oneIn - 1}) = 0`;
  const counts = (['traces', 'logs'] as const).map((signal) => {
    const { table } = comparison[signal];
    const cases = windows.map(
      ({ from, to }, i) => sql`${timeOf(table)} >= ${from} AND ${timeOf(table)} < ${to}, ${i}`,
    );
    const isRequest = signal === 'traces' ? sql`${textOf(table, 'role')} IN ('server', 'consumer')` : sql`0`;
    const values =
      signal === 'traces'
        ? sql`countIf(${isRequest}) AS requests, countIf(${isRequest} AND ${textOf(table, 'status')} = 'error') AS failed, quantileExactIf(0.5)(toUInt64(${fieldOf(table, 'duration')}), ${isRequest}) AS median, toUInt64(0) AS lines, toUInt64(0) AS errors`
        : sql`toUInt64(0) AS requests, toUInt64(0) AS failed, toUInt64(0) AS median, count() AS lines, countIf(${textOf(table, 'level')} IN ('ERROR', 'FATAL', 'PANIC')) AS errors`;
    return sql`SELECT multiIf(${join(cases, ', ')}, -1) AS candidate, ${fieldOf(table, 'cluster')} AS c, ${fieldOf(table, 'namespace')} AS n, ${fieldOf(table, 'workload')} AS w, ${values} FROM ${table.name} WHERE ${comparedRows(comparison, signal, windows)}${chosen(table)} GROUP BY candidate, c, n, w`;
  });
  const rows = await clickhouse.rows(
    sql`SELECT toInt32(candidate), toString(c), toString(n), toString(w), toString(sum(requests)), toString(sum(failed)), toString(max(median)), toString(sum(lines)), toString(sum(errors)) FROM (${join(counts, ' UNION ALL ')}) GROUP BY candidate, c, n, w ORDER BY candidate, c, n, w`,
    workloadRow,
    options,
  );
  const names = placeNames(
    rows.map(([, cluster, namespace, workload]) => ({ cluster, namespace, workload })),
  );
  const counted = candidates.map(() => new Map<string, WorkloadCounts>());
  for (const [
    row,
    [of, , , , requests = 0, failed = 0, median = 0, lines = 0, errorLines = 0],
  ] of rows.entries()) {
    const workload = names[row] ?? '';
    const known = counted[of]?.get(workload);
    counted[of]?.set(workload, {
      workload,
      requests: requests + (known?.requests ?? 0),
      failed: failed + (known?.failed ?? 0),
      median: Math.max(median, known?.median ?? 0),
      lines: lines + (known?.lines ?? 0),
      errorLines: errorLines + (known?.errorLines ?? 0),
    });
  }
  return candidates.map((candidate, index) => ({
    ...candidate,
    workloads: [...(counted[index]?.values() ?? [])],
  }));
}
