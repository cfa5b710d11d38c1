import type { Expr, Matcher } from '../ast.ts';
import { Labels, METRIC_NAME } from '../labels.ts';
import type { Context } from './context.ts';
import { type Grid, timeOf } from './grid.ts';
import { RangeWindow } from './range/window.ts';
import { evaluateRangeArgument, isRangeVector } from './range-argument.ts';
import { shifted } from './selector-times.ts';
import { ABSENT, FLOAT, type StepSeries } from './step-series.ts';

/** `absent`: 1 at each step at which no series has a value, with the labels that the selector asks for. */
export function absent(argument: Expr, series: readonly StepSeries[], grid: Grid): StepSeries[] {
  const present = new Uint8Array(grid.count);
  for (const { kinds } of series) {
    for (let step = 0; step < grid.count; step++) {
      if (kinds[step] !== ABSENT) present[step] = 1;
    }
  }
  return onesWhereMissing(argument, present);
}

/** `absent_over_time`: 1 at each step at which no series has a sample in its range. */
export async function absentOverTime(argument: Expr, grid: Grid, context: Context): Promise<StepSeries[]> {
  const present = new Uint8Array(grid.count);
  if (isRangeVector(argument)) {
    const { inputs, shift, range } = await evaluateRangeArgument(argument, grid, context);
    for (const input of inputs) {
      const window = new RangeWindow(input, undefined, 0);
      for (let step = 0; step < grid.count; step++) {
        const time = timeOf(grid, step);
        const end = shifted(shift, time);
        window.moveTo(time, end - range, end);
        if (window.floatCount + window.histogramCount > 0) present[step] = 1;
      }
    }
  }
  return onesWhereMissing(argument, present);
}

function onesWhereMissing(argument: Expr, present: Uint8Array): StepSeries[] {
  const kinds = present.map((isPresent) => (isPresent ? ABSENT : FLOAT));
  if (!kinds.includes(FLOAT)) return [];
  const values = Float64Array.from(kinds, (kind) => (kind === FLOAT ? 1 : 0));
  return [{ labels: absentLabels(argument), dropName: false, kinds, values, histograms: undefined }];
}

/** The labels that a selector sets to one value. A label with several matchers has none that is sure. */
function absentLabels(argument: Expr): Labels {
  const selector = argument.kind === 'matrixSelector' ? argument.selector : argument;
  if (selector.kind !== 'vectorSelector') return Labels.EMPTY;
  const matchers = selector.matchers.filter(({ label }) => label !== METRIC_NAME);
  const isOnly = (matcher: Matcher): boolean =>
    matchers.filter(({ label }) => label === matcher.label).length === 1;
  const sure = matchers.filter((matcher) => matcher.op === '=' && isOnly(matcher));
  return Labels.from(sure.map(({ label, value }) => [label, value] as const));
}
