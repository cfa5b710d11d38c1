import { formatOpenMetrics } from '../go-float.ts';
import { Labels } from '../labels.ts';
import { absent } from './absent.ts';
import type { CallInput } from './call-input.ts';
import { clamped, rounded, scalarOf } from './float-functions.ts';
import { maxOf, minOf } from './go-math.ts';
import { addInfo } from './info.ts';
import { labelJoin, labelReplace } from './label-functions.ts';
import { mergeSameLabels, SAME_LABELS } from './merge.ts';
import * as messages from './messages.ts';
import {
  fractionSeries,
  type HistogramArgument,
  quantileSeries,
  quantilesSeries,
} from './quantile-functions.ts';
import { onlyFloats, sortedByLabels, sortedByValue } from './sort.ts';
import { constantSeries, hasValues, type StepSeries, scalar, type Value, vector } from './step-series.ts';
import { stepTimes } from './timestamp-functions.ts';

/** A function of evaluated arguments. */
export type VectorFunction = (input: CallInput) => Value | Promise<Value>;

const mapped =
  (map: (series: StepSeries, input: CallInput) => StepSeries | undefined): VectorFunction =>
  (input) =>
    vector(input.series(0).flatMap((one) => map(one, input) ?? []));

const ofTwoScalars =
  (combine: (a: number, b: number) => number): VectorFunction =>
  (input) => {
    const second = input.scalar(1);
    return scalar(input.scalar(0).map((value, step) => combine(value, second[step] ?? 0)));
  };

const everywhere = (input: CallInput, value: number): Float64Array =>
  new Float64Array(input.grid.count).fill(value);

const clampAll: VectorFunction = mapped((one, input) => clamped(one, input.scalar(1), input.scalar(2)));

const clampMax: VectorFunction = mapped((one, input) =>
  clamped(one, everywhere(input, Number.NEGATIVE_INFINITY), input.scalar(1)),
);

const clampMin: VectorFunction = mapped((one, input) =>
  clamped(one, input.scalar(1), everywhere(input, Number.POSITIVE_INFINITY)),
);

const relabelling =
  (relabel: typeof labelReplace): VectorFunction =>
  (input) => {
    const fail = (message: string): never => input.fail(message);
    const series = relabel(input.series(0), input.texts(1), fail);
    return vector(mergeSameLabels(series, () => fail(SAME_LABELS)));
  };

/** Order only shows in instant queries. */
function warnOfRangeQuery({ context, grid, call }: CallInput): void {
  if (grid.start !== grid.end) context.annotations.warn(messages.sortInRangeQuery(), call.span);
}

const sortByValue =
  (descending: boolean): VectorFunction =>
  (input) => {
    warnOfRangeQuery(input);
    const floats = input.series(0).map(onlyFloats).filter(hasValues);
    return vector(input.grid.count === 1 ? sortedByValue(floats, descending) : floats);
  };

const sortByLabel =
  (descending: boolean): VectorFunction =>
  (input) => {
    warnOfRangeQuery(input);
    return vector(sortedByLabels(input.series(0), input.texts(1), descending));
  };

function histograms(input: CallInput, i: number): HistogramArgument {
  return { series: input.series(i), span: input.expr(i).span };
}

function quantiles(input: CallInput): Value {
  const { grid, context, count } = input;
  const [label = ''] = input.texts(1);
  const qs = Array.from({ length: count - 2 }, (_, i) => ({
    q: input.scalar(i + 2),
    expr: input.expr(i + 2),
  }));
  const series = quantilesSeries(qs, label, formatOpenMetrics, histograms(input, 0), grid, context);
  // A quantile that is given twice makes series that can't be told apart.
  const mayCollide = grid.count === 1 && context.delayedNameRemoval;
  return vector(mayCollide ? series : mergeSameLabels(series, () => input.fail(SAME_LABELS)));
}

async function info(input: CallInput): Promise<Value> {
  const selector = input.count > 1 ? input.expr(1) : undefined;
  const matchers = selector?.kind === 'vectorSelector' ? selector.matchers : [];
  return vector(await addInfo(input.expr(0), input.series(0), matchers, input.grid, input.context));
}

/** The functions that need more than one element at a time, by name. */
export const vectorFunctions: ReadonlyMap<string, VectorFunction> = new Map<string, VectorFunction>([
  ['absent', (input) => vector(absent(input.expr(0), input.series(0), input.grid))],
  ['clamp', clampAll],
  ['clamp_max', clampMax],
  ['clamp_min', clampMin],
  [
    'histogram_fraction',
    (input) =>
      vector(
        fractionSeries(input.scalar(0), input.scalar(1), histograms(input, 2), input.grid, input.context),
      ),
  ],
  [
    'histogram_quantile',
    (input) =>
      vector(quantileSeries(input.scalar(0), input.expr(0), histograms(input, 1), input.grid, input.context)),
  ],
  ['histogram_quantiles', quantiles],
  ['info', info],
  ['label_join', relabelling(labelJoin)],
  ['label_replace', relabelling(labelReplace)],
  ['max_of', ofTwoScalars(maxOf)],
  ['min_of', ofTwoScalars(minOf)],
  ['round', mapped((one, input) => rounded(one, input.scalar(1, 1)))],
  ['scalar', (input) => scalar(scalarOf(input.series(0), input.grid.count))],
  ['sort', sortByValue(false)],
  ['sort_by_label', sortByLabel(false)],
  ['sort_by_label_desc', sortByLabel(true)],
  ['sort_desc', sortByValue(true)],
  // Only a selector's samples have start times.
  ['start_timestamp', () => vector([])],
  ['timestamp', (input) => vector(stepTimes(input.series(0), input.grid))],
  ['vector', (input) => vector([constantSeries(Labels.EMPTY, input.scalar(0))])],
]);
