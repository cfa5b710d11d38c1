import type { Call } from '../ast.ts';
import { Labels } from '../labels.ts';
import { absentOverTime } from './absent.ts';
import { CallInput } from './call-input.ts';
import type { Context } from './context.ts';
import { dateFunctions } from './date-functions.ts';
import { elementFunction } from './float-functions.ts';
import { type Grid, timeOf } from './grid.ts';
import { evaluateRangeCall, isRangeFunction } from './range-call.ts';
import { constantSeries, scalar, type Value, vector } from './step-series.ts';
import { sampleTimes } from './timestamp-functions.ts';
import { unwrapped } from './unwrapped.ts';
import { vectorFunctions } from './vector-functions.ts';

/** Evaluates a function call at all steps of a grid. */
export async function evaluateCall(call: Call, grid: Grid, context: Context): Promise<Value> {
  const { name } = call;
  const args = call.args.map(unwrapped);
  const constant = queryConstant(name, context);
  if (constant !== undefined) return scalar(new Float64Array(grid.count).fill(constant));
  if (isRangeFunction(name)) return vector(await evaluateRangeCall(call, grid, context));
  const [first] = args;
  if (first === undefined) return withoutArguments(name, grid);
  if (name === 'absent_over_time') return vector(await absentOverTime(first, grid, context));
  if (first.kind === 'vectorSelector' && (name === 'timestamp' || name === 'start_timestamp')) {
    return vector(await sampleTimes(first, name, grid, context));
  }
  const values: Value[] = [];
  for (const [i, arg] of args.entries()) {
    // What stands second in `info` is no selection but matchers.
    if (!(name === 'info' && i === 1)) values.push(await context.evaluate(arg, grid));
  }
  const input = new CallInput(call, args, values, grid, context);
  const ofElements = elementFunction(name);
  if (ofElements !== undefined) return vector(input.series(0).flatMap((one) => ofElements(one) ?? []));
  const definition = vectorFunctions.get(name);
  if (definition === undefined) throw new TypeError(`no function: ${name}`);
  return definition(input);
}

/** What is the same for the whole query: π and the query's own times. */
function queryConstant(name: string, { start, end, step }: Context): number | undefined {
  switch (name) {
    case 'pi':
      return Math.PI;
    case 'start':
      return start / 1000;
    case 'end':
      return end / 1000;
    case 'range':
      return (end - start) / 1000;
    case 'step':
      return start === end ? 0 : step / 1000;
    default:
      return undefined;
  }
}

/** `time()`, and the functions of a date, which take the time of the step if they get nothing. */
function withoutArguments(name: string, grid: Grid): Value {
  const seconds = Float64Array.from({ length: grid.count }, (_, step) => timeOf(grid, step) / 1000);
  const ofDate = dateFunctions.get(name);
  if (ofDate === undefined) return scalar(seconds);
  return vector([
    constantSeries(
      Labels.EMPTY,
      seconds.map((time) => ofDate(time)),
    ),
  ]);
}
