import type { Call } from '../ast.ts';
import type { Labels } from '../labels.ts';
import { byLabels } from '../series-set.ts';
import { type Context, evaluationError } from './context.ts';
import { type Grid, timeOf } from './grid.ts';
import * as messages from './messages.ts';
import { changeFunctions } from './range/changes.ts';
import { firstLastFunctions } from './range/first-last.ts';
import type { RangeInput } from './range/input.ts';
import { instantRateFunctions } from './range/instant-rate.ts';
import { overTimeFunctions } from './range/over-time.ts';
import { rateFunctions } from './range/rate.ts';
import { regressionFunctions } from './range/regression.ts';
import { type RangeFunction, type Ranges, RangeWindow, type Reporter } from './range/window.ts';
import {
  annotationSpan,
  evaluateRangeArgument,
  isRangeVector,
  type RangeArgument,
} from './range-argument.ts';
import { shifted } from './selector-times.ts';
import { FLOAT, StepColumns, type StepSeries, StepSeriesBuilder } from './step-series.ts';
import { unwrapped } from './unwrapped.ts';

const rangeFunctions: ReadonlyMap<string, RangeFunction> = new Map(
  Object.entries({
    ...changeFunctions,
    ...firstLastFunctions,
    ...instantRateFunctions,
    ...overTimeFunctions,
    ...rateFunctions,
    ...regressionFunctions,
  }),
);

/** These give a sample as it is, so the result still is the metric's. */
const KEEP_NAME = new Set(['first_over_time', 'last_over_time']);

/** The functions that can be used with each extension of ranges. */
const EXTENDABLE = {
  anchored: ['changes', 'delta', 'increase', 'rate', 'resets'],
  smoothed: ['delta', 'increase', 'rate'],
} as const;

/** After how many steps of a series the time is checked. */
const CHECKED_STEPS = 256;

/** Whether a function takes a range vector and is evaluated here. */
export function isRangeFunction(name: string): boolean {
  return rangeFunctions.has(name);
}

/** The series of a function of a range vector. */
export async function evaluateRangeCall(call: Call, grid: Grid, context: Context): Promise<StepSeries[]> {
  const definition = rangeFunctions.get(call.name);
  const args = call.args.map(unwrapped);
  const rangeVector = args.find(isRangeVector);
  if (definition === undefined || rangeVector === undefined)
    throw new TypeError(`no range function: ${call.name}`);
  const argument = await evaluateRangeArgument(rangeVector, grid, context);
  checkExtension(call, argument, context);
  const parameters: Float64Array[] = [];
  for (const arg of args) {
    if (arg === rangeVector) continue;
    const value = await context.evaluate(arg, grid);
    if (value.type === 'scalar') parameters.push(value.values);
  }
  const [firstArg = call] = args;
  const reporter: Reporter = {
    annotations: context.annotations,
    span: annotationSpan(firstArg),
    fail: (message) => {
      throw evaluationError(context, message, call.span);
    },
  };
  const ranges: Ranges = {
    grid,
    shift: argument.shift,
    width: argument.range,
    // One series with long ranges can take its time.
    check: (step) => {
      if (step % CHECKED_STEPS === 0) context.supervisor.check();
    },
  };
  const result: (StepSeries | undefined)[] = [];
  const columns = new StepColumns();
  for (const input of argument.inputs) {
    const builder = new StepSeriesBuilder(grid.count, columns);
    if (definition.ofPlainFloats !== undefined && isPlain(input, argument)) {
      definition.ofPlainFloats(input.floats, ranges, builder);
    } else {
      fillSeries(builder, definition, input, argument, ranges, parameters, context, reporter);
    }
    if (builder.isEmpty) {
      result.push(undefined);
    } else {
      context.supervisor.hold(grid.count);
      const series = builder.build(input.labels, input.dropName || !KEEP_NAME.has(call.name));
      result.push(series);
      if (call.name === 'rate' || call.name === 'increase') {
        const metricName = argument.metricName ?? series.labels.metricName;
        informNonCounter(series, metricName, context, reporter);
      }
    }
    if (context.supervisor.isPauseDue) await context.supervisor.pause();
  }
  return byLabels(result, argument);
}

/** Whether a series has nothing but floats, of which it is not known when they began, in plain ranges. */
function isPlain({ floats, histograms }: RangeInput, { extension, range }: RangeArgument): boolean {
  const hasOnlyFloats = histograms.timestamps.length === 0 && floats.starts === undefined;
  return hasOnlyFloats && extension === undefined && range > 0;
}

function fillSeries(
  builder: StepSeriesBuilder,
  { minFloats, ofFloats, ofHistograms }: RangeFunction,
  input: RangeInput,
  { extension }: RangeArgument,
  { grid, shift, width, check }: Ranges,
  parameters: readonly Float64Array[],
  { lookback }: Context,
  reporter: Reporter,
): void {
  const window = new RangeWindow(input, extension, lookback);
  const atStep = parameters.map((values) => values[0] ?? 0);
  for (let step = 0; step < grid.count; step++) {
    check(step);
    const time = timeOf(grid, step);
    const end = shifted(shift, time);
    window.moveTo(time, end - width, end);
    for (let i = 0; i < atStep.length; i++) atStep[i] = parameters[i]?.[step] ?? 0;
    if (window.histogramCount > 0) {
      const value = ofHistograms(window, atStep, reporter);
      if (typeof value === 'number') builder.setFloat(step, value);
      else if (value !== undefined) builder.setHistogram(step, value);
    } else if (window.floatCount >= minFloats) {
      const value = ofFloats(window, atStep, reporter);
      if (value !== undefined) builder.setFloat(step, value);
    }
  }
}

function checkExtension(call: Call, { extension }: RangeArgument, context: Context): void {
  if (extension === undefined) return;
  const allowed: readonly string[] = EXTENDABLE[extension];
  if (allowed.includes(call.name)) return;
  const message = `${extension} modifier can only be used with: ${allowed.join(', ')} - not with ${call.name}`;
  throw evaluationError(context, message, call.span);
}

function informNonCounter(
  { labels, kinds }: StepSeries,
  metricName: string,
  context: Context,
  { span }: Reporter,
): void {
  const { annotations, typeAndUnitLabels } = context;
  if (metricName === '' || !kinds.includes(FLOAT)) return;
  if (typeAndUnitLabels) informNonCounterType(labels, context, span);
  else if (!/_(?:total|sum|count|bucket)$/.test(metricName)) {
    annotations.inform(messages.possibleNonCounter(metricName), span);
  }
}

function informNonCounterType(labels: Labels, { annotations }: Context, span: Reporter['span']): void {
  const type = labels.get('__type__');
  if (type === 'counter' || type === 'histogram') return;
  annotations.inform(messages.possibleNonCounterType(labels.metricName, type), span);
}
