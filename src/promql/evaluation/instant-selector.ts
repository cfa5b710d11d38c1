import type { VectorSelector } from '../ast.ts';
import { byLabels } from '../series-set.ts';
import type { RawSeries } from '../series-source.ts';
import { StaleMarkers } from '../staleness.ts';
import type { Context } from './context.ts';
import { type Grid, timeOf } from './grid.ts';
import { type Shift, shifted, shiftOf } from './selector-times.ts';
import { smoothedSeries } from './smoothed-selector.ts';
import { FLOAT, HISTOGRAM, StepColumns, type StepSeries } from './step-series.ts';

/** The series of an instant vector selector: at each step the newest sample that is not too old nor stale. */
export async function evaluateSelector(
  selector: VectorSelector,
  grid: Grid,
  context: Context,
): Promise<StepSeries[]> {
  const { selections, supervisor, lookback } = context;
  const shift = shiftOf(selector, context);
  const result: (StepSeries | undefined)[] = [];
  const columns = new StepColumns();
  const set = await selections.take(selector);
  for (const raw of set) {
    const series =
      selector.extension === 'smoothed'
        ? smoothedSeries(raw, grid, shift, selector, context)
        : seriesAtSteps(raw, grid, shift, lookback, columns);
    result.push(series);
    if (series !== undefined) supervisor.hold(grid.count);
    if (supervisor.isPauseDue) await supervisor.pause();
  }
  return byLabels(result, set);
}

/** A series at the steps of a grid; undefined where it has no sample at any. */
export function seriesAtSteps(
  raw: RawSeries,
  grid: Grid,
  shift: Shift,
  lookback: number,
  columns: StepColumns,
): StepSeries | undefined {
  const { labels, values: samples, histograms: rawHistograms } = raw;
  const { kinds, values } = columns.take(grid.count);
  const histograms = rawHistograms && new Array<(typeof rawHistograms)[number]>(grid.count).fill(undefined);
  let isEmpty = true;
  forEachSampleAtStep(raw, grid, shift, lookback, (step, index) => {
    const histogram = rawHistograms?.[index];
    if (histogram !== undefined && histograms !== undefined) {
      kinds[step] = HISTOGRAM;
      histograms[step] = histogram;
    } else {
      kinds[step] = FLOAT;
      values[step] = samples[index] ?? 0;
    }
    isEmpty = false;
  });
  if (isEmpty) return undefined;
  const hasHistograms = histograms?.some((histogram) => histogram !== undefined);
  return { labels, dropName: false, kinds, values, histograms: hasHistograms ? histograms : undefined };
}

/** Calls back for each step that has a sample, with the sample's position in the series. */
export function forEachSampleAtStep(
  raw: RawSeries,
  grid: Grid,
  shift: Shift,
  lookback: number,
  visit: (step: number, index: number) => void,
): void {
  const { timestamps, values, histograms } = raw;
  const markers = new StaleMarkers(values);
  let next = 0;
  for (let step = 0; step < grid.count; step++) {
    const reference = shifted(shift, timeOf(grid, step));
    while (next < timestamps.length && (timestamps[next] ?? 0) <= reference) next++;
    const index = next - 1;
    if (index < 0 || (timestamps[index] ?? 0) <= reference - lookback) continue;
    const isStale = Number.isNaN(values[index]) && histograms?.[index] === undefined && markers.has(index);
    if (!isStale) visit(step, index);
  }
}
