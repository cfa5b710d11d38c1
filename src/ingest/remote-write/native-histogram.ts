import {
  type Buckets,
  type CounterResetHint,
  CUSTOM_BUCKETS_SCHEMA,
  createHistogram,
  type Histogram,
} from '../../promql/histogram.ts';
import { type HistogramMessage, mostBuckets, type SideMessage } from './histogram-message.ts';

/** Why a histogram can't be stored. */
export interface HistogramDefect {
  readonly defect: string;
}

const leastSchema = -4;
const mostSchema = 8;
/** Up to here exponential schemas are reserved, and stored with the buckets of the finest that there is. */
const mostReservedSchema = 52;
const greatestIndex = 2 ** 31 - 1;

const hints: readonly CounterResetHint[] = ['unknown', 'reset', 'not_reset', 'gauge'];

/**
 * The histogram of a message that is no stale marker. What Prometheus refuses to store is refused here, by
 * the rules of its Histogram.Validate and FloatHistogram.Validate.
 */
export function nativeHistogram(message: HistogramMessage): Histogram | HistogramDefect {
  const { schema, count, zeroCount, zeroThreshold, isFloat } = message;
  if (isTooLong(message)) return { defect: `a native histogram has more than ${mostBuckets} buckets` };
  const positive = bucketsOf(message.positive, isFloat);
  const negative = bucketsOf(message.negative, isFloat);
  if ('defect' in positive) return positive;
  if ('defect' in negative) return negative;
  const customValues = Float64Array.from(message.customValues);
  const sum = message.sum === 'stale' ? Number.NaN : message.sum;
  const histogram = createHistogram({
    hint: hints[message.resetHint] ?? 'unknown',
    ...{ schema, zeroThreshold, zeroCount, count, sum, positive, negative, customValues },
  });
  const defect =
    (schema === CUSTOM_BUCKETS_SCHEMA ? customDefect(histogram) : exponentialDefect(histogram)) ??
    countDefect(histogram, isFloat);
  if (defect !== undefined) return { defect };
  return schema > mostSchema ? withCoarserBuckets(histogram) : histogram;
}

function isTooLong({ positive, negative, customValues }: HistogramMessage): boolean {
  const isLong = ({ spans, deltas, counts }: SideMessage): boolean =>
    spans.length > 2 * mostBuckets || Math.max(deltas.length, counts.length) > mostBuckets;
  return isLong(positive) || isLong(negative) || customValues.length > mostBuckets;
}

/** Spans and their counts as indices and counts. */
function bucketsOf({ spans, deltas, counts }: SideMessage, isFloat: boolean): Buckets | HistogramDefect {
  const given = isFloat ? counts : deltas;
  const indices = new Int32Array(given.length);
  let filled = 0;
  let index = 0;
  for (let i = 0; i < spans.length; i += 2) {
    const offset = spans[i] ?? 0;
    const length = spans[i + 1] ?? 0;
    if (i > 0 && offset < 0) return { defect: 'a native histogram has spans that overlap' };
    index += offset;
    if (index + length - 1 > greatestIndex || index < -greatestIndex) {
      return { defect: 'a native histogram has a bucket whose index is no 32-bit number' };
    }
    if (filled + length > given.length) return unequal;
    for (const last = filled + length; filled < last; filled++) indices[filled] = index++;
  }
  if (filled !== given.length) return unequal;
  const values = Float64Array.from(given);
  if (!isFloat) for (let i = 1; i < values.length; i++) values[i] = (values[i - 1] ?? 0) + (values[i] ?? 0);
  return { indices, counts: values };
}

const unequal: HistogramDefect = {
  defect: 'a native histogram has spans that do not fit the number of its buckets',
};

function customDefect(histogram: Histogram): string | undefined {
  const { customValues: bounds, positive, negative, zeroCount, zeroThreshold } = histogram;
  const isAscending = bounds.every((bound, i) => i === 0 || bound > (bounds[i - 1] ?? 0));
  if (!isAscending || bounds.some(Number.isNaN) || bounds.at(-1) === Number.POSITIVE_INFINITY) {
    return 'a native histogram has custom bounds that do not ascend, or that name NaN or +Inf';
  }
  if (zeroCount !== 0 || zeroThreshold !== 0 || negative.indices.length > 0) {
    return 'a native histogram with custom bounds has a zero bucket or negative buckets';
  }
  const first = positive.indices[0] ?? 0;
  const last = positive.indices.at(-1) ?? 0;
  return first < 0 || last > bounds.length
    ? 'a native histogram has buckets outside of its custom bounds'
    : undefined;
}

function exponentialDefect({ schema, zeroCount, customValues }: Histogram): string | undefined {
  if (schema < leastSchema || schema > mostReservedSchema) {
    return `a native histogram has a schema that is not stored: ${leastSchema} to ${mostSchema} and ${CUSTOM_BUCKETS_SCHEMA} are`;
  }
  if (customValues.length > 0) return 'a native histogram has custom bounds in an exponential schema';
  return zeroCount < 0 ? negativeCount : undefined;
}

const negativeCount = 'a native histogram has a count below 0';

function countDefect(
  { count, sum, zeroCount, positive, negative }: Histogram,
  isFloat: boolean,
): string | undefined {
  const isNegative = (value: number): boolean => value < 0;
  if (count < 0 || positive.counts.some(isNegative) || negative.counts.some(isNegative)) return negativeCount;
  // Past 2^53 a count may have been rounded.
  if (isFloat || !Number.isSafeInteger(count)) return undefined;
  const add = (total: number, value: number): number => total + value;
  const observed = positive.counts.reduce(add, 0) + negative.counts.reduce(add, 0) + zeroCount;
  // Observations of NaN are counted, and are in no bucket.
  const fits = Number.isNaN(sum) ? observed <= count : observed === count;
  return fits ? undefined : 'a native histogram has a count that is not the sum of its buckets';
}

/** Buckets of the finest schema that is stored: each takes in 2^n of those of a finer one. */
function withCoarserBuckets(histogram: Histogram): Histogram {
  const factor = 2 ** (histogram.schema - mostSchema);
  return {
    ...histogram,
    schema: mostSchema,
    positive: merged(histogram.positive, factor),
    negative: merged(histogram.negative, factor),
  };
}

function merged({ indices, counts }: Buckets, factor: number): Buckets {
  const totals = new Map<number, number>();
  indices.forEach((index, i) => {
    const target = Math.floor((index - 1) / factor) + 1;
    totals.set(target, (totals.get(target) ?? 0) + (counts[i] ?? 0));
  });
  return { indices: Int32Array.from(totals.keys()), counts: Float64Array.from(totals.values()) };
}
