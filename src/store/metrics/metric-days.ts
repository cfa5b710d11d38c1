import { z } from 'zod';
import type { Scope } from '../../telemetry/scope.ts';
import type { QueryOptions } from '../clickhouse.ts';
import { sql } from '../sql/sql.ts';
import type { MetricTables } from './read-series.ts';
import { seriesRowsIn } from './series-rows-in.ts';

const DAY = 86_400_000;

/** The first and the last day (UTC) of which a scope has samples, as their start and end in ms since the epoch. */
export async function metricDays(
  tables: MetricTables,
  scope: Scope,
  options: QueryOptions,
): Promise<{ readonly from: number; readonly to: number } | undefined> {
  const { clickhouse, series } = tables;
  const { where } = seriesRowsIn(tables, [], undefined, scope);
  const [found] = await clickhouse.rows(
    sql`SELECT toString(count()), toString(toRelativeDayNum(min(Day))), toString(toRelativeDayNum(max(Day))) FROM ${series} WHERE ${where}`,
    z.tuple([z.coerce.number(), z.coerce.number(), z.coerce.number()]),
    options,
  );
  if (found === undefined || found[0] === 0) return undefined;
  return { from: found[1] * DAY, to: (found[2] + 1) * DAY };
}
