import {
  type Buckets,
  type CounterResetHint,
  CUSTOM_BUCKETS_SCHEMA,
  compact,
  type Histogram,
  sameBounds,
  usesCustomBuckets,
} from '../histogram.ts';
import { KahanSum } from '../kahan.ts';
import { reduceResolution } from './bounds.ts';
import { commonBounds, mergeToBounds, populatedBuckets } from './custom-bounds.ts';
import { SummedBuckets } from './summed-buckets.ts';
import { bucketsAbove, widenZeroBucket } from './zero.ts';

/** What an addition met. */
export interface SumOutcome {
  /** Exponential and custom buckets can't be added: nothing was. */
  readonly incompatible: boolean;
  /** One of the two had the hint `reset` and the other `not_reset`. */
  readonly collision: boolean;
  /** Different custom bounds were reduced to those that both have. */
  readonly reconciled: boolean;
}

/**
 * A sum of native histograms. Different schemas meet in the coarser one, different zero buckets in one that
 * covers both, different custom bounds in the common ones. Compensated, so that order hardly matters.
 */
export class HistogramSum {
  #hint: CounterResetHint;
  #schema: number;
  #zeroThreshold: number;
  #customValues: Float64Array;
  #zeroCount: KahanSum;
  readonly #count: KahanSum;
  readonly #sum: KahanSum;
  #positive: SummedBuckets;
  #negative: SummedBuckets;

  constructor(first: Histogram) {
    this.#hint = first.hint;
    this.#schema = first.schema;
    this.#zeroThreshold = first.zeroThreshold;
    this.#customValues = first.customValues;
    this.#zeroCount = new KahanSum(first.zeroCount);
    this.#count = new KahanSum(first.count);
    this.#sum = new KahanSum(first.sum);
    this.#positive = new SummedBuckets(first.positive);
    this.#negative = new SummedBuckets(first.negative);
  }

  /** Adds a histogram, or with the sign −1 subtracts it. */
  add(other: Histogram, sign: 1 | -1 = 1): SumOutcome {
    const custom = usesCustomBuckets(other);
    if (custom !== (this.#schema === CUSTOM_BUCKETS_SCHEMA)) {
      return { incompatible: true, collision: false, reconciled: false };
    }
    const collision = this.#adjustHint(other.hint);
    const reconciled = custom && !sameBounds(this.#customValues, other.customValues);
    if (reconciled) this.#addReconciled(other, sign);
    else if (custom) this.#positive.add(other.positive, sign);
    else this.#addExponential(other, sign);
    this.#count.add(sign * other.count);
    this.#sum.add(sign * other.sum);
    return { incompatible: false, collision, reconciled };
  }

  /** Multiplies everything. */
  scale(factor: number): void {
    this.#map((value) => value * factor);
  }

  /** Divides everything. */
  divide(divisor: number): void {
    this.#map((value) => value / divisor);
  }

  #map(map: (value: number) => number): void {
    for (const sum of [this.#zeroCount, this.#count, this.#sum]) {
      sum.value = map(sum.value);
      sum.compensation = map(sum.compensation);
    }
    this.#positive.map(map);
    this.#negative.map(map);
  }

  /** Merges buckets to those of a coarser exponential schema; a finer one changes nothing. */
  coarsenTo(schema: number): void {
    if (schema >= this.#schema) return;
    this.#positive.reduceResolution(this.#schema, schema);
    this.#negative.reduceResolution(this.#schema, schema);
    this.#schema = schema;
  }

  /** Whether a count or the sum has become infinite. */
  get overflows(): boolean {
    const isInfinite = ({ value }: KahanSum): boolean => Math.abs(value) === Number.POSITIVE_INFINITY;
    return (
      [this.#zeroCount, this.#count, this.#sum].some(isInfinite) ||
      this.#positive.overflows ||
      this.#negative.overflows
    );
  }

  /** The sum. Buckets that came out as 0 are listed. */
  total(): Histogram {
    return {
      hint: this.#hint,
      schema: this.#schema,
      zeroThreshold: this.#zeroThreshold,
      zeroCount: this.#zeroCount.total,
      count: this.#count.total,
      sum: this.#sum.total,
      positive: this.#positive.totals(),
      negative: this.#negative.totals(),
      customValues: this.#customValues,
    };
  }

  /** Gauges win; `reset` and `not_reset` make `unknown`, which is a collision. */
  #adjustHint(other: CounterResetHint): boolean {
    if (other === this.#hint || this.#hint === 'gauge') return false;
    if (other === 'gauge') this.#hint = 'gauge';
    else if (this.#hint === 'unknown' || other === 'unknown') this.#hint = 'unknown';
    else {
      this.#hint = 'unknown';
      return true;
    }
    return false;
  }

  #addReconciled(other: Histogram, sign: 1 | -1): void {
    const bounds = commonBounds(this.#customValues, other.customValues);
    const merged = mergeToBounds(this.#positive.totals(), this.#customValues, bounds);
    const others = mergeToBounds(other.positive, other.customValues, bounds);
    const sums = merged.map((count, i) => count + sign * (others[i] ?? 0));
    this.#positive = new SummedBuckets(populatedBuckets(sums));
    this.#customValues = bounds;
  }

  #addExponential(other: Histogram, sign: 1 | -1): void {
    const zeroCount = this.#reconcileZeroBuckets(other);
    this.#zeroCount.add(sign * zeroCount);
    this.coarsenTo(other.schema);
    const outside = (buckets: Buckets): Buckets => {
      const reduced = reduceResolution(buckets, other.schema, this.#schema);
      return bucketsAbove(reduced, this.#schema, this.#zeroThreshold);
    };
    this.#positive.add(outside(other.positive), sign);
    this.#negative.add(outside(other.negative), sign);
  }

  /** Widens the zero bucket until it fits both, and gives what the other one's would then hold. */
  #reconcileZeroBuckets(other: Histogram): number {
    let wanted = { count: other.zeroCount, threshold: other.zeroThreshold };
    while (wanted.threshold !== this.#zeroThreshold) {
      if (this.#zeroThreshold > wanted.threshold) wanted = widenZeroBucket(other, this.#zeroThreshold);
      if (wanted.threshold > this.#zeroThreshold) this.#widenZeroBucket(wanted.threshold);
    }
    return wanted.count;
  }

  #widenZeroBucket(wider: number): void {
    const current = compact(this.total());
    const { count, threshold } = widenZeroBucket(current, wider);
    this.#zeroThreshold = threshold;
    this.#zeroCount = new KahanSum(count);
    this.#positive = new SummedBuckets(bucketsAbove(current.positive, this.#schema, threshold));
    this.#negative = new SummedBuckets(bucketsAbove(current.negative, this.#schema, threshold));
  }
}

/** A sum or difference of two histograms and what the operation met. */
export interface Combined extends SumOutcome {
  readonly histogram: Histogram;
}

/** `a` + `b`. Where they are incompatible, the histogram is `a`. */
export function addHistograms(a: Histogram, b: Histogram): Combined {
  const sum = new HistogramSum(a);
  const outcome = sum.add(b);
  return { ...outcome, histogram: sum.total() };
}

/** `a` − `b`. Where they are incompatible, the histogram is `a`. */
export function subtractHistograms(a: Histogram, b: Histogram): Combined {
  const sum = new HistogramSum(a);
  const outcome = sum.add(b, -1);
  return { ...outcome, histogram: sum.total() };
}
