import { children, type Expr } from '../promql/ast.ts';
import { type DurationParameters, durationMs } from '../promql/duration.ts';
import { InputError } from '../telemetry/input-error.ts';
import { invalidParameter } from './api-error.ts';

/**
 * Checks what of a query depends on the request's times alone. Prometheus counts it as a wrong request, where
 * other failures of the evaluation are those of a right one.
 *
 * @throws ApiError (bad_data) for a duration that can't be used, and a range query of something that has no steps
 */
export function checkQuery(expr: Expr, text: string, times: DurationParameters): void {
  if (times.stepMs > 0 && (expr.type === 'matrix' || expr.type === 'string')) {
    const type = expr.type === 'matrix' ? 'range vector' : 'string';
    const message = `invalid expression type "${type}" for range query, must be Scalar or instant Vector`;
    throw invalidParameter('query', message);
  }
  try {
    checkDurations(expr, text, times);
  } catch (error) {
    throw error instanceof InputError ? invalidParameter('query', error.message) : error;
  }
}

function checkDurations(expr: Expr, text: string, times: DurationParameters): void {
  if (expr.kind === 'matrixSelector' || expr.kind === 'subquery') durationMs(expr.range, times, text);
  if (expr.kind === 'subquery' && expr.step !== undefined) durationMs(expr.step, times, text);
  if ((expr.kind === 'vectorSelector' || expr.kind === 'subquery') && expr.offset !== undefined) {
    durationMs(expr.offset, times, text, { negative: true });
  }
  for (const child of children(expr)) checkDurations(child, text, times);
}
