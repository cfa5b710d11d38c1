import type { VectorSelector } from '../ast.ts';
import { byLabels } from '../series-set.ts';
import type { Context } from './context.ts';
import { type Grid, timeOf } from './grid.ts';
import { forEachSampleAtStep } from './instant-selector.ts';
import { timestampShiftOf } from './selector-times.ts';
import { ABSENT, type StepSeries, StepSeriesBuilder } from './step-series.ts';

/**
 * `timestamp` or `start_timestamp` of a selector: when the samples were taken, or when their counters began
 * (0 where that is not known), in seconds.
 */
export async function sampleTimes(
  selector: VectorSelector,
  which: 'timestamp' | 'start_timestamp',
  grid: Grid,
  context: Context,
): Promise<StepSeries[]> {
  const shift = timestampShiftOf(selector, context);
  const result: (StepSeries | undefined)[] = [];
  const set = await context.selections.take(selector);
  for (const raw of set) {
    const times = which === 'timestamp' ? raw.timestamps : raw.startTimestamps;
    const builder = new StepSeriesBuilder(grid.count);
    forEachSampleAtStep(raw, grid, shift, context.lookback, (step, index) => {
      builder.setFloat(step, (times?.[index] ?? 0) / 1000);
    });
    result.push(builder.isEmpty ? undefined : builder.build(raw.labels, true));
    if (!builder.isEmpty) context.supervisor.hold(grid.count);
  }
  return byLabels(result, set);
}

/** `timestamp` of anything else: the time of the step. */
export function stepTimes(series: readonly StepSeries[], grid: Grid): StepSeries[] {
  return series.map(({ labels, kinds }) => {
    const builder = new StepSeriesBuilder(grid.count);
    kinds.forEach((kind, step) => {
      if (kind !== ABSENT) builder.setFloat(step, timeOf(grid, step) / 1000);
    });
    return builder.build(labels, true);
  });
}
