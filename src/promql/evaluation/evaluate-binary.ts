import type { Binary } from '../ast.ts';
import { combineScalars, combineWithScalar } from './binary-scalar.ts';
import { combineVectors } from './binary-vectors.ts';
import { type Context, evaluationError } from './context.ts';
import type { Grid } from './grid.ts';
import { SAME_LABELS } from './merge.ts';
import { combineSets } from './set-operators.ts';
import { scalar, type Value, vector } from './step-series.ts';

/** Evaluates a binary operator at all steps of a grid. */
export async function evaluateBinary(node: Binary, grid: Grid, context: Context): Promise<Value> {
  const left = await context.evaluate(node.left, grid);
  const right = await context.evaluate(node.right, grid);
  if (left.type === 'scalar' && right.type === 'scalar') {
    return scalar(combineScalars(node, left.values, right.values));
  }
  if (left.type === 'vector' && right.type === 'scalar') {
    return vector(combineWithScalar(node, left.series, right.values, false, context));
  }
  if (left.type === 'scalar' && right.type === 'vector') {
    return vector(combineWithScalar(node, right.series, left.values, true, context));
  }
  const { op, matching } = node;
  if (left.type !== 'vector' || right.type !== 'vector' || matching === undefined) {
    throw new TypeError(`no operator of ${left.type} and ${right.type}: ${op}`);
  }
  if (op === 'and' || op === 'or' || op === 'unless') {
    const fail = (): never => {
      throw evaluationError(context, SAME_LABELS, node.span);
    };
    return vector(combineSets(op, matching, left.series, right.series, fail));
  }
  return vector(await combineVectors(node, matching, left.series, right.series, grid, context));
}
