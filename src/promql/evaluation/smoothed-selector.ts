import type { VectorSelector } from '../ast.ts';
import { type Histogram, usesCustomBuckets, withHint } from '../histogram.ts';
import { indexAbove } from '../search.ts';
import type { RawSeries } from '../series-source.ts';
import type { Context } from './context.ts';
import { type Grid, timeOf } from './grid.ts';
import { interpolate, interpolateHistograms } from './interpolation.ts';
import * as messages from './messages.ts';
import { type FloatSamples, fromRaw, type HistogramSamples } from './range/input.ts';
import { type Shift, shifted } from './selector-times.ts';
import { type StepSeries, StepSeriesBuilder } from './step-series.ts';

/**
 * The series of a smoothed instant selector: at each step the value on the line between the samples around
 * it, none of which may be further away than the look-back; after the last sample, that one's.
 */
export function smoothedSeries(
  raw: RawSeries,
  grid: Grid,
  shift: Shift,
  selector: VectorSelector,
  context: Context,
): StepSeries | undefined {
  const { annotations, lookback } = context;
  const { labels, floats, histograms } = fromRaw(raw);
  const builder = new StepSeriesBuilder(grid.count);
  for (let step = 0; step < grid.count; step++) {
    const time = shifted(shift, timeOf(grid, step));
    const nearFloats = around(floats.timestamps, time, lookback);
    const nearHistograms = around(histograms.timestamps, time, lookback);
    if (nearFloats.exists && nearHistograms.exists) {
      annotations.warn(messages.mixedFloatsAndHistograms(labels.metricName), selector.span);
    } else if (nearFloats.exists) {
      const value = floatAt(floats, nearFloats, time);
      if (value !== undefined) builder.setFloat(step, value);
    } else if (nearHistograms.exists) {
      const histogram = histogramAt(histograms, nearHistograms, time, labels.metricName, selector, context);
      if (histogram !== undefined) builder.setHistogram(step, histogram);
    }
  }
  return builder.isEmpty ? undefined : builder.build(labels, false);
}

interface Neighbours {
  readonly exists: boolean;
  /** The positions of the last sample at or before the time and of the first after it. */
  readonly before: number | undefined;
  readonly after: number | undefined;
}

function around(timestamps: Float64Array, time: number, lookback: number): Neighbours {
  const next = indexAbove(timestamps, time);
  const before = next > 0 && (timestamps[next - 1] ?? 0) > time - lookback ? next - 1 : undefined;
  const after = next < timestamps.length && (timestamps[next] ?? 0) <= time + lookback ? next : undefined;
  return { exists: before !== undefined || after !== undefined, before, after };
}

function floatAt(
  { timestamps, values }: FloatSamples,
  { before, after }: Neighbours,
  time: number,
): number | undefined {
  if (before === undefined) return undefined;
  const t1 = timestamps[before] ?? 0;
  const y1 = values[before] ?? 0;
  if (t1 === time || after === undefined) return y1;
  return interpolate(t1, y1, timestamps[after] ?? 0, values[after] ?? 0, time, false);
}

function histogramAt(
  { timestamps, values }: HistogramSamples,
  { before, after }: Neighbours,
  time: number,
  metricName: string,
  { span }: VectorSelector,
  { annotations }: Context,
): Histogram | undefined {
  const previous = before === undefined ? undefined : values[before];
  if (before === undefined || previous === undefined) return undefined;
  if (timestamps[before] === time) return previous;
  const next = after === undefined ? undefined : values[after];
  // The hint tells of the step from the sample before, which is not what is shown here.
  if (after === undefined || next === undefined) return withHint(previous, 'unknown');
  if (usesCustomBuckets(previous) !== usesCustomBuckets(next)) {
    annotations.warn(messages.mixedSchemas(metricName), span);
    return undefined;
  }
  const isCounter = previous.hint !== 'gauge' || next.hint !== 'gauge';
  const [t1 = 0, t2 = 0] = [timestamps[before], timestamps[after]];
  const { histogram, reconciled } = interpolateHistograms(t1, previous, t2, next, time, isCounter);
  for (const operation of reconciled) annotations.inform(messages.reconciledBounds(operation), span);
  return histogram;
}
