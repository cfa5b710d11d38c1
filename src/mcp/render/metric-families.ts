import type { AvailableMetricsResult } from '../../query/metric-results.ts';

type Metric = AvailableMetricsResult['metrics'][number];

/** A line of a list of metrics. */
export interface MetricRow {
  readonly name: string;
  readonly type: string;
  readonly unit: string;
  readonly help: string;
  /** Series of each name, in the order of the names; null where they are not counted. */
  readonly series: string | null;
}

/** What a histogram's or summary's series are called behind its name. */
const memberName = /^(.+)_(bucket|count|sum)$/;

/**
 * The metrics, with those that are parts of one histogram or summary in one row: their names differ by
 * their endings alone, `name_{bucket,count,sum}`.
 */
export function familyRows(metrics: readonly Metric[]): MetricRow[] {
  const families = new Map<string, Metric[]>();
  for (const metric of metrics) {
    const family = memberName.exec(metric.name)?.[1];
    // Only what is known to be one: requests_count beside requests_sum may be two metrics.
    const key =
      family === undefined || !/^(gauge)?histogram$|^summary$/.test(metric.type)
        ? metric.name
        : JSON.stringify([family, metric.type, metric.help, metric.unit]);
    families.set(key, [...(families.get(key) ?? []), metric]);
  }
  return [...families.values()].flatMap((members) => {
    const [first] = members;
    if (first === undefined) return [];
    const { type, unit, help } = first;
    const base = memberName.exec(first.name)?.[1];
    const endings = members.map(({ name }) => memberName.exec(name)?.[2]).join(',');
    const name = members.length === 1 ? first.name : `${base}_{${endings}}`;
    const counts = members.map(({ series }) => series ?? null);
    return [{ name, type, unit, help, series: counts.includes(null) ? null : counts.join('+') }];
  });
}
