import type { Buckets } from '../histogram.ts';

/** The bounds that are in both ascending lists. */
export function commonBounds(a: Float64Array, b: Float64Array): Float64Array {
  const other = new Set(b);
  return a.filter((bound) => other.has(bound));
}

/**
 * Custom buckets merged to fewer bounds, which must be among those they had: one count for each new bound
 * and one for what is above the last.
 */
export function mergeToBounds(
  { indices, counts }: Buckets,
  bounds: Float64Array,
  target: Float64Array,
): Float64Array {
  const merged = new Float64Array(target.length + 1);
  let at = 0;
  for (let i = 0; i < indices.length; i++) {
    const upper = bounds[indices[i] ?? 0] ?? Number.POSITIVE_INFINITY;
    while (at < target.length && (target[at] ?? 0) < upper) at++;
    merged[at] = (merged[at] ?? 0) + (counts[i] ?? 0);
  }
  return merged;
}

/** The counts of custom buckets as buckets, those that are 0 left out. */
export function populatedBuckets(counts: Float64Array): Buckets {
  const indices: number[] = [];
  counts.forEach((count, i) => {
    if (count !== 0) indices.push(i);
  });
  return { indices: Int32Array.from(indices), counts: counts.filter((count) => count !== 0) };
}
