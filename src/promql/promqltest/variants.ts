import { children, type Expr } from '../ast.ts';
import { parseQuery } from '../parser.ts';
import { printQuery } from '../printer.ts';

/** A query at a time (milliseconds) where it must give the same as the original at its own. */
export interface Variant {
  readonly query: string;
  readonly at: number;
}

const timeDependent: ReadonlySet<string> = new Set([
  ...['days_in_month', 'day_of_month', 'day_of_week', 'day_of_year', 'hour', 'minute', 'month', 'year'],
  ...['predict_linear', 'time', 'timestamp', 'start', 'end', 'step', 'range'],
]);

/**
 * An instant query with all its selectors pinned to its time by `@`, at other times. None where a function's
 * result depends on the time of evaluation.
 */
export function pinnedVariants(query: string, at: number): readonly Variant[] {
  const expr = parseQuery(query);
  if (dependsOnTime(expr)) return [];
  const pinned = printQuery(pin(expr, at));
  const times = at === 0 ? [-1000, 0, 1000] : [-10 * at, 0, Math.trunc(at / 5), at, 10 * at];
  return times.map((time) => ({ query: pinned, at: time }));
}

function dependsOnTime(expr: Expr): boolean {
  // What lies in a subquery with an @ does not depend on the time outside.
  if (expr.kind === 'subquery' && expr.at?.kind === 'timestamp') return false;
  return (expr.kind === 'call' && timeDependent.has(expr.name)) || children(expr).some(dependsOnTime);
}

// Selectors in a subquery are at the subquery's times.
function pin(expr: Expr, ms: number): Expr {
  const at = { kind: 'timestamp', ms } as const;
  switch (expr.kind) {
    case 'number':
    case 'string':
      return expr;
    case 'vectorSelector':
    case 'subquery':
      return expr.at?.kind === 'timestamp' ? expr : { ...expr, at };
    case 'matrixSelector':
      return expr.selector.at?.kind === 'timestamp' ? expr : { ...expr, selector: { ...expr.selector, at } };
    case 'unary':
    case 'paren':
      return { ...expr, expr: pin(expr.expr, ms) };
    case 'call':
      return { ...expr, args: expr.args.map((arg) => pin(arg, ms)) };
    case 'aggregate': {
      const param = expr.param === undefined ? undefined : pin(expr.param, ms);
      return { ...expr, param, expr: pin(expr.expr, ms) };
    }
    case 'binary':
      return { ...expr, left: pin(expr.left, ms), right: pin(expr.right, ms) };
  }
}

/** Whether a range query around the time gives the same as an instant one, so far as the text can tell. */
export function isSameInRange(query: string): boolean {
  return !/(?:start|end|range|step)\(\)/.test(query);
}
