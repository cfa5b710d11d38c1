import { FLOAT, type StepSeries } from './step-series.ts';

/** The columns of an aggregate while series are added to it. */
export interface FloatAggregate {
  /** FLOAT at each step that has a value. */
  readonly kinds: Uint8Array;
  readonly values: Float64Array;
}

type Accumulator = (series: readonly StepSeries[], count: number) => FloatAggregate;

function columns(count: number): { kinds: Uint8Array; values: Float64Array } {
  return { kinds: new Uint8Array(count), values: new Float64Array(count) };
}

/** Adds up floats with compensation; gives the sums, what they lost, and how many there were. */
function compensatedSums(
  series: readonly StepSeries[],
  count: number,
): {
  kinds: Uint8Array;
  sums: Float64Array;
  compensations: Float64Array;
  counts: Float64Array;
} {
  const kinds = new Uint8Array(count);
  const sums = new Float64Array(count);
  const compensations = new Float64Array(count);
  const counts = new Float64Array(count);
  for (const { kinds: own, values } of series) {
    for (let step = 0; step < count; step++) {
      if (own[step] !== FLOAT) continue;
      const term = values[step] ?? 0;
      counts[step] = (counts[step] ?? 0) + 1;
      if (kinds[step] !== FLOAT) {
        kinds[step] = FLOAT;
        sums[step] = term;
        continue;
      }
      const before = sums[step] ?? 0;
      const sum = before + term;
      const compensation = compensations[step] ?? 0;
      if (sum > Number.MAX_VALUE || sum < -Number.MAX_VALUE) compensations[step] = 0;
      else if (Math.abs(before) >= Math.abs(term)) compensations[step] = compensation + (before - sum + term);
      else compensations[step] = compensation + (term - sum + before);
      sums[step] = sum;
    }
  }
  return { kinds, sums, compensations, counts };
}

const sum: Accumulator = (series, count) => {
  const { kinds, sums, compensations } = compensatedSums(series, count);
  for (let step = 0; step < count; step++) sums[step] = (sums[step] ?? 0) + (compensations[step] ?? 0);
  return { kinds, values: sums };
};

const average: Accumulator = (series, count) => {
  const { kinds, sums, compensations, counts } = compensatedSums(series, count);
  for (let step = 0; step < count; step++) {
    const total = sums[step] ?? 0;
    const n = counts[step] ?? 0;
    sums[step] =
      Math.abs(total) === Number.POSITIVE_INFINITY
        ? runningMean(series, step)
        : total / n + (compensations[step] ?? 0) / n;
  }
  return { kinds, values: sums };
};

/** A mean that moves towards each value in turn, as it may be finite where the sum is not. */
function runningMean(series: readonly StepSeries[], step: number): number {
  let mean = 0;
  let count = 0;
  for (const { kinds, values } of series) {
    if (kinds[step] !== FLOAT) continue;
    count++;
    mean = mean * ((count - 1) / count) + (values[step] ?? 0) / count;
  }
  return mean;
}

function extreme(sign: 1 | -1): Accumulator {
  return (series, count) => {
    const { kinds, values } = columns(count);
    for (const { kinds: own, values: from } of series) {
      for (let step = 0; step < count; step++) {
        if (own[step] !== FLOAT) continue;
        const value = from[step] ?? 0;
        const found = values[step] ?? 0;
        const isNew = kinds[step] !== FLOAT || Number.isNaN(found);
        if (isNew || (sign > 0 ? found < value : found > value)) values[step] = value;
        kinds[step] = FLOAT;
      }
    }
    return { kinds, values };
  };
}

/** The variance of the population, by Welford's method. */
const variance: Accumulator = (series, count) => {
  const { kinds, values } = columns(count);
  const means = new Float64Array(count);
  const counts = new Float64Array(count);
  for (const { kinds: own, values: from } of series) {
    for (let step = 0; step < count; step++) {
      if (own[step] !== FLOAT) continue;
      const value = from[step] ?? 0;
      const n = (counts[step] ?? 0) + 1;
      counts[step] = n;
      if (n === 1) {
        kinds[step] = FLOAT;
        means[step] = value;
        values[step] = Number.isFinite(value) ? 0 : Number.NaN;
        continue;
      }
      const delta = value - (means[step] ?? 0);
      const mean = (means[step] ?? 0) + delta / n;
      means[step] = mean;
      values[step] = (values[step] ?? 0) + delta * (value - mean);
    }
  }
  for (let step = 0; step < count; step++) values[step] = (values[step] ?? 0) / (counts[step] ?? 1);
  return { kinds, values };
};

const deviation: Accumulator = (series, count) => {
  const { kinds, values } = variance(series, count);
  return { kinds, values: values.map(Math.sqrt) };
};

/** The aggregations of floats that need no parameter, by operator. */
export const floatAggregations: ReadonlyMap<string, Accumulator> = new Map([
  ['avg', average],
  ['max', extreme(1)],
  ['min', extreme(-1)],
  ['stddev', deviation],
  ['stdvar', variance],
  ['sum', sum],
]);
