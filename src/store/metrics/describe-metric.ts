import { z } from 'zod';
import { METRIC_NAME } from '../../promql/labels.ts';
import type { TimeRange } from '../../promql/series-source.ts';
import type { Scope } from '../../telemetry/scope.ts';
import type { QueryOptions } from '../clickhouse.ts';
import { sql } from '../sql/sql.ts';
import { boundedLimit, storedType } from './list-metrics.ts';
import type { MetricDescription } from './metric-store.ts';
import type { MetricTables } from './read-series.ts';
import { seriesRowsIn } from './series-rows-in.ts';

const metricRow = z.tuple([z.coerce.number(), storedType, z.string(), z.string()]);
const labelRow = z.tuple([z.string(), z.coerce.number(), z.array(z.string())]);

/** A metric and its labels; undefined where it has no series (in the range). */
export async function describeMetric(
  tables: MetricTables,
  request: {
    readonly name: string;
    readonly range?: TimeRange | undefined;
    readonly exampleValues: number;
  },
  scope: Scope,
  options: QueryOptions,
): Promise<MetricDescription | undefined> {
  const { clickhouse, series } = tables;
  const { name, range } = request;
  const examples = boundedLimit(request.exampleValues);
  const { where } = seriesRowsIn(tables, [{ label: METRIC_NAME, op: '=', value: name }], range, scope);
  const [metrics, labels] = await Promise.all([
    clickhouse.rows(
      sql`SELECT toString(uniqExact(Id)), max(Type), max(Unit), max(Help) FROM ${series} WHERE ${where}`,
      metricRow,
      options,
    ),
    clickhouse.rows(
      sql`SELECT Label, toString(count()), arrayMap(one -> one.2, arraySlice(groupArraySorted(${Math.max(examples, 1)})((-Series, Value)), 1, ${examples}))
FROM (
  SELECT Label, Value, toInt64(count()) AS Series
  FROM (SELECT any(Labels) AS All FROM ${series} WHERE ${where} GROUP BY Id)
  ARRAY JOIN mapKeys(All) AS Label, mapValues(All) AS Value
  WHERE Value != '' GROUP BY Label, Value
)
GROUP BY Label ORDER BY Label`,
      labelRow,
      options,
    ),
  ]);
  const [metric] = metrics;
  if (metric === undefined || metric[0] === 0) return undefined;
  const [count, type, unit, help] = metric;
  return {
    name,
    type,
    unit,
    help,
    series: count,
    labels: labels.map(([label, valuesTotal, exampleValues]) => ({
      name: label,
      valuesTotal,
      exampleValues,
    })),
  };
}
