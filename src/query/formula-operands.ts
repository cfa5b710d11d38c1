import type { QueryResult } from '../promql/engine.ts';
import { METRIC_NAME } from '../promql/labels.ts';
import { isAdditive } from '../telemetry/aggregation.ts';
import type { SeriesOperand } from '../telemetry/formula/operand.ts';
import { InputError } from '../telemetry/input-error.ts';
import { groupValue, type RecordGroups } from './analyze.ts';
import { type Grid, shownAt } from './grid.ts';
import { foundIn, valueAt } from './metric-values.ts';

/** Values that a query may hand to formulas: series times points. */
const mostValues = 1_000_000;

/**
 * Groups of records as formulas take them: a `row_count` that is missing is 0.
 *
 * @param grid absent: an instant query
 * @throws InputError for more values than are computed with
 */
export function recordsOperand(found: RecordGroups, grid: Grid | undefined): SeriesOperand {
  const { groups, names, unit, empty } = found;
  checkSize(groups.length, grid);
  const index = new Map(grid?.buckets.map((bucket, i) => [shownAt(bucket), i]));
  const series = groups.map((group) => {
    const labels = found.labelsOf(group);
    if (grid === undefined)
      return { labels, values: Float64Array.of(groupValue(found, group) ?? Number.NaN) };
    const values = new Float64Array(grid.buckets.length).fill(empty ?? Number.NaN);
    for (const [start, value] of group.buckets) {
      const at = index.get(start);
      if (at !== undefined) values[at] = value ?? Number.NaN;
    }
    return { labels, values };
  });
  return {
    names: new Set(names),
    series,
    absent: found.function === 'row_count' ? 0 : Number.NaN,
    additive: isAdditive(found.function),
    unit,
  };
}

/**
 * Series of metrics as formulas take them, without their metric's name.
 *
 * @throws InputError for series that differ by their metric's name alone, and for more values than are
 * computed with
 */
export function metricsOperand(result: QueryResult, grid: Grid | undefined): SeriesOperand {
  const found = foundIn(result);
  checkSize(found.length, grid);
  const [first] = grid?.buckets ?? [];
  const names = new Set<string>();
  const keys = new Set<string>();
  const series = found.map((one) => {
    const labels = one.labels.with(METRIC_NAME, '');
    if (keys.has(labels.key)) throw sameLabels(`${labels}`);
    keys.add(labels.key);
    for (const [name] of labels) names.add(name);
    const values = new Float64Array(grid?.buckets.length ?? 1).fill(Number.NaN);
    for (const [i, time] of one.timestamps.entries()) {
      const at =
        grid === undefined || first === undefined ? 0 : Math.round((time - shownAt(first)) / grid.step);
      values[at] = valueAt(one, i);
    }
    return { labels: labels.toObject(), values };
  });
  return { names: new Set([...names].sort()), series, absent: Number.NaN, additive: false, unit: undefined };
}

function sameLabels(labels: string): InputError {
  return new InputError(
    `several series have the labels ${labels} but for the metric's name, which formulas ignore: ask for one metric, or aggregate, as in sum by (…) (…)`,
  );
}

function checkSize(series: number, grid: Grid | undefined): void {
  const points = grid?.buckets.length ?? 1;
  if (series * points <= mostValues) return;
  throw new InputError(
    `its series have too many points for a formula, which takes up to ${mostValues} values of a query: use a longer step, or group by fewer fields`,
  );
}
