import type { Expr } from '../ast.ts';

/** An expression without the parentheses around it. */
export function unwrapped(expr: Expr): Expr {
  let inner = expr;
  while (inner.kind === 'paren') inner = inner.expr;
  return inner;
}
