/** A bucket of a classic histogram: how many observations are at or below its bound. */
export interface ClassicBucket {
  readonly upperBound: number;
  readonly count: number;
}

/** A quantile, and where counts had to be raised because they went down from one bucket to the next. */
export interface ClassicQuantile {
  readonly value: number;
  readonly raised: RaisedBuckets | undefined;
}

/** The bounds of the lowest and the highest bucket that was raised, and by how much at most. */
export interface RaisedBuckets {
  readonly lowestBucket: number;
  readonly highestBucket: number;
  readonly largestDifference: number;
}

/** Differences between buckets that are smaller than this part of the counts are taken for rounding. */
const ROUNDING = 1e-12;

/**
 * The quantile `q` of a classic histogram, linear within buckets; the lowest bucket begins at 0 if it ends
 * above. NaN where there are no observations, fewer than two buckets, or none for +Inf; −Infinity below 0,
 * Infinity above 1; in the highest bucket, its lower bound.
 */
export function classicQuantile(q: number, buckets: readonly ClassicBucket[]): ClassicQuantile {
  const plain = (value: number): ClassicQuantile => ({ value, raised: undefined });
  if (Number.isNaN(q)) return plain(Number.NaN);
  if (q < 0) return plain(Number.NEGATIVE_INFINITY);
  if (q > 1) return plain(Number.POSITIVE_INFINITY);
  const merged = mergeByBound(buckets);
  if (merged.at(-1)?.upperBound !== Number.POSITIVE_INFINITY) return plain(Number.NaN);
  const { rising, raised } = makeRising(merged);
  return { value: quantileOfRising(q, rising), raised };
}

function quantileOfRising(q: number, buckets: readonly ClassicBucket[]): number {
  const observations = buckets.at(-1)?.count ?? 0;
  if (buckets.length < 2 || observations === 0) return Number.NaN;
  const rank = q * observations;
  const last = buckets.length - 1;
  const found = buckets.findIndex(({ count }) => count >= rank);
  const position = found < 0 || found > last ? last : found;
  const below = buckets[position - 1];
  const bucket = buckets[position];
  if (bucket === undefined) return Number.NaN;
  if (position === last) return below?.upperBound ?? Number.NaN;
  if (position === 0 && bucket.upperBound <= 0) return bucket.upperBound;
  const lower = below?.upperBound ?? 0;
  const countBelow = below?.count ?? 0;
  return lower + (bucket.upperBound - lower) * ((rank - countBelow) / (bucket.count - countBelow));
}

/** The fraction of a classic histogram's observations between two bounds, estimated as `classicQuantile`. */
export function classicFraction(lower: number, upper: number, buckets: readonly ClassicBucket[]): number {
  const merged = mergeByBound(buckets);
  const last = merged.at(-1);
  if (last?.upperBound !== Number.POSITIVE_INFINITY) return Number.NaN;
  if (last.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  const lowerRank = Math.min(rankOf(lower, merged) ?? last.count, last.count);
  const upperRank = Math.min(rankOf(upper, merged) ?? last.count, last.count);
  return (upperRank - lowerRank) / last.count;
}

/** How many observations are below a value; undefined where it is above all buckets. */
function rankOf(value: number, buckets: readonly ClassicBucket[]): number | undefined {
  let lower = (buckets[0]?.upperBound ?? 0) <= 0 ? Number.NEGATIVE_INFINITY : 0;
  let below = 0;
  for (const { upperBound, count } of buckets) {
    if (lower >= value) return below;
    if (upperBound > value) {
      // Without a lower bound there is nothing to interpolate from: all of the bucket counts.
      if (lower === Number.NEGATIVE_INFINITY) return count;
      return below + ((count - below) * (value - lower)) / (upperBound - lower);
    }
    below = count;
    lower = upperBound;
  }
  return undefined;
}

/** Buckets by bound, those with the same bound (written differently) added up. */
function mergeByBound(buckets: readonly ClassicBucket[]): ClassicBucket[] {
  const merged: ClassicBucket[] = [];
  for (const bucket of [...buckets].sort((a, b) =>
    a.upperBound < b.upperBound ? -1 : Number(a.upperBound > b.upperBound),
  )) {
    const last = merged.at(-1);
    if (last?.upperBound === bucket.upperBound) {
      merged[merged.length - 1] = { ...last, count: last.count + bucket.count };
    } else merged.push(bucket);
  }
  return merged;
}

/** Counts that never go down: small differences are levelled silently, larger ones are told. */
function makeRising(buckets: readonly ClassicBucket[]): {
  rising: ClassicBucket[];
  raised: RaisedBuckets | undefined;
} {
  let previous = buckets[0]?.count ?? 0;
  let raised: RaisedBuckets | undefined;
  const rising = buckets.map((bucket) => {
    const { upperBound, count } = bucket;
    if (count === previous) return bucket;
    if (isAlmostEqual(previous, count)) return { upperBound, count: previous };
    if (count < previous) {
      raised = {
        lowestBucket: Math.min(raised?.lowestBucket ?? Number.POSITIVE_INFINITY, upperBound),
        highestBucket: Math.max(raised?.highestBucket ?? Number.NEGATIVE_INFINITY, upperBound),
        largestDifference: Math.max(raised?.largestDifference ?? 0, previous - count),
      };
      return { upperBound, count: previous };
    }
    previous = count;
    return bucket;
  });
  return { rising, raised };
}

function isAlmostEqual(a: number, b: number): boolean {
  if (Number.isNaN(a) && Number.isNaN(b)) return true;
  const difference = Math.abs(a - b);
  const sum = Math.abs(a) + Math.abs(b);
  const leastNormal = 2 ** -1022;
  if (a === 0 || b === 0 || sum < leastNormal) return difference < ROUNDING * leastNormal;
  return difference / Math.min(sum, Number.MAX_VALUE) < ROUNDING;
}
