import type { DurationExpr, Span } from './ast.ts';
import { syntaxError } from './syntax-error.ts';

/** What `step()` and `range()` stand for, in milliseconds; both are 0 in an instant query. */
export interface DurationParameters {
  readonly stepMs: number;
  readonly rangeMs: number;
}

/** The most a duration can be, in seconds either way: what 64 bits of nanoseconds hold (some 292 years). */
export const maxDurationSeconds = 2 ** 63 / 1e9;

/**
 * The whole milliseconds of a duration, rounded towards zero as in Prometheus. Throws an InputError with the
 * place in `text` where it is no number, out of range, divided by zero, or (unless `negative` allows it) not
 * above zero.
 */
export function durationMs(
  expr: DurationExpr,
  parameters: DurationParameters,
  text: string,
  { negative = false }: { readonly negative?: boolean } = {},
): number {
  if (expr.kind === 'literal') return Math.trunc(Math.round(expr.seconds * 1e9) / 1e6) + 0;
  const seconds = durationSeconds(expr, parameters, text);
  if (!Number.isFinite(seconds)) {
    throw syntaxError('this duration comes out as no finite number', text, expr.span);
  }
  if (seconds <= 0 && !negative) {
    throw syntaxError(
      `this duration comes out as ${seconds}s; a range and a step must be longer than 0${instantHint(parameters)}`,
      text,
      expr.span,
    );
  }
  if (Math.abs(seconds) > maxDurationSeconds) {
    throw syntaxError('this duration is longer than 292 years', text, expr.span);
  }
  return Math.trunc(seconds * 1000) + 0;
}

function instantHint({ stepMs, rangeMs }: DurationParameters): string {
  return stepMs === 0 && rangeMs === 0 ? '; step() and range() are 0 in an instant query' : '';
}

function durationSeconds(expr: DurationExpr, parameters: DurationParameters, text: string): number {
  switch (expr.kind) {
    case 'literal':
      return expr.seconds;
    case 'parameter':
      return (expr.name === 'step' ? parameters.stepMs : parameters.rangeMs) / 1000;
    case 'paren':
      return durationSeconds(expr.operand, parameters, text);
    case 'unary': {
      const operand = durationSeconds(expr.operand, parameters, text);
      return expr.op === '-' ? -operand : operand;
    }
    case 'choice': {
      const left = durationSeconds(expr.left, parameters, text);
      const right = durationSeconds(expr.right, parameters, text);
      return expr.name === 'min_of' ? Math.min(left, right) : Math.max(left, right);
    }
    case 'binary': {
      const left = durationSeconds(expr.left, parameters, text);
      const right = durationSeconds(expr.right, parameters, text);
      return combine(expr.op, left, right, text, expr.span);
    }
  }
}

function combine(
  op: '+' | '-' | '*' | '/' | '%' | '^',
  left: number,
  right: number,
  text: string,
  span: Span,
): number {
  switch (op) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      if (right === 0) throw syntaxError('this duration is divided by 0', text, span);
      return left / right;
    case '%':
      if (right === 0) throw syntaxError('this duration is divided by 0', text, span);
      return left % right;
    case '^':
      return left ** right;
  }
}
