import type { Span } from '../ast.ts';
import { meanHistograms, sumHistograms } from '../histogram/aggregate.ts';
import type { Histogram } from '../histogram.ts';
import { compact } from '../histogram.ts';
import { type FloatAggregate, floatAggregations } from './aggregate-floats.ts';
import type { Group } from './aggregate-groups.ts';
import type { Annotations } from './annotations.ts';
import * as messages from './messages.ts';
import { FLOAT, HISTOGRAM, type StepSeries, StepSeriesBuilder } from './step-series.ts';

/**
 * `sum` or `avg` of a group with native histograms. A step with floats and histograms, or with exponential
 * and custom buckets, has no value, and a warning says so.
 */
export function aggregateMixed(
  op: 'sum' | 'avg',
  group: Group,
  count: number,
  annotations: Annotations,
  span: Span,
): StepSeriesBuilder {
  const builder = new StepSeriesBuilder(count);
  const floats: FloatAggregate | undefined = floatAggregations.get(op)?.(group.series, count);
  for (let step = 0; step < count; step++) {
    const histograms = histogramsAt(group.series, step);
    if (histograms.length === 0) {
      if (floats?.kinds[step] === FLOAT) builder.setFloat(step, floats.values[step] ?? 0);
      continue;
    }
    const result = aggregateAt(op, group.series, histograms, step, annotations, span);
    if (result !== undefined) builder.setHistogram(step, result);
  }
  return builder;
}

function aggregateAt(
  op: 'sum' | 'avg',
  series: readonly StepSeries[],
  histograms: readonly StepSeries[],
  step: number,
  annotations: Annotations,
  span: Span,
): Histogram | undefined {
  const present = series.filter(({ kinds }) => kinds[step] === FLOAT || kinds[step] === HISTOGRAM);
  const values = histograms.flatMap((one) => one.histograms?.[step] ?? []);
  // Behind a float, histograms don't even meet one another.
  const meet = present[0]?.kinds[step] === HISTOGRAM;
  const aggregated = meet ? (op === 'sum' ? sumHistograms(values) : meanHistograms(values)) : undefined;
  const misfit = histograms[aggregated?.incompatibleAt ?? -1];
  if (aggregated?.reconciled) annotations.inform(messages.reconciledBounds('aggregation'), span);
  if (misfit !== undefined) annotations.warn(messages.mixedSchemas(misfit.labels.metricName), span);
  const seen = misfit === undefined ? present : present.slice(0, present.indexOf(misfit));
  if (seen.some(({ kinds }) => kinds[step] === FLOAT)) {
    annotations.warn(messages.mixedInAggregation(), span);
    return undefined;
  }
  if (aggregated?.histogram === undefined) return undefined;
  if (aggregated.collision) annotations.warn(messages.counterResetCollision('aggregation'), span);
  return compact(aggregated.histogram);
}

function histogramsAt(series: readonly StepSeries[], step: number): StepSeries[] {
  return series.filter(({ kinds }) => kinds[step] === HISTOGRAM);
}
