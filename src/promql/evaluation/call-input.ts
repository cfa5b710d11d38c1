import type { Call, Expr } from '../ast.ts';
import { type Context, evaluationError } from './context.ts';
import type { Grid } from './grid.ts';
import type { StepSeries, Value } from './step-series.ts';

/** What a function is called with: its arguments, evaluated. */
export class CallInput {
  readonly call: Call;
  /** The arguments without parentheses around them. */
  readonly args: readonly Expr[];
  readonly grid: Grid;
  readonly context: Context;
  readonly #values: readonly Value[];

  constructor(call: Call, args: readonly Expr[], values: readonly Value[], grid: Grid, context: Context) {
    this.call = call;
    this.args = args;
    this.#values = values;
    this.grid = grid;
    this.context = context;
  }

  /** How many arguments there are. */
  get count(): number {
    return this.args.length;
  }

  /** An argument as it is written. */
  expr(i: number): Expr {
    return this.args[i] ?? this.call;
  }

  /** The series of an argument that is an instant vector. */
  series(i: number): readonly StepSeries[] {
    const value = this.#values[i];
    return value?.type === 'vector' ? value.series : [];
  }

  /** The values of an argument that is a scalar; `missing` at each step where there is no such argument. */
  scalar(i: number, missing = Number.NaN): Float64Array {
    const value = this.#values[i];
    return value?.type === 'scalar' ? value.values : new Float64Array(this.grid.count).fill(missing);
  }

  /** The texts of the arguments from a position on. */
  texts(from: number): string[] {
    return this.#values.slice(from).flatMap((value) => (value.type === 'string' ? value.text : []));
  }

  /** Ends the query with an error at the call. */
  fail(message: string): never {
    throw evaluationError(this.context, message, this.call.span);
  }
}
