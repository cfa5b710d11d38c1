import type { Aggregate } from '../ast.ts';
import { formatGeneral } from '../go-float.ts';
import { groupSeries } from './aggregate-groups.ts';
import { type Context, evaluationError } from './context.ts';
import type { Grid } from './grid.ts';
import { limitRatio } from './limit-ratio.ts';
import * as messages from './messages.ts';
import { compareValues } from './sort.ts';
import { ABSENT, FLOAT, type StepSeries, StepSeriesBuilder } from './step-series.ts';
import { WorstFirstHeap } from './worst-first-heap.ts';

/** Past these, a count of series is an error; they are the bounds of 64-bit integers. */
const COUNT_BOUND = 2 ** 63;

/** Selects series of each group at each step: `topk`, `bottomk`, `limitk`, `limit_ratio`. */
export function selectSeries(
  node: Aggregate,
  series: readonly StepSeries[],
  parameter: Float64Array,
  grid: Grid,
  context: Context,
): StepSeries[] {
  if (node.op === 'limit_ratio') return limitRatio(node, series, parameter, context);
  const counts = countsOf(node, parameter, series.length, context);
  if (counts === undefined) return [];
  const groups = groupSeries(series, node).map((group) => group.series);
  if (node.op === 'limitk') return groups.flatMap((group) => firstOfGroup(group, counts));
  const descending = node.op === 'topk';
  const ignoresHistograms =
    series.some(({ histograms }) => histograms !== undefined) && counts.some((k) => k >= 1);
  if (ignoresHistograms)
    context.annotations.inform(messages.histogramIgnoredInAggregation(node.op), node.span);
  return groups.flatMap((group) => {
    const selected = bestOfGroup(group, counts, descending);
    // A range query orders by labels in the end; an instant one shows the best first.
    if (grid.count > 1) return selected;
    return selected.sort((a, b) => compareValues(a.values[0] ?? 0, b.values[0] ?? 0, descending));
  });
}

/** How many series to select at each step; undefined where it is none at any. */
function countsOf(
  { param, span }: Aggregate,
  parameter: Float64Array,
  seriesCount: number,
  context: Context,
): Float64Array | undefined {
  const fail = (message: string): never => {
    throw evaluationError(context, message, (param ?? { span }).span);
  };
  if (parameter.every((k) => k < 1)) return undefined;
  if (parameter.some(Number.isNaN)) fail('Parameter value is NaN');
  for (const k of parameter) {
    if (k <= -COUNT_BOUND) fail(`Scalar value ${formatGeneral(k)} underflows int64`);
    if (k >= COUNT_BOUND) fail(`Scalar value ${formatGeneral(k)} overflows int64`);
  }
  return parameter.map((k) => Math.min(Math.trunc(k), seriesCount));
}

function bestOfGroup(group: readonly StepSeries[], counts: Float64Array, descending: boolean): StepSeries[] {
  const selected = group.map(() => new StepSeriesBuilder(counts.length));
  for (let step = 0; step < counts.length; step++) {
    const k = counts[step] ?? 0;
    if (k < 1) continue;
    const heap = new WorstFirstHeap(k, descending);
    group.forEach(({ kinds, values }, i) => {
      if (kinds[step] === FLOAT) heap.offer(values[step] ?? 0, i);
    });
    for (const i of heap.items()) selected[i]?.setFloat(step, group[i]?.values[step] ?? 0);
  }
  return filled(group, selected);
}

function firstOfGroup(group: readonly StepSeries[], counts: Float64Array): StepSeries[] {
  const selected = group.map(() => new StepSeriesBuilder(counts.length));
  for (let step = 0; step < counts.length; step++) {
    let left = counts[step] ?? 0;
    for (const [i, one] of group.entries()) {
      if (left < 1) break;
      if (one.kinds[step] === ABSENT) continue;
      selected[i]?.copy(step, one);
      left--;
    }
  }
  return filled(group, selected);
}

function filled(group: readonly StepSeries[], selected: readonly StepSeriesBuilder[]): StepSeries[] {
  return group.flatMap(({ labels, dropName }, i) => {
    const builder = selected[i];
    return builder === undefined || builder.isEmpty ? [] : [builder.build(labels, dropName)];
  });
}
