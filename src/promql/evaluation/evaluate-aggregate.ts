import type { Aggregate } from '../ast.ts';
import { isLabelName, quote } from '../labels.ts';
import { aggregate } from './aggregate.ts';
import { selectSeries } from './aggregate-k.ts';
import { type Context, evaluationError } from './context.ts';
import { countValues } from './count-values.ts';
import type { Grid } from './grid.ts';
import { type Value, vector } from './step-series.ts';
import { unwrapped } from './unwrapped.ts';

const SELECTING = new Set(['topk', 'bottomk', 'limitk', 'limit_ratio']);

/** Evaluates an aggregation at all steps of a grid. */
export async function evaluateAggregate(node: Aggregate, grid: Grid, context: Context): Promise<Value> {
  const param = node.param && unwrapped(node.param);
  const inner = { ...node, expr: unwrapped(node.expr), param };
  if (param?.kind === 'string' && !isLabelName(param.value)) {
    throw evaluationError(context, `invalid label name ${quote(param.value)}`, param.span);
  }
  const parameter = param && (await context.evaluate(param, grid));
  const value = await context.evaluate(inner.expr, grid);
  const series = value.type === 'vector' ? value.series : [];
  if (parameter?.type === 'string') {
    return vector(await countValues(inner, parameter.text, series, grid, context.supervisor));
  }
  const values = parameter?.type === 'scalar' ? parameter.values : undefined;
  if (SELECTING.has(node.op)) {
    return vector(await selectSeries(inner, series, values ?? new Float64Array(grid.count), grid, context));
  }
  return vector(await aggregate(inner, series, values, grid, context));
}
