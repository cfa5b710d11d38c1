import { METRIC_NAME } from '../promql/labels.ts';
import type { MetricQueryOptions, MetricStore } from '../store/metrics/metric-store.ts';
import { nearest } from '../telemetry/nearest.ts';

/** Names that are looked through for groups and for near ones. */
export const mostNames = 10_000;

const mostNear = 5;

/** What a name ends with that its metric is often stored without: parts of a histogram, units, a counter. */
const ending = /_(bucket|count|sum|total|created|seconds|milliseconds|bytes|ratio)$/;

/** Names of metrics that the key may see, the first 10,000. */
export async function metricNames(store: MetricStore, options: MetricQueryOptions): Promise<string[]> {
  const { items } = await store.labelValues(METRIC_NAME, { selectors: [], limit: mostNames }, options);
  return [...items];
}

/**
 * The metrics that a name which is none may stand for: mistyped, with or without an ending such as
 * `_bucket` or `_total`; else those that have most of its words.
 */
export function nearestMetrics(name: string, names: readonly string[]): string[] {
  const stripped: string[] = [];
  for (let base = name; ending.test(base); ) {
    base = base.replace(ending, '');
    if (names.includes(base)) stripped.push(base);
  }
  const near = new Set([...stripped, ...nearest(name, names, mostNear)]);
  return near.size > 0 ? [...near].slice(0, mostNear) : withItsWords(name, names);
}

/** Names with most of the words of a name, all but one of three and more at least: those with fewest others first. */
function withItsWords(name: string, names: readonly string[]): string[] {
  const words = wordsOf(name);
  const least = words.size < 3 ? words.size : words.size - 1;
  const found = names
    .map((candidate) => {
      const own = wordsOf(candidate);
      const shared = [...words].filter((word) => own.has(word)).length;
      return { candidate, shared, others: own.size - shared };
    })
    .filter(({ shared }) => shared >= least && shared > 0)
    .sort((a, b) => b.shared - a.shared || a.others - b.others);
  return found
    .filter(({ shared }) => shared === found[0]?.shared)
    .slice(0, mostNear)
    .map(({ candidate }) => candidate);
}

const wordsOf = (name: string): Set<string> =>
  new Set(
    name
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter(Boolean),
  );

/** What to add where `x_bucket` was asked and `x` is stored: it can only be a native histogram. */
export function nativeHistogramHint(name: string, near: readonly string[]): string {
  const base = /^(.+)_(bucket|count|sum)$/.exec(name)?.[1];
  if (base === undefined || !near.includes(base)) return '';
  return `; if ${base} is a native histogram, ask histogram_quantile(0.9, rate(${base}[5m])), histogram_count(…) or histogram_sum(…)`;
}
