import { type AggregatedHistogram, meanHistograms, sumHistograms } from '../../histogram/aggregate.ts';
import type { Histogram } from '../../histogram.ts';
import { KahanSum } from '../../kahan.ts';
import * as messages from '../messages.ts';
import { quantile } from '../quantile.ts';
import type { RangeFunction, RangeWindow, Reporter } from './window.ts';

/** A function of floats that leaves histograms in the same range out, and says so. */
export function floatsOnly(minFloats: number, ofFloats: RangeFunction['ofFloats']): RangeFunction {
  return {
    minFloats,
    ofFloats,
    ofHistograms: (window, parameters, reporter) => {
      if (window.floatCount === 0) return undefined;
      reporter.annotations.inform(messages.histogramsIgnoredInRange(window.metricName), reporter.span);
      return window.floatCount < minFloats ? undefined : ofFloats(window, parameters, reporter);
    },
  };
}

/** A function of floats or of histograms; a range with both has no result. */
function eitherKind(
  ofFloats: (window: RangeWindow) => number,
  ofHistograms: (histograms: readonly Histogram[]) => AggregatedHistogram,
): RangeFunction {
  return {
    minFloats: 1,
    ofFloats,
    ofHistograms: (window, _, { annotations, span }) => {
      const { metricName } = window;
      if (window.floatCount > 0) {
        annotations.warn(messages.mixedFloatsAndHistograms(metricName), span);
        return undefined;
      }
      const { histogram, collision, reconciled } = ofHistograms(window.histogramValues());
      if (histogram === undefined) annotations.warn(messages.mixedSchemas(metricName), span);
      else if (collision) annotations.warn(messages.counterResetCollision('aggregation'), span);
      if (histogram !== undefined && reconciled)
        annotations.inform(messages.reconciledBounds('aggregation'), span);
      return histogram;
    },
  };
}

function sum({ floats: { values }, floatLow, floatHigh }: RangeWindow): number {
  const total = new KahanSum();
  for (let i = floatLow; i < floatHigh; i++) total.add(values[i] ?? 0);
  return total.total;
}

/** The mean; where the sum overflows, the mean of what came before moves towards each further value. */
function mean({ floats: { values }, floatLow, floatHigh }: RangeWindow): number {
  const count = floatHigh - floatLow;
  const total = new KahanSum(values[floatLow]);
  for (let i = floatLow + 1; i < floatHigh; i++) {
    const { value, compensation } = total;
    total.add(values[i] ?? 0);
    if (Math.abs(total.value) === Number.POSITIVE_INFINITY) {
      const seen = i - floatLow;
      return runningMean(new KahanSum(value / seen, compensation / seen), values, floatLow, i, floatHigh);
    }
  }
  return total.value / count + total.compensation / count;
}

function runningMean(
  running: KahanSum,
  values: Float64Array,
  low: number,
  from: number,
  high: number,
): number {
  for (let i = from; i < high; i++) {
    const count = i - low + 1;
    const weight = (count - 1) / count;
    running.value *= weight;
    running.compensation *= weight;
    running.add((values[i] ?? 0) / count);
  }
  return running.total;
}

function variance({ floats: { values }, floatLow, floatHigh }: RangeWindow): number {
  const middle = new KahanSum();
  const squares = new KahanSum();
  for (let i = floatLow; i < floatHigh; i++) {
    const value = values[i] ?? 0;
    const delta = value - middle.total;
    middle.add(delta / (i - floatLow + 1));
    squares.add(delta * (value - middle.total));
  }
  return squares.total / (floatHigh - floatLow);
}

/** The position of the extreme: the first or, with `last`, the last of equal ones; NaN only if all are. */
function extreme(
  { floats: { values }, floatLow, floatHigh }: RangeWindow,
  sign: 1 | -1,
  last: boolean,
): number {
  let position = floatLow;
  let found = values[floatLow] ?? 0;
  for (let i = floatLow; i < floatHigh; i++) {
    const value = values[i] ?? 0;
    const difference = sign * (value - found);
    const isEqual = last && value === found;
    if (difference > 0 || isEqual || Number.isNaN(found)) {
      position = i;
      found = value;
    }
  }
  return position;
}

function extremeValue(sign: 1 | -1): RangeFunction {
  return floatsOnly(1, (window) => window.floats.values[extreme(window, sign, false)]);
}

function extremeTime(sign: 1 | -1): RangeFunction {
  return floatsOnly(1, (window) => (window.floats.timestamps[extreme(window, sign, true)] ?? 0) / 1000);
}

function quantileOf(
  window: RangeWindow,
  [q = 0]: readonly number[],
  { annotations, span }: Reporter,
): number {
  if (!(q >= 0 && q <= 1)) annotations.warn(messages.invalidQuantile(q), span);
  return quantile(q, window.copiedFloats(), window.floatCount);
}

/** The median of how far values are from their median. */
function medianAbsoluteDeviation(window: RangeWindow): number {
  const { floatCount } = window;
  const values = window.copiedFloats();
  for (let i = 0; i < floatCount; i++) {
    if (Number.isNaN(values[i])) return Number.NaN;
  }
  const median = quantile(0.5, values, floatCount);
  for (let i = 0; i < floatCount; i++) values[i] = Math.abs((values[i] ?? 0) - median);
  return quantile(0.5, values, floatCount);
}

const counting: RangeFunction = {
  minFloats: 1,
  ofFloats: (window) => window.floatCount,
  ofHistograms: (window) => window.floatCount + window.histogramCount,
};

const presence: RangeFunction = { minFloats: 1, ofFloats: () => 1, ofHistograms: () => 1 };

/** The `…_over_time` functions that look at values. */
export const overTimeFunctions: Readonly<Record<string, RangeFunction>> = {
  avg_over_time: eitherKind(mean, meanHistograms),
  count_over_time: counting,
  mad_over_time: floatsOnly(1, medianAbsoluteDeviation),
  max_over_time: extremeValue(1),
  min_over_time: extremeValue(-1),
  present_over_time: presence,
  quantile_over_time: floatsOnly(1, quantileOf),
  stddev_over_time: floatsOnly(1, (window) => Math.sqrt(variance(window))),
  stdvar_over_time: floatsOnly(1, variance),
  sum_over_time: eitherKind(sum, sumHistograms),
  ts_of_max_over_time: extremeTime(1),
  ts_of_min_over_time: extremeTime(-1),
};
