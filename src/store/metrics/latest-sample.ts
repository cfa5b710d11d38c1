import { z } from 'zod';
import type { Matcher } from '../../promql/ast.ts';
import { METRIC_NAME } from '../../promql/labels.ts';
import type { Scope } from '../../telemetry/scope.ts';
import type { QueryOptions } from '../clickhouse.ts';
import { sql } from '../sql/sql.ts';
import type { MetricTables } from './read-series.ts';
import { seriesCondition } from './series-condition.ts';
import { seriesRowsIn, timesFrom } from './series-rows-in.ts';

const DAY = 86_400_000;

/**
 * When the series that meet the matchers have their latest sample, in milliseconds since the epoch. Only the
 * last of their days is looked at. Undefined where there is none, or a matcher is one that the database can't
 * judge.
 */
export async function latestSample(
  tables: MetricTables,
  matchers: readonly Matcher[],
  scope: Scope,
  options: QueryOptions,
): Promise<number | undefined> {
  const { clickhouse, series, samples } = tables;
  const { where, tests } = seriesRowsIn(tables, matchers, undefined, scope);
  if (tests.length > 0) return undefined;
  const [found] = await clickhouse.rows(
    sql`SELECT toString(count()), toString(toRelativeDayNum(max(Day))) FROM ${series} WHERE ${where}`,
    z.tuple([z.coerce.number(), z.coerce.number()]),
    options,
  );
  if (found === undefined || found[0] === 0) return undefined;
  const [, day] = found;
  const name = seriesCondition(matchers.filter(({ label }) => label === METRIC_NAME)).sql ?? sql`1`;
  const [latest] = await clickhouse.rows(
    sql`SELECT toString(count()), toString(toUnixTimestamp64Milli(max(Timestamp))) FROM ${samples} WHERE ${name} AND ${timesFrom(day * DAY, (day + 1) * DAY - 1)} AND Id IN (SELECT Id FROM ${series} WHERE ${where} AND Day = toDate(${day}))`,
    z.tuple([z.coerce.number(), z.coerce.number()]),
    options,
  );
  return latest === undefined || latest[0] === 0 ? undefined : latest[1];
}
