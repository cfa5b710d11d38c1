/**
 * How a histogram relates to the one before it in its series. `gauge` histograms may go down at will;
 * the others are counters.
 */
export type CounterResetHint = 'unknown' | 'reset' | 'not_reset' | 'gauge';

/** The schema of histograms whose bounds are listed in `customValues`. */
export const CUSTOM_BUCKETS_SCHEMA = -53;

/**
 * The buckets of one side, sparse: `counts[i]` observations in the bucket with the index `indices[i]`.
 * Indices ascend. In an exponential schema s, bucket i of the positive side covers
 * (2^((i−1)·2^−s), 2^(i·2^−s)], and the negative side mirrors it. In the custom schema, bucket i covers
 * (customValues[i−1], customValues[i]], with infinite outer bounds. A count of 0 may be listed.
 */
export interface Buckets {
  readonly indices: Int32Array;
  readonly counts: Float64Array;
}

/**
 * A native histogram with counts as floats, as Prometheus' FloatHistogram. Immutable: arithmetic makes
 * new ones, which may share arrays.
 */
export interface Histogram {
  readonly hint: CounterResetHint;
  /** −4 to 8 for exponential buckets, −53 for custom ones. */
  readonly schema: number;
  /** Observations between −zeroThreshold and zeroThreshold, both inclusive, are in the zero bucket. */
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly count: number;
  readonly sum: number;
  readonly positive: Buckets;
  readonly negative: Buckets;
  /** Upper bounds of custom buckets, ascending, without +Inf; empty in exponential schemas. */
  readonly customValues: Float64Array;
}

/** No bucket. */
export const NO_BUCKETS: Buckets = { indices: new Int32Array(0), counts: new Float64Array(0) };

const NO_BOUNDS = new Float64Array(0);

/** A histogram from its parts; what is not given is empty, 0 or unknown. */
export function createHistogram(parts: Partial<Histogram>): Histogram {
  return {
    hint: parts.hint ?? 'unknown',
    schema: parts.schema ?? 0,
    zeroThreshold: parts.zeroThreshold ?? 0,
    zeroCount: parts.zeroCount ?? 0,
    count: parts.count ?? 0,
    sum: parts.sum ?? 0,
    positive: parts.positive ?? NO_BUCKETS,
    negative: parts.negative ?? NO_BUCKETS,
    customValues: parts.customValues ?? NO_BOUNDS,
  };
}

/** The buckets `offset`, `offset` + 1, … with these counts. */
export function bucketsFrom(offset: number, counts: Iterable<number>): Buckets {
  const values = Float64Array.from(counts);
  return { indices: Int32Array.from(values, (_, i) => offset + i), counts: values };
}

/** Whether the histogram lists its own bounds. */
export function usesCustomBuckets(histogram: Histogram): boolean {
  return histogram.schema === CUSTOM_BUCKETS_SCHEMA;
}

/** The histogram with another hint. */
export function withHint(histogram: Histogram, hint: CounterResetHint): Histogram {
  return histogram.hint === hint ? histogram : { ...histogram, hint };
}

/** Only the count and the sum, as functions need that look at nothing else. */
export function withoutBuckets(histogram: Histogram, hint: CounterResetHint): Histogram {
  const { schema, count, sum } = histogram;
  return createHistogram({ hint, schema, count, sum });
}

/**
 * The histogram with all counts and the sum multiplied. A negative factor makes a gauge of it, as its
 * counts may go down.
 */
export function multiply(histogram: Histogram, factor: number): Histogram {
  return mapCounts(histogram, (count) => count * factor, factor < 0);
}

/** The histogram with all counts and the sum divided. Division by 0 leaves no buckets. */
export function divide(histogram: Histogram, divisor: number): Histogram {
  const result = mapCounts(histogram, (count) => count / divisor, divisor < 0);
  return divisor === 0 ? { ...result, positive: NO_BUCKETS, negative: NO_BUCKETS } : result;
}

function mapCounts(histogram: Histogram, map: (count: number) => number, toGauge: boolean): Histogram {
  const { positive, negative } = histogram;
  return {
    ...histogram,
    hint: toGauge ? 'gauge' : histogram.hint,
    zeroCount: map(histogram.zeroCount),
    count: map(histogram.count),
    sum: map(histogram.sum),
    positive: { indices: positive.indices, counts: positive.counts.map(map) },
    negative: { indices: negative.indices, counts: negative.counts.map(map) },
  };
}

/** The histogram without buckets of count 0. */
export function compact(histogram: Histogram): Histogram {
  const positive = withoutEmpty(histogram.positive);
  const negative = withoutEmpty(histogram.negative);
  if (positive === histogram.positive && negative === histogram.negative) return histogram;
  return { ...histogram, positive, negative };
}

function withoutEmpty(buckets: Buckets): Buckets {
  const { indices, counts } = buckets;
  if (!counts.includes(0)) return buckets;
  const isPopulated = (_: number, i: number): boolean => counts[i] !== 0;
  return { indices: indices.filter(isPopulated), counts: counts.filter(isPopulated) };
}

/** Whether two lists of bounds are the same. */
export function sameBounds(a: Float64Array, b: Float64Array): boolean {
  return a === b || (a.length === b.length && a.every((bound, i) => bound === b[i]));
}

/**
 * Whether two histograms hold the same data. Like Prometheus, this compares the layout as well: an empty
 * bucket that only one of them lists makes a difference. Hints don't matter.
 */
export function histogramsEqual(a: Histogram, b: Histogram): boolean {
  if (a === b) return true;
  return (
    a.schema === b.schema &&
    Object.is(a.count, b.count) &&
    Object.is(a.sum, b.sum) &&
    a.zeroThreshold === b.zeroThreshold &&
    Object.is(a.zeroCount, b.zeroCount) &&
    sameBounds(a.customValues, b.customValues) &&
    sameBuckets(a.positive, b.positive) &&
    sameBuckets(a.negative, b.negative)
  );
}

function sameBuckets(a: Buckets, b: Buckets): boolean {
  return (
    a.indices.length === b.indices.length &&
    a.indices.every((index, i) => index === b.indices[i]) &&
    a.counts.every((count, i) => Object.is(count, b.counts[i]))
  );
}

/**
 * What a histogram weighs in the limit on samples, as in Prometheus: its bytes there, in units of a float
 * sample of 16 bytes.
 */
export function sampleWeight(histogram: Histogram): number {
  const { positive, negative, customValues } = histogram;
  const spans = spanCount(positive.indices) + spanCount(negative.indices);
  const buckets = positive.counts.length + negative.counts.length;
  return Math.floor((168 + 8 + 8 * (spans + buckets + customValues.length)) / 16);
}

function spanCount(indices: Int32Array): number {
  let spans = 0;
  for (let i = 0; i < indices.length; i++) {
    if (i === 0 || indices[i] !== (indices[i - 1] ?? 0) + 1) spans++;
  }
  return spans;
}
