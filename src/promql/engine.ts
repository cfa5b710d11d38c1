import type { Expr } from './ast.ts';
import { Annotations } from './evaluation/annotations.ts';
import { type Context, evaluationError } from './evaluation/context.ts';
import { evaluateNode, withNamesDropped } from './evaluation/evaluate-node.ts';
import { createGrid, firstStep, type Grid } from './evaluation/grid.ts';
import { isRangeVector } from './evaluation/range-argument.ts';
import { rangeVector } from './evaluation/range-vector.ts';
import { planSelections } from './evaluation/selection-plan.ts';
import { Selections } from './evaluation/selections.ts';
import { StepInvariance } from './evaluation/step-invariant.ts';
import type { Value } from './evaluation/step-series.ts';
import { DEFAULT_LIMITS, type QueryLimits, Supervisor } from './evaluation/supervisor.ts';
import { unwrapped } from './evaluation/unwrapped.ts';
import { parseQuery } from './parser.ts';
import { type QueryResult, type QueryValue, toMatrix, toVector } from './query-result.ts';
import type { SeriesSource } from './series-source.ts';

export { type QueryLimits, QueryTimeoutError } from './evaluation/supervisor.ts';
export type { MatrixSeries, QueryResult, QueryValue, VectorSample } from './query-result.ts';

/** What to evaluate a query on. Times are milliseconds since the epoch. */
export interface EvaluateOptions {
  readonly source: SeriesSource;
  readonly start: number;
  /** Inclusive. An instant query has it equal to `start`. */
  readonly end: number;
  /** Milliseconds between two steps; 0 makes an instant query. */
  readonly step: number;
  /** How old a sample may be to stand for a step, in milliseconds. Default 5 min. */
  readonly lookback?: number | undefined;
  /** The step of subqueries that name none, in milliseconds. Default 1 min. */
  readonly subqueryStep?: number | undefined;
  readonly limits?: Partial<QueryLimits> | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Whether names are dropped at the end only (promql-delayed-name-removal). Default true. */
  readonly delayedNameRemoval?: boolean | undefined;
  /** Whether `rate` judges counters by `__type__` and not by name (type-and-unit-labels). Default false. */
  readonly typeAndUnitLabels?: boolean | undefined;
  /** A clock in milliseconds, for the time limit. Default `performance.now`. */
  readonly now?: (() => number) | undefined;
}

const MINUTE = 60_000;

/**
 * Evaluates a query as Prometheus 3.15 does with all its features on. Three answers differ on purpose: a
 * quantile of a native histogram with NaN observations is that of its own bucket (Prometheus takes the last
 * one), the info about buckets that are not monotonic counts each occurrence once, and series that a label
 * function gives the same labels are an error at a step where one is a float and the other a histogram.
 *
 * @throws {InputError} where the query is wrong, can't be evaluated on these series, or passes a limit.
 * @throws what `signal` was aborted with, and what the source throws.
 */
export async function evaluate(query: string, options: EvaluateOptions): Promise<QueryResult> {
  return evaluateParsed(parseQuery(query), query, options);
}

/** Evaluates a query that was parsed from `text`, or changed after that: places still refer to the text. */
export async function evaluateParsed(
  expr: Expr,
  text: string,
  options: EvaluateOptions,
): Promise<QueryResult> {
  const { source, start, end, step, signal, now = () => performance.now() } = options;
  const supervisor = new Supervisor({ ...DEFAULT_LIMITS, ...options.limits }, now, signal);
  const invariance = new StepInvariance();
  const context: Context = {
    text,
    start,
    end,
    step,
    lookback: options.lookback ?? 5 * MINUTE,
    subqueryStep: options.subqueryStep ?? MINUTE,
    delayedNameRemoval: options.delayedNameRemoval ?? true,
    typeAndUnitLabels: options.typeAndUnitLabels ?? false,
    annotations: new Annotations(),
    selections: new Selections(source, supervisor, step),
    supervisor,
    evaluate: (part, grid) => evaluateNode(part, grid, context, invariance),
  };
  try {
    supervisor.check();
    const grid = step === 0 ? createGrid(start, start, 1) : createGrid(start, end, step);
    supervisor.checkSteps(grid.count);
    context.selections.start(planSelections(expr, grid, context));
    const value =
      step === 0 ? await instantValue(expr, grid, context) : await rangeValue(expr, grid, context);
    const { annotations } = context;
    return { ...value, warnings: annotations.texts('warning', text), infos: annotations.texts('info', text) };
  } finally {
    supervisor.dispose();
  }
}

async function instantValue(expr: Expr, grid: Grid, context: Context): Promise<QueryValue> {
  const inner = unwrapped(expr);
  if (isRangeVector(inner)) {
    const series = await rangeVector(inner, firstStep(grid), context);
    return { type: 'matrix', result: series };
  }
  const value = await context.evaluate(expr, grid);
  switch (value.type) {
    case 'scalar':
      return { type: 'scalar', result: value.values[0] ?? Number.NaN };
    case 'string':
      return { type: 'string', result: value.text };
    case 'vector':
      return { type: 'vector', result: toVector(withNamesDropped(value.series, expr, context)) };
  }
}

async function rangeValue(expr: Expr, grid: Grid, context: Context): Promise<QueryValue> {
  if (expr.type === 'matrix' || expr.type === 'string') {
    const type = expr.type === 'matrix' ? 'range vector' : 'string';
    const message = `invalid expression type "${type}" for range query, must be Scalar or instant Vector`;
    throw evaluationError(context, message, expr.span);
  }
  const value = await context.evaluate(expr, grid);
  return { type: 'matrix', result: toMatrix(finished(value, expr, context), grid) };
}

function finished(value: Value, expr: Expr, context: Context): Value {
  if (value.type !== 'vector') return value;
  return { type: 'vector', series: withNamesDropped(value.series, expr, context) };
}
