/** How much neighbouring buckets differ: a value is known within 1 %. */
const GROWTH = 1.02;
const LOG_GROWTH = Math.log(GROWTH);

/** The bucket of zero and of negative values; it sorts below all others. */
export const LOWEST = -1e6;

/** Counts of values by bucket of a logarithmic grid, in any order; as DDSketch keeps them (Masson et al., VLDB 2019). */
export type Histogram = ReadonlyMap<number, number>;

/** The bucket of a value: those with the same bucket differ by less than 2 %. */
export const bucketOf = (value: number): number =>
  value > 0 ? Math.ceil(Math.log(value) / LOG_GROWTH) : LOWEST;

/** The value in the middle of a bucket. */
export const middleOf = (bucket: number): number =>
  bucket === LOWEST ? 0 : (2 * GROWTH ** bucket) / (1 + GROWTH);

export function histogramOf(values: Iterable<number>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) {
    const bucket = bucketOf(value);
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return counts;
}

export function sizeOf(histogram: Histogram): number {
  let size = 0;
  for (const count of histogram.values()) size += count;
  return size;
}

/** How many values lie in buckets above this one. */
export function countAbove(histogram: Histogram, bucket: number): number {
  let above = 0;
  for (const [at, count] of histogram) if (at > bucket) above += count;
  return above;
}
