import { formatDecimal } from '../../go-float.ts';
import { KahanSum } from '../../kahan.ts';
import type { FloatSamples } from './input.ts';
import { floatsOnly } from './over-time.ts';
import type { RangeFunction, RangeWindow, Reporter } from './window.ts';

/** The line through the floats of a range by least squares: per second, and its value at `origin` (ms). */
function linearRegression(window: RangeWindow, origin: number): { slope: number; intercept: number } {
  const { timestamps, values }: FloatSamples = window.floats;
  const [sumX, sumY, sumXY, sumX2] = [new KahanSum(), new KahanSum(), new KahanSum(), new KahanSum()];
  const first = values[window.floatLow] ?? 0;
  let isConstant = true;
  for (let i = window.floatLow; i < window.floatHigh; i++) {
    const x = ((timestamps[i] ?? 0) - origin) / 1000;
    const y = values[i] ?? 0;
    if (y !== first && i > window.floatLow) isConstant = false;
    sumX.add(x);
    sumY.add(y);
    sumXY.add(x * y);
    sumX2.add(x * x);
  }
  if (isConstant) {
    // Computed, a constant would come out with a slope that is only rounding.
    return Number.isFinite(first)
      ? { slope: 0, intercept: first }
      : { slope: Number.NaN, intercept: Number.NaN };
  }
  const n = window.floatCount;
  const covariance = sumXY.total - (sumX.total * sumY.total) / n;
  const variance = sumX2.total - (sumX.total * sumX.total) / n;
  const slope = covariance / variance;
  return { slope, intercept: sumY.total / n - (slope * sumX.total) / n };
}

function derivative(window: RangeWindow): number {
  // An origin near the samples keeps the products small.
  return linearRegression(window, window.floats.timestamps[window.floatLow] ?? 0).slope;
}

function prediction(window: RangeWindow, [seconds = 0]: readonly number[]): number {
  const { slope, intercept } = linearRegression(window, window.time);
  return slope * seconds + intercept;
}

/** Holt's linear smoothing: the level after the last value, with factors for the level and the trend. */
function doubleExponentialSmoothing(
  { floats: { values }, floatLow, floatHigh }: RangeWindow,
  [smoothing = 0, trendFactor = 0]: readonly number[],
): number {
  let level = values[floatLow] ?? 0;
  let previousLevel = 0;
  let trend = (values[floatLow + 1] ?? 0) - level;
  for (let i = floatLow + 1; i < floatHigh; i++) {
    if (i > floatLow + 1) trend = trendFactor * (level - previousLevel) + (1 - trendFactor) * trend;
    previousLevel = level;
    level = smoothing * (values[i] ?? 0) + (1 - smoothing) * (level + trend);
  }
  return level;
}

function checkFactors([smoothing = 0, trendFactor = 0]: readonly number[], { fail }: Reporter): void {
  if (smoothing <= 0 || smoothing >= 1) {
    fail(`invalid smoothing factor. Expected: 0 < sf < 1, got: ${formatFixed(smoothing)}`);
  }
  if (trendFactor <= 0 || trendFactor >= 1) {
    fail(`invalid trend factor. Expected: 0 < tf < 1, got: ${formatFixed(trendFactor)}`);
  }
}

function formatFixed(value: number): string {
  return Number.isFinite(value) ? value.toFixed(6) : formatDecimal(value);
}

const smoothing = floatsOnly(2, doubleExponentialSmoothing);

/** Checks its factors for each range that holds anything, even where there is too little to smooth. */
const checkedSmoothing: RangeFunction = {
  minFloats: 1,
  ofFloats: (window, parameters, reporter) => {
    checkFactors(parameters, reporter);
    return window.floatCount < smoothing.minFloats
      ? undefined
      : smoothing.ofFloats(window, parameters, reporter);
  },
  ofHistograms: (window, parameters, reporter) => {
    checkFactors(parameters, reporter);
    return smoothing.ofHistograms(window, parameters, reporter);
  },
};

/** The functions that fit a trend to the floats of a range, of which there must be two. */
export const regressionFunctions: Readonly<Record<string, RangeFunction>> = {
  deriv: floatsOnly(2, derivative),
  predict_linear: floatsOnly(2, prediction),
  double_exponential_smoothing: checkedSmoothing,
};
