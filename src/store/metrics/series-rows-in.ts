import type { Matcher } from '../../promql/ast.ts';
import { METRIC_NAME } from '../../promql/labels.ts';
import type { TimeRange } from '../../promql/series-source.ts';
import type { Scope } from '../../telemetry/scope.ts';
import { samplePeriod } from '../schema/metric-tables.ts';
import { join, type Sql, sql } from '../sql/sql.ts';
import { daysOf, type MetricTables } from './read-series.ts';
import { scopeMatchers } from './scope-matchers.ts';
import { type LabelTest, seriesCondition } from './series-condition.ts';

/** Rows of the series table that a question is about. */
export interface RowsOfSelection {
  readonly where: Sql;
  /** What `where` leaves open: the value of each of these labels has to pass. */
  readonly tests: readonly LabelTest[];
}

/**
 * The rows of series that meet the matchers, within the limits of a key, and that have samples in the range.
 * On a day that the range covers as a whole a row is proof of samples; for its first and last day the samples
 * are looked at.
 */
export function seriesRowsIn(
  tables: MetricTables,
  matchers: readonly Matcher[],
  range: TimeRange | undefined,
  scope: Scope,
): RowsOfSelection {
  const { sql: condition = sql`1`, tests } = seriesCondition([...matchers, ...scopeMatchers(scope)]);
  if (range === undefined) return { where: condition, tests };
  const days = daysOf(range);
  if (days === undefined || range.from > range.to) return { where: sql`0`, tests };
  const name = seriesCondition(matchers.filter(({ label }) => label === METRIC_NAME)).sql ?? sql`1`;
  const whole = {
    first: Math.ceil(Math.max(range.from, 0) / DAY),
    last: Math.min(Math.floor((range.to + 1) / DAY) - 1, days.last),
  };
  const withSamples: Sql[] = [];
  if (whole.first <= whole.last) withSamples.push(sql`(${daysFrom(whole.first, whole.last)})`);
  for (const [from, to] of edgesOf(range, days, whole)) {
    withSamples.push(
      sql`(${daysFrom(Math.floor(from / DAY), Math.floor(to / DAY))} AND Id IN (SELECT Id FROM ${tables.samples} WHERE ${name} AND ${timesFrom(from, to)}))`,
    );
  }
  return { where: sql`${condition} AND (${join(withSamples, ' OR ')})`, tests };
}

const DAY = 86_400_000;

interface Days {
  readonly first: number;
  readonly last: number;
}

/** The parts of a range that are no whole days. */
function edgesOf({ from, to }: TimeRange, days: Days, whole: Days): [from: number, to: number][] {
  const start = Math.max(from, 0);
  const end = Math.min(to, (days.last + 1) * DAY - 1);
  if (whole.first > whole.last) return [[start, end]];
  const edges: [number, number][] = [];
  if (start < whole.first * DAY) edges.push([start, whole.first * DAY - 1]);
  if (end >= (whole.last + 1) * DAY) edges.push([(whole.last + 1) * DAY, end]);
  return edges;
}

const daysFrom = (first: number, last: number): Sql =>
  sql`Day >= toDate(${first}) AND Day <= toDate(${last})`;

/** The condition on rows of the samples table that they lie in a range, in milliseconds since the epoch. */
export function timesFrom(from: number, to: number): Sql {
  const first = timeOf(Math.ceil(from));
  const last = timeOf(Math.floor(to));
  const condition = sql`Timestamp >= ${first} AND Timestamp <= ${last}`;
  if (to >= endOfDateTime) return condition;
  // Without it ClickHouse reads a metric's whole day: it does not conclude the period from the time.
  const period = samplePeriod(sql`Timestamp`);
  return sql`${condition} AND indexHint(${period} >= ${samplePeriod(first)} AND ${period} <= ${samplePeriod(last)})`;
}

/** What a DateTime can't say, which a period is. */
const endOfDateTime = 2 ** 32 * 1000;

const timeOf = (ms: number): Sql => sql`fromUnixTimestamp64Milli(${ms}, 'UTC')`;
