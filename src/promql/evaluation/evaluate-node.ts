import type { Expr, Unary } from '../ast.ts';
import { multiply } from '../histogram.ts';
import { type Context, evaluationError } from './context.ts';
import { evaluateAggregate } from './evaluate-aggregate.ts';
import { evaluateBinary } from './evaluate-binary.ts';
import { evaluateCall } from './evaluate-call.ts';
import { firstStep, type Grid } from './grid.ts';
import { evaluateSelector } from './instant-selector.ts';
import { mergeSameLabels, SAME_LABELS } from './merge.ts';
import type { StepInvariance } from './step-invariant.ts';
import { type StepSeries, scalar, type Value, vector } from './step-series.ts';
import { unwrapped } from './unwrapped.ts';
import { valueWeight } from './value-weight.ts';

/**
 * Evaluates a part of a query at all steps of a grid. What is the same at each step is evaluated once. When
 * a part is done, only its result counts as held.
 */
export async function evaluateNode(
  expr: Expr,
  grid: Grid,
  context: Context,
  invariance: StepInvariance,
): Promise<Value> {
  const { supervisor } = context;
  supervisor.check();
  if (grid.count === 0) return expr.type === 'scalar' ? scalar(new Float64Array(0)) : vector([]);
  const isConstant = expr.kind === 'number' || expr.kind === 'string';
  if (grid.start !== grid.end && !isConstant && invariance.isInvariant(expr)) {
    const single = await evaluateNode(expr, firstStep(grid), context, invariance);
    supervisor.hold(valueWeight(single) * (grid.count - 1));
    return repeated(single, grid.count);
  }
  const before = supervisor.heldSamples;
  const value = await evaluateKind(expr, grid, context);
  supervisor.release(supervisor.heldSamples - before);
  supervisor.hold(valueWeight(value));
  return settled(value, expr, context);
}

async function evaluateKind(expr: Expr, grid: Grid, context: Context): Promise<Value> {
  switch (expr.kind) {
    case 'number':
      return scalar(new Float64Array(grid.count).fill(expr.value));
    case 'string':
      return { type: 'string', text: expr.value };
    case 'paren':
      return context.evaluate(expr.expr, grid);
    case 'vectorSelector':
      return vector(await evaluateSelector(expr, grid, context));
    case 'unary':
      return negated(expr, await context.evaluate(expr.expr, grid));
    case 'binary':
      return evaluateBinary(expr, grid, context);
    case 'aggregate':
      return evaluateAggregate(expr, grid, context);
    case 'call':
      return evaluateCall(expr, grid, context);
    case 'matrixSelector':
    case 'subquery':
      throw new TypeError('a range vector has no value at a step');
  }
}

function negated({ op }: Unary, value: Value): Value {
  if (op === '+' || value.type === 'string') return value;
  if (value.type === 'scalar') return scalar(value.values.map((one) => -one));
  return vector(
    value.series.map((series) => ({
      ...series,
      dropName: true,
      values: series.values.map((one) => -one),
      histograms: series.histograms?.map((histogram) => histogram && multiply(histogram, -1)),
    })),
  );
}

/** Without delayed removal, names go as soon as they no longer fit. */
function settled(value: Value, expr: Expr, context: Context): Value {
  if (context.delayedNameRemoval || value.type !== 'vector') return value;
  return vector(withNamesDropped(value.series, expr, context));
}

/** The series without the names that are to be dropped; series that then have the same labels are merged. */
export function withNamesDropped(
  series: readonly StepSeries[],
  expr: Expr,
  context: Context,
): readonly StepSeries[] {
  // Series as they are stored keep their names, which makes them different.
  if (unwrapped(expr).kind === 'vectorSelector') return series;
  const named = series.map((one) =>
    one.dropName ? { ...one, dropName: false, labels: one.labels.dropMetadata() } : one,
  );
  return mergeSameLabels(named, () => {
    throw evaluationError(context, SAME_LABELS, expr.span);
  });
}

function repeated(value: Value, count: number): Value {
  if (value.type === 'string') return value;
  if (value.type === 'scalar') return scalar(new Float64Array(count).fill(value.values[0] ?? 0));
  return vector(
    value.series.map((series) => ({
      ...series,
      kinds: new Uint8Array(count).fill(series.kinds[0] ?? 0),
      values: new Float64Array(count).fill(series.values[0] ?? 0),
      histograms: series.histograms && new Array(count).fill(series.histograms[0]),
    })),
  );
}
