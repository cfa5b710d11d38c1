import { bucketsFrom, CUSTOM_BUCKETS_SCHEMA, createHistogram, type Histogram } from '../histogram.ts';
import { type Labels, METRIC_NAME } from '../labels.ts';
import { parseNumber } from '../number-literal.ts';
import type { LoadedSample, LoadedSeries } from './store.ts';

interface Classic {
  /** Cumulative counts by upper bound. */
  readonly buckets: Map<number, number>;
  count: number | undefined;
  sum: number;
}

interface ClassicSeries {
  readonly labels: Labels;
  readonly byTime: Map<number, Classic>;
}

/**
 * The classic histograms among the series as native ones with custom buckets, as Prometheus makes them when
 * it scrapes. Throws a SyntaxError where the counts are no histogram.
 */
export function toCustomBuckets(series: readonly LoadedSeries[]): readonly LoadedSeries[] {
  const histograms = new Map<string, ClassicSeries>();
  for (const { labels, samples } of series) {
    const [, name, kind] = /^(.*)_(bucket|count|sum)$/s.exec(labels.metricName) ?? [];
    if (name === undefined) continue;
    const bound = kind === 'bucket' ? upperBound(labels.get('le')) : 0;
    if (bound === undefined) continue;
    const base = labels.with(METRIC_NAME, name).with('le', '');
    const found = histograms.get(base.key) ?? { labels: base, byTime: new Map<number, Classic>() };
    histograms.set(base.key, found);
    for (const { timestamp, value, histogram } of samples) {
      if (histogram !== undefined) continue;
      const classic = found.byTime.get(timestamp) ?? { buckets: new Map(), count: undefined, sum: 0 };
      found.byTime.set(timestamp, classic);
      if (kind === 'count') classic.count = value;
      else if (kind === 'sum') classic.sum = value;
      else if (!classic.buckets.has(bound)) classic.buckets.set(bound, value);
    }
  }
  return [...histograms.values()].map(({ labels, byTime }) => ({ labels, samples: toSamples(byTime) }));
}

function upperBound(text: string): number | undefined {
  const value = text.startsWith('-')
    ? negated(parseNumber(text.slice(1)))
    : parseNumber(text.replace(/^\+/, ''));
  return value === undefined || Number.isNaN(value) ? undefined : value;
}

function negated(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value;
}

function toSamples(byTime: ReadonlyMap<number, Classic>): readonly LoadedSample[] {
  return [...byTime]
    .sort(([a], [b]) => a - b)
    .map(([timestamp, classic]) => ({ timestamp, value: 0, histogram: toNative(classic) }));
}

function toNative(classic: Classic): Histogram {
  const buckets = [...classic.buckets].sort(([a], [b]) => a - b);
  const count = classic.count ?? buckets.at(-1)?.[1] ?? 0;
  if (buckets.at(-1)?.[0] !== Number.POSITIVE_INFINITY) buckets.push([Number.POSITIVE_INFINITY, count]);

  const counts: number[] = [];
  let before = 0;
  for (const [bound, cumulative] of buckets) {
    if (cumulative < before) throw new SyntaxError(`the counts of a classic histogram fall at le=${bound}`);
    counts.push(cumulative - before);
    before = cumulative;
  }
  if (before !== count)
    throw new SyntaxError(`a classic histogram counts ${before} in its buckets, ${count} in all`);
  return createHistogram({
    schema: CUSTOM_BUCKETS_SCHEMA,
    count,
    sum: classic.sum,
    positive: bucketsFrom(0, counts),
    customValues: Float64Array.from(buckets.slice(0, -1), ([bound]) => bound),
  });
}
