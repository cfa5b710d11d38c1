import { InputError, type Place } from '../../telemetry/input-error.ts';
import type { Expr, Span } from '../ast.ts';
import type { Annotations } from './annotations.ts';
import type { Grid } from './grid.ts';
import type { Selections } from './selections.ts';
import type { Value } from './step-series.ts';
import type { Supervisor } from './supervisor.ts';

/** What the evaluation of all parts of a query shares. Times and durations are milliseconds. */
export interface Context {
  /** The query, for places in errors. */
  readonly text: string;
  /** The bounds of the whole query, and its step (0 for an instant query). */
  readonly start: number;
  readonly end: number;
  readonly step: number;
  readonly lookback: number;
  readonly subqueryStep: number;
  readonly delayedNameRemoval: boolean;
  readonly typeAndUnitLabels: boolean;
  readonly annotations: Annotations;
  readonly selections: Selections;
  readonly supervisor: Supervisor;
  /** Evaluates a part of the query. A range vector has no value of its own: it is its function's matter. */
  readonly evaluate: (expr: Expr, grid: Grid) => Promise<Value>;
}

/** An error in what a part of the query does with its series. */
export function evaluationError(context: Context, message: string, span: Span): InputError {
  return new InputError(message, placeOf(context, span));
}

/** `evaluationError` with a message that names series by their labels. */
export function seriesError(context: Context, message: string, span: Span): InputError {
  return new InputError(message, placeOf(context, span), { quotesTelemetry: true });
}

function placeOf({ text }: Context, { start, end }: Span): Place {
  return { text, start, end };
}
