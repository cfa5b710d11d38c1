import { z } from 'zod';
import type { Scope } from '../../telemetry/scope.ts';
import type { QueryOptions } from '../clickhouse.ts';
import { type MetricMetadata, type MetricType, metricTypes } from '../rows/metric-record.ts';
import { join, sql } from '../sql/sql.ts';
import type { MetricList } from './metric-store.ts';
import type { MetricTables } from './read-series.ts';
import { seriesRowsIn } from './series-rows-in.ts';

/** A type as it is stored, where '' stands for unknown. */
export const storedType: z.ZodType<MetricType> = z
  .string()
  .transform((text) => metricTypes.find((type) => type === text) ?? 'unknown');

/** Metrics whose name contains every keyword, any case, with their series whenever they had samples. */
export async function listMetrics(
  tables: MetricTables,
  { keywords, limit }: { readonly keywords: readonly string[]; readonly limit: number },
  scope: Scope,
  options: QueryOptions,
): Promise<MetricList> {
  const { where } = seriesRowsIn(tables, [], undefined, scope);
  const conditions = keywords.map((word) => sql`positionCaseInsensitiveUTF8(MetricName, ${word}) > 0`);
  const rows = await tables.clickhouse.rows(
    sql`SELECT MetricName, toString(uniqExact(Id)), max(Type), max(Unit), max(Help), toString(count() OVER ()) FROM ${tables.series} WHERE ${join([where, ...conditions], ' AND ')} GROUP BY MetricName ORDER BY MetricName LIMIT ${boundedLimit(limit)}`,
    z.tuple([z.string(), z.coerce.number(), storedType, z.string(), z.string(), z.coerce.number()]),
    options,
  );
  return {
    metrics: rows.map(([name, series, type, unit, help]) => ({ name, series, type, unit, help })),
    matched: rows[0]?.[5] ?? 0,
  };
}

const familyRow = z.tuple([z.string(), z.array(z.tuple([storedType, z.string(), z.string()]))]);

/**
 * What is known of each metric family, by name. The series of a classic histogram or summary are one family:
 * their names without the endings.
 */
export async function metricFamilies(
  tables: MetricTables,
  request: { readonly metric?: string | undefined; readonly limit: number; readonly limitPerMetric: number },
  scope: Scope,
  options: QueryOptions,
): Promise<ReadonlyMap<string, readonly MetricMetadata[]>> {
  const { where } = seriesRowsIn(tables, [], undefined, scope);
  const { metric } = request;
  // The name comes first in the sort key.
  const named =
    metric === undefined
      ? sql``
      : sql` AND MetricName IN (${join(
          ['', '_bucket', '_sum', '_count', '_gsum', '_gcount'].map((ending) => sql`${metric + ending}`),
          ', ',
        )})`;
  const ofFamily = metric === undefined ? sql`` : sql` HAVING Family = ${metric}`;
  const rows = await tables.clickhouse.rows(
    sql`SELECT multiIf(Type IN ('histogram', 'summary'), replaceRegexpOne(toString(MetricName), '_(bucket|sum|count)$', ''), Type = 'gaugehistogram', replaceRegexpOne(toString(MetricName), '_(bucket|gsum|gcount)$', ''), toString(MetricName)) AS Family, arraySlice(arraySort(groupUniqArray(1000)((Type, Unit, Help))), 1, ${boundedLimit(request.limitPerMetric)}) FROM ${tables.series} WHERE ${where}${named} AND (Type != '' OR Unit != '' OR Help != '') GROUP BY Family${ofFamily} ORDER BY Family LIMIT ${boundedLimit(request.limit)}`,
    familyRow,
    options,
  );
  return new Map(
    rows.map(([name, known]) => [name, known.map(([type, unit, help]) => ({ type, unit, help }))]),
  );
}

/** No answer needs more, and no list can be cut at infinity. */
const mostItems = 1_000_000;

export const boundedLimit = (limit: number): number => Math.max(Math.min(Math.floor(limit), mostItems), 0);
