import type { Expr } from '../ast.ts';
import { unwrapped } from './unwrapped.ts';

/** These give other values at other times, or of samples with other times, even where their arguments don't. */
const TIME_DEPENDENT: ReadonlySet<string> = new Set([
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'days_in_month',
  'hour',
  'minute',
  'month',
  'predict_linear',
  'time',
  'timestamp',
  'year',
]);

/** Tells which parts of a query have the same value at each step, as all they read is fixed with `@`. */
export class StepInvariance {
  readonly #known = new Map<Expr, boolean>();

  isInvariant(expr: Expr): boolean {
    let known = this.#known.get(expr);
    if (known === undefined) {
      known = this.#decide(expr);
      this.#known.set(expr, known);
    }
    return known;
  }

  #decide(expr: Expr): boolean {
    switch (expr.kind) {
      case 'number':
      case 'string':
        return true;
      case 'vectorSelector':
      case 'subquery':
        return expr.at !== undefined;
      case 'matrixSelector':
        return this.isInvariant(expr.selector);
      case 'paren':
      case 'unary':
      // As in Prometheus, an aggregation's parameter then counts as it is at the first step.
      case 'aggregate':
        return this.isInvariant(expr.expr);
      case 'binary':
        return this.isInvariant(expr.left) && this.isInvariant(expr.right);
      case 'call': {
        const args = expr.args.map(unwrapped);
        const areInvariant = args.every((arg) => this.isInvariant(arg));
        if (!TIME_DEPENDENT.has(expr.name)) return areInvariant;
        // The time of a sample that `@` fixes is fixed too.
        return (
          expr.name === 'timestamp' && areInvariant && args.every((arg) => arg.kind === 'vectorSelector')
        );
      }
    }
  }
}
