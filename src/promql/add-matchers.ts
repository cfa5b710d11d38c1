import { InputError } from '../telemetry/input-error.ts';
import type { Expr, Matcher, MatrixSelector, VectorSelector } from './ast.ts';
import type { SeriesSource } from './series-source.ts';

/**
 * The query that sees only the series which meet these matchers too: every selector gets them, also those
 * in subqueries, in parameters and in the second argument of info(). Places stay those of the text.
 *
 * It is meant for a store that takes text; a store of series is limited without a trace by limitedSource().
 * Here two things can be seen: absent() makes labels of `=` matchers, so hand in `=~`; and info() adds the
 * labels of the matchers and leaves out series without a visible info metric.
 *
 * @throws {InputError} for info() with one argument, as matchers there would take all labels but their own
 * from its result.
 */
export function addMatchers(expr: Expr, matchers: readonly Matcher[]): Expr {
  if (matchers.length === 0) return expr;
  const limit = (inner: Expr): Expr => addMatchers(inner, matchers);
  switch (expr.kind) {
    case 'number':
    case 'string':
      return expr;
    case 'vectorSelector':
      return limitSelector(expr, matchers);
    case 'matrixSelector':
      return limitRange(expr, matchers);
    case 'subquery':
    case 'unary':
    case 'paren':
      return { ...expr, expr: limit(expr.expr) };
    case 'call':
      if (expr.name === 'info' && expr.args.length === 1) throw unlimitedInfo();
      return { ...expr, args: expr.args.map(limit) };
    case 'aggregate': {
      const param = expr.param === undefined ? undefined : limit(expr.param);
      return { ...expr, param, expr: limit(expr.expr) };
    }
    case 'binary':
      return { ...expr, left: limit(expr.left), right: limit(expr.right) };
  }
}

function limitSelector(selector: VectorSelector, matchers: readonly Matcher[]): VectorSelector {
  const { matchers: own } = selector;
  // absent() forgets what an earlier `=` matcher said of a label, and heeds a later one.
  return { ...selector, matchers: [...matchers, ...own] };
}

function limitRange(range: MatrixSelector, matchers: readonly Matcher[]): MatrixSelector {
  return { ...range, selector: limitSelector(range.selector, matchers) };
}

function unlimitedInfo(): InputError {
  return new InputError(
    'With this key, info() must name the labels to add: info(up, {version=~".+"}). Without them it would read ' +
      'info metrics that the key may not see.',
  );
}

/**
 * The series of a source that meet these matchers too, as if there were no others. They come first, so that a
 * pattern of the query is not tried on the labels of others.
 */
export function limitedSource(source: SeriesSource, matchers: readonly Matcher[]): SeriesSource {
  return {
    select: (selected, range, hints, signal) =>
      source.select([...matchers, ...selected], range, hints, signal),
  };
}
