import type { MatrixSelector, Subquery } from '../ast.ts';
import type { Histogram } from '../histogram.ts';
import type { Labels } from '../labels.ts';
import { type MatrixSeries, toMatrixSeries } from '../query-result.ts';
import { type Context, evaluationError } from './context.ts';
import { withNamesDropped } from './evaluate-node.ts';
import type { Grid } from './grid.ts';
import { leftValue, reachOf, rightValue } from './range/extended-floats.ts';
import { timesOf } from './range/input.ts';
import { RangeWindow } from './range/window.ts';
import { evaluateRangeArgument } from './range-argument.ts';
import { shifted, subqueryGrid } from './selector-times.ts';

/** A range vector as the value of an instant query: the samples in the range, or the steps of a subquery. */
export async function rangeVector(
  expr: MatrixSelector | Subquery,
  grid: Grid,
  context: Context,
): Promise<MatrixSeries[]> {
  const matrix =
    expr.kind === 'subquery' ? await ofSubquery(expr, grid, context) : await ofSelector(expr, grid, context);
  return matrix.sort((a, b) => a.labels.compare(b.labels));
}

async function ofSubquery(expr: Subquery, grid: Grid, context: Context): Promise<MatrixSeries[]> {
  const inner = subqueryGrid(expr, grid, context);
  context.supervisor.hold(inner.count);
  const value = await context.evaluate(expr.expr, inner);
  if (value.type !== 'vector') return [];
  const times = timesOf(inner);
  return withNamesDropped(value.series, expr, context).map((series) => toMatrixSeries(series, times));
}

async function ofSelector(expr: MatrixSelector, grid: Grid, context: Context): Promise<MatrixSeries[]> {
  const { inputs, shift, range, extension } = await evaluateRangeArgument(expr, grid, context);
  const end = shifted(shift, grid.start);
  return Array.from(inputs, (input) => {
    const window = new RangeWindow(input, extension, context.lookback);
    window.moveTo(grid.start, end - range, end);
    if (extension === undefined) return samplesOf(window, input.labels);
    if (window.histogramCount > 0) {
      throw evaluationError(context, `${extension} modifier is not supported with histograms`, expr.span);
    }
    return extendedSamples(window, input.labels);
  }).flat();
}

function samplesOf(window: RangeWindow, labels: Labels): MatrixSeries[] {
  const { floats, floatLow, floatHigh, histograms, histogramLow, histogramHigh } = window;
  const samples: { time: number; value: number; histogram: Histogram | undefined }[] = [];
  for (let i = floatLow; i < floatHigh; i++) {
    samples.push({ time: floats.timestamps[i] ?? 0, value: floats.values[i] ?? 0, histogram: undefined });
  }
  for (let i = histogramLow; i < histogramHigh; i++) {
    samples.push({ time: histograms.timestamps[i] ?? 0, value: 0, histogram: histograms.values[i] });
  }
  if (samples.length === 0) return [];
  samples.sort((a, b) => a.time - b.time);
  return [
    {
      labels,
      timestamps: Float64Array.from(samples, ({ time }) => time),
      values: Float64Array.from(samples, ({ value }) => value),
      histograms: histogramHigh > histogramLow ? samples.map(({ histogram }) => histogram) : undefined,
    },
  ];
}

/** The samples inside an extended range, and one at each of its bounds. */
function extendedSamples(window: RangeWindow, labels: Labels): MatrixSeries[] {
  const { floats, floatLow, floatHigh, start, end } = window;
  const reach = floatHigh > floatLow ? reachOf(floats.timestamps, floatLow, floatHigh, window) : undefined;
  if (reach === undefined) return [];
  const timestamps = [start];
  const values = [leftValue(window, reach.first, false)];
  for (let i = reach.first; i <= reach.last; i++) {
    const time = floats.timestamps[i] ?? 0;
    if (time <= start || time >= end) continue;
    timestamps.push(time);
    values.push(floats.values[i] ?? 0);
  }
  timestamps.push(end);
  values.push(rightValue(window, reach.last, false));
  return [
    {
      labels,
      timestamps: Float64Array.from(timestamps),
      values: Float64Array.from(values),
      histograms: undefined,
    },
  ];
}
