import type { Aggregate } from '../ast.ts';
import { formatGeneral } from '../go-float.ts';
import { groupSeries } from './aggregate-groups.ts';
import { type Context, evaluationError } from './context.ts';
import type { Grid } from './grid.ts';
import { limitRatio } from './limit-ratio.ts';
import * as messages from './messages.ts';
import { compareValues } from './sort.ts';
import { ABSENT, FLOAT, type StepSeries, StepSeriesBuilder } from './step-series.ts';
import type { Supervisor } from './supervisor.ts';
import { WorstFirstHeap } from './worst-first-heap.ts';

/** Past these, a count of series is an error; they are the bounds of 64-bit integers. */
const COUNT_BOUND = 2 ** 63;

/** Selects series of each group at each step: `topk`, `bottomk`, `limitk`, `limit_ratio`. */
export async function selectSeries(
  node: Aggregate,
  series: readonly StepSeries[],
  parameter: Float64Array,
  grid: Grid,
  context: Context,
): Promise<StepSeries[]> {
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
  const selected: StepSeries[] = [];
  for (const group of groups) {
    const best = await bestOfGroup(group, counts, descending, context.supervisor);
    // A range query orders by labels in the end; an instant one shows the best first.
    if (grid.count === 1) best.sort((a, b) => compareValues(a.values[0] ?? 0, b.values[0] ?? 0, descending));
    for (const one of best) selected.push(one);
  }
  return selected;
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

/** So many steps of a series are looked at in turn: their values lie side by side. */
const STRETCH = 64;
/** After so many series the time is looked at. */
const CHECKED_SERIES = 256;

async function bestOfGroup(
  group: readonly StepSeries[],
  counts: Float64Array,
  descending: boolean,
  supervisor: Supervisor,
): Promise<StepSeries[]> {
  const selected: (StepSeriesBuilder | undefined)[] = group.map(() => undefined);
  for (let start = 0; start < counts.length; start += STRETCH) {
    const heaps = Array.from(
      counts.subarray(start, start + STRETCH),
      (k) => new WorstFirstHeap(k, descending),
    );
    for (const [i, { kinds, values }] of group.entries()) {
      for (const [at, heap] of heaps.entries()) {
        if (kinds[start + at] === FLOAT) heap.offer(values[start + at] ?? 0, i);
      }
      if (i % CHECKED_SERIES === 0 && supervisor.isPauseDue) await supervisor.pause();
    }
    for (const [at, heap] of heaps.entries()) {
      const step = start + at;
      for (const i of heap.items()) {
        selected[i] ??= new StepSeriesBuilder(counts.length);
        selected[i].setFloat(step, group[i]?.values[step] ?? 0);
      }
    }
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

function filled(
  group: readonly StepSeries[],
  selected: readonly (StepSeriesBuilder | undefined)[],
): StepSeries[] {
  return group.flatMap(({ labels, dropName }, i) => {
    const builder = selected[i];
    return builder === undefined || builder.isEmpty ? [] : [builder.build(labels, dropName)];
  });
}
