import type { Expr, MatrixSelector, Span, Subquery } from '../ast.ts';
import { nameMatcherIn } from '../matcher.ts';
import type { SeriesSet } from '../series-source.ts';
import type { Context } from './context.ts';
import type { Grid } from './grid.ts';
import { fromRaw, fromSteps, type RangeInput, timesOf } from './range/input.ts';
import type { Extension } from './range/window.ts';
import { rangeOf, type Shift, shiftOf, subqueryGrid } from './selector-times.ts';

/** A range vector as the argument of a function. */
export interface RangeArgument {
  /** Made one by one; the samples of one may be overwritten once the next is asked for. */
  readonly inputs: Iterable<RangeInput>;
  /** The place by labels of each input, if that is not the order in which they come. */
  readonly places: SeriesSet['places'];
  readonly shift: Shift;
  /** The width of the range in milliseconds. */
  readonly range: number;
  readonly extension: Extension;
  /** The metric's name of all series, where the selector says it. */
  readonly metricName: string | undefined;
}

/** Whether an expression without parentheses around it is a range vector. */
export function isRangeVector(expr: Expr): expr is MatrixSelector | Subquery {
  return expr.kind === 'matrixSelector' || expr.kind === 'subquery';
}

/** Where annotations about a range vector point: Prometheus puts those about subqueries at the query's start. */
export function annotationSpan(expr: Expr): Span {
  return expr.kind === 'subquery' ? { start: 0, end: 0 } : expr.span;
}

/** The series of a range vector, with all samples that its ranges on a grid can reach. */
export async function evaluateRangeArgument(
  expr: MatrixSelector | Subquery,
  grid: Grid,
  context: Context,
): Promise<RangeArgument> {
  const range = rangeOf(expr, context);
  if (expr.kind === 'matrixSelector') {
    const { selector } = expr;
    const shift = shiftOf(selector, context);
    const series = await context.selections.take(selector);
    const inputs = inTurn(series, fromRaw);
    const { extension, matchers } = selector;
    const metricName = nameMatcherIn(matchers)?.value;
    return { inputs, places: series.places, shift, range, extension, metricName };
  }
  const inner = subqueryGrid(expr, grid, context);
  context.supervisor.hold(inner.count);
  const times = timesOf(inner);
  const value = await context.evaluate(expr.expr, inner);
  const inputs = value.type === 'vector' ? value.series.map((series) => fromSteps(series, times)) : [];
  const shift = shiftOf(expr, context);
  return { inputs, places: undefined, shift, range, extension: undefined, metricName: undefined };
}

function* inTurn<A, B>(items: Iterable<A>, convert: (item: A) => B): Generator<B> {
  for (const item of items) yield convert(item);
}
