import type { Histogram } from '../histogram.ts';
import { dateFunctions } from './date-functions.ts';
import { maxOf, minOf } from './go-math.ts';
import { histogramFunctions } from './histogram-functions.ts';
import { mathFunctions } from './math-functions.ts';
import { FLOAT, type StepSeries, StepSeriesBuilder } from './step-series.ts';

/** A function of each float of an instant vector; `step` tells which parameters to use. */
type FloatFunction = (value: number, step: number) => number;

/** The functions that are applied to each float (or each histogram) alone, and take nothing else. */
export function elementFunction(name: string): ((series: StepSeries) => StepSeries | undefined) | undefined {
  const ofFloat = mathFunctions.get(name) ?? dateFunctions.get(name);
  if (ofFloat !== undefined) return (series) => mapFloats(series, ofFloat);
  const ofHistogram = histogramFunctions.get(name);
  return ofHistogram && ((series) => mapHistograms(series, ofHistogram));
}

/** Values kept between bounds, `clamp`, `clamp_min`, `clamp_max`; nothing at steps with the bounds swapped. */
export function clamped(
  series: StepSeries,
  least: Float64Array,
  largest: Float64Array,
): StepSeries | undefined {
  const isValid = (_: number, step: number): boolean => !((largest[step] ?? 0) < (least[step] ?? 0));
  const clamp: FloatFunction = (value, step) => maxOf(least[step] ?? 0, minOf(largest[step] ?? 0, value));
  return mapFloats(series, clamp, isValid);
}

/** `round` to multiples, halves up. */
export function rounded(series: StepSeries, nearest: Float64Array): StepSeries | undefined {
  return mapFloats(series, (value, step) => {
    // The inverse loses less: 1 / 0.1 is 10, a multiple of 0.1 may not be one.
    const inverse = 1 / (nearest[step] ?? 1);
    return Math.floor(value * inverse + 0.5) / inverse;
  });
}

function mapFloats(
  series: StepSeries,
  map: FloatFunction,
  isWanted: ((value: number, step: number) => boolean) | undefined = undefined,
): StepSeries | undefined {
  const { kinds, values, histograms, labels } = series;
  if (histograms === undefined && isWanted === undefined) {
    const mapped = new Float64Array(values.length);
    for (let step = 0; step < values.length; step++) {
      if (kinds[step] === FLOAT) mapped[step] = map(values[step] ?? 0, step);
    }
    return { labels, dropName: true, kinds, values: mapped, histograms: undefined };
  }
  const builder = new StepSeriesBuilder(values.length);
  for (let step = 0; step < values.length; step++) {
    const value = values[step] ?? 0;
    if (kinds[step] === FLOAT && (isWanted?.(value, step) ?? true)) builder.setFloat(step, map(value, step));
  }
  return builder.isEmpty ? undefined : builder.build(labels, true);
}

function mapHistograms(series: StepSeries, map: (histogram: Histogram) => number): StepSeries | undefined {
  if (series.histograms === undefined) return undefined;
  const builder = new StepSeriesBuilder(series.kinds.length);
  series.histograms.forEach((histogram, step) => {
    if (histogram !== undefined) builder.setFloat(step, map(histogram));
  });
  return builder.isEmpty ? undefined : builder.build(series.labels, true);
}

/** The only float of each step; NaN where there is none or several. */
export function scalarOf(series: readonly StepSeries[], count: number): Float64Array {
  const found = new Uint32Array(count);
  const values = new Float64Array(count).fill(Number.NaN);
  for (const { kinds, values: own } of series) {
    kinds.forEach((kind, step) => {
      if (kind !== FLOAT) return;
      found[step] = (found[step] ?? 0) + 1;
      values[step] = found[step] === 1 ? (own[step] ?? 0) : Number.NaN;
    });
  }
  return values;
}
