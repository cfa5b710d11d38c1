import type { Expr, Span } from '../ast.ts';
import { histogramFraction } from '../histogram/fraction.ts';
import { histogramQuantile } from '../histogram/quantile.ts';
import type { Histogram } from '../histogram.ts';
import type { Labels } from '../labels.ts';
import { type ClassicBucket, classicFraction, classicQuantile } from './classic-histogram.ts';
import type { Context } from './context.ts';
import { type Grid, timeOf } from './grid.ts';
import { bucketsAt, groupHistograms } from './histogram-grouping.ts';
import * as messages from './messages.ts';
import { type StepSeries, StepSeriesBuilder } from './step-series.ts';

/** A value of a histogram at a step, of a native or of a classic one. */
interface Estimator {
  readonly native: (histogram: Histogram, step: number, metricName: string) => number;
  readonly classic: (buckets: readonly ClassicBucket[], step: number, metricName: string) => number;
}

/** The histograms of a function's argument, and where annotations about them point. */
export interface HistogramArgument {
  readonly series: readonly StepSeries[];
  readonly span: Span;
}

/** `histogram_quantile` with a quantile for each step. */
export function quantileSeries(
  q: Float64Array,
  qExpr: Expr,
  argument: HistogramArgument,
  grid: Grid,
  context: Context,
): StepSeries[] {
  warnInvalid(q, qExpr, context);
  return estimate(argument, grid, context, quantileEstimator(q, argument.span, grid, context));
}

/** `histogram_quantiles`: the series of several quantiles, told apart by a label. */
export function quantilesSeries(
  quantiles: readonly { readonly q: Float64Array; readonly expr: Expr }[],
  label: string,
  format: (q: number) => string,
  argument: HistogramArgument,
  grid: Grid,
  context: Context,
): StepSeries[] {
  for (const { q, expr } of quantiles) warnInvalid(q, expr, context);
  return quantiles.flatMap(({ q }) => {
    const series = estimate(argument, grid, context, quantileEstimator(q, argument.span, grid, context));
    return series.flatMap((one) => splitByQuantile(one, q, label, format));
  });
}

/** `histogram_fraction` with bounds for each step. */
export function fractionSeries(
  lower: Float64Array,
  upper: Float64Array,
  argument: HistogramArgument,
  grid: Grid,
  context: Context,
): StepSeries[] {
  return estimate(argument, grid, context, {
    native: (histogram, step, metricName) => {
      const { value, excludesNan } = histogramFraction(lower[step] ?? 0, upper[step] ?? 0, histogram);
      if (excludesNan) context.annotations.inform(messages.fractionExcludesNan(metricName), argument.span);
      return value;
    },
    classic: (buckets, step) => classicFraction(lower[step] ?? 0, upper[step] ?? 0, buckets),
  });
}

function quantileEstimator(q: Float64Array, span: Span, grid: Grid, { annotations }: Context): Estimator {
  return {
    native: (histogram, step, metricName) => {
      const { value, nan } = histogramQuantile(q[step] ?? 0, histogram);
      if (nan === 'result') annotations.inform(messages.quantileOfNanIsNan(metricName), span);
      if (nan === 'skew') annotations.inform(messages.quantileSkewedByNan(metricName), span);
      return value;
    },
    classic: (buckets, step, metricName) => {
      const { value, raised } = classicQuantile(q[step] ?? 0, buckets);
      if (raised !== undefined) {
        const occurrence = { time: timeOf(grid, step), ...raised };
        annotations.informNonMonotonic(messages.nonMonotonicBuckets(metricName), span, occurrence);
      }
      return value;
    },
  };
}

function estimate(
  { series, span }: HistogramArgument,
  grid: Grid,
  context: Context,
  estimator: Estimator,
): StepSeries[] {
  const groups = groupHistograms(series, span, context);
  const nameOf = (labels: Labels): string => (context.delayedNameRemoval ? labels.metricName : '');
  const result: StepSeries[] = [];
  for (const { labels, histograms } of groups.native) {
    const conflicts = groups.conflicts.get(labels.key);
    const builder = new StepSeriesBuilder(grid.count);
    histograms?.forEach((histogram, step) => {
      if (histogram === undefined || conflicts?.[step] === 1) return;
      builder.setFloat(step, estimator.native(histogram, step, nameOf(labels)));
    });
    if (!builder.isEmpty) result.push(builder.build(labels, true));
  }
  for (const group of groups.classic) {
    const conflicts = groups.conflicts.get(group.labels.key);
    const builder = new StepSeriesBuilder(grid.count);
    for (let step = 0; step < grid.count; step++) {
      const buckets = conflicts?.[step] === 1 ? [] : bucketsAt(group, step);
      if (buckets.length > 0) builder.setFloat(step, estimator.classic(buckets, step, nameOf(group.labels)));
    }
    if (!builder.isEmpty) result.push(builder.build(group.labels, true));
  }
  return result;
}

/** One series for each value that the quantile has over the steps. */
function splitByQuantile(
  series: StepSeries,
  q: Float64Array,
  label: string,
  format: (q: number) => string,
): StepSeries[] {
  const byText = new Map<string, StepSeriesBuilder>();
  series.kinds.forEach((_, step) => {
    const text = format(q[step] ?? 0);
    const builder = byText.get(text) ?? new StepSeriesBuilder(series.kinds.length);
    byText.set(text, builder);
    builder.copy(step, series);
  });
  const filled = [...byText].filter(([, builder]) => !builder.isEmpty);
  return filled.map(([text, builder]) => builder.build(series.labels.with(label, text), series.dropName));
}

function warnInvalid(q: Float64Array, { span }: Expr, { annotations }: Context): void {
  for (const value of new Set(q)) {
    if (!(value >= 0 && value <= 1)) annotations.warn(messages.invalidQuantile(value), span);
  }
}
