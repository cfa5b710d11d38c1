import { type Histogram, LOWEST } from './histogram.ts';

/** All values of some histograms, bucket by bucket without gaps. */
export interface Distribution {
  /** The lowest bucket of `counts`; values of no logarithm are counted in `lowest`, below all. */
  readonly from: number;
  readonly counts: Float64Array;
  readonly lowest: number;
  readonly size: number;
}

export function distributionOf(histograms: readonly Histogram[]): Distribution {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const histogram of histograms) {
    for (const bucket of histogram.keys()) {
      if (bucket === LOWEST) continue;
      if (bucket < from) from = bucket;
      if (bucket > to) to = bucket;
    }
  }
  const counts = new Float64Array(to < from ? 0 : to - from + 1);
  let lowest = 0;
  let size = 0;
  for (const histogram of histograms) {
    for (const [bucket, count] of histogram) {
      size += count;
      if (bucket === LOWEST) lowest += count;
      else counts[bucket - from] = (counts[bucket - from] ?? 0) + count;
    }
  }
  return { from: counts.length === 0 ? 0 : from, counts, lowest, size };
}

/** How many values are in a bucket. */
export const countIn = ({ from, counts }: Distribution, bucket: number): number => counts[bucket - from] ?? 0;

/** The buckets of some distributions, `LOWEST` left out: the first, and the one after the last. */
export function spanOf(distributions: readonly Distribution[]): readonly [from: number, to: number] {
  const filled = distributions.filter(({ counts }) => counts.length > 0);
  if (filled.length === 0) return [0, 0];
  return [
    Math.min(...filled.map(({ from }) => from)),
    Math.max(...filled.map(({ from, counts }) => from + counts.length)),
  ];
}

/** The bucket that holds the quantile `q` (0 to 1) of all by nearest rank; undefined for no values. */
export function quantileOf(distributions: readonly Distribution[], q: number): number | undefined {
  const size = distributions.reduce((total, each) => total + each.size, 0);
  if (size === 0) return undefined;
  const rank = Math.max(1, Math.ceil(q * size));
  let seen = distributions.reduce((total, { lowest }) => total + lowest, 0);
  if (seen >= rank) return LOWEST;
  const [from, to] = spanOf(distributions);
  for (let bucket = from; bucket < to; bucket++) {
    for (const each of distributions) seen += countIn(each, bucket);
    if (seen >= rank) return bucket;
  }
  return undefined;
}

/** How many values lie in buckets above this one. */
export function countBeyond({ from, counts, size }: Distribution, bucket: number): number {
  if (bucket === LOWEST) return counts.reduce((a, b) => a + b, 0);
  let above = 0;
  for (let i = Math.max(0, bucket - from + 1); i < counts.length; i++) above += counts[i] ?? 0;
  return Math.min(size, above);
}
