import type { Aggregate } from '../ast.ts';
import { floatAggregations } from './aggregate-floats.ts';
import { dropsName, type Group, groupSeries } from './aggregate-groups.ts';
import { aggregateMixed } from './aggregate-histograms.ts';
import type { Context } from './context.ts';
import { maxOf, minOf } from './go-math.ts';
import type { Grid } from './grid.ts';
import * as messages from './messages.ts';
import { quantile } from './quantile.ts';
import { ABSENT, FLOAT, hasValues, type StepSeries, StepSeriesBuilder } from './step-series.ts';

/**
 * The series of an aggregation that gives one for each group. `parameter` is quantile's, for each step.
 */
export async function aggregate(
  node: Aggregate,
  series: readonly StepSeries[],
  parameter: Float64Array | undefined,
  grid: Grid,
  context: Context,
): Promise<StepSeries[]> {
  if (node.op === 'quantile') warnInvalidQuantiles(node, parameter, context);
  const result: StepSeries[] = [];
  for (const group of groupSeries(series, node)) {
    const aggregated = aggregateGroup(node, group, parameter, grid, context);
    if (hasValues(aggregated)) result.push(aggregated);
    if (context.supervisor.isPauseDue) await context.supervisor.pause();
  }
  return result;
}

function aggregateGroup(
  node: Aggregate,
  group: Group,
  parameter: Float64Array | undefined,
  grid: Grid,
  { annotations }: Context,
): StepSeries {
  const { op } = node;
  const { span } = node.expr;
  const { series, labels } = group;
  const dropName = dropsName(group);
  const hasHistograms = series.some(({ histograms }) => histograms !== undefined);
  if (op === 'count' || op === 'group') return countPresent(op, group, grid.count, dropName);
  if (hasHistograms && (op === 'sum' || op === 'avg')) {
    return aggregateMixed(op, group, grid.count, annotations, span).build(labels, dropName);
  }
  if (hasHistograms) annotations.inform(messages.histogramIgnoredInAggregation(op), span);
  const columns =
    floatAggregations.get(op)?.(series, grid.count) ??
    quantiles(series, parameter ?? new Float64Array(grid.count));
  return { labels, dropName, ...columns, histograms: undefined };
}

function countPresent(
  op: 'count' | 'group',
  { series, labels }: Group,
  count: number,
  dropName: boolean,
): StepSeries {
  const kinds = new Uint8Array(count);
  const values = new Float64Array(count);
  for (const { kinds: own } of series) {
    for (let step = 0; step < count; step++) {
      if (own[step] === ABSENT) continue;
      kinds[step] = FLOAT;
      values[step] = op === 'group' ? 1 : (values[step] ?? 0) + 1;
    }
  }
  return { labels, dropName, kinds, values, histograms: undefined };
}

function quantiles(
  series: readonly StepSeries[],
  parameter: Float64Array,
): { readonly kinds: Uint8Array; readonly values: Float64Array } {
  const builder = new StepSeriesBuilder(parameter.length);
  const atStep = new Float64Array(series.length);
  for (let step = 0; step < parameter.length; step++) {
    let count = 0;
    for (const { kinds, values } of series) {
      if (kinds[step] === FLOAT) atStep[count++] = values[step] ?? 0;
    }
    if (count > 0) builder.setFloat(step, quantile(parameter[step] ?? 0, atStep, count));
  }
  return builder;
}

function warnInvalidQuantiles(
  node: Aggregate,
  parameter: Float64Array = new Float64Array(0),
  { annotations }: Context,
): void {
  const span = (node.param ?? node).span;
  const largest = parameter.reduce(maxOf, Number.NEGATIVE_INFINITY);
  const least = parameter.reduce(minOf, Number.POSITIVE_INFINITY);
  if (parameter.some(Number.isNaN)) annotations.warn(messages.invalidQuantile(Number.NaN), span);
  if (largest > 1) annotations.warn(messages.invalidQuantile(largest), span);
  if (least < 0) annotations.warn(messages.invalidQuantile(least), span);
}
