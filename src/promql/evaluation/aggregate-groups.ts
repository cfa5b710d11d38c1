import type { Aggregate } from '../ast.ts';
import { Labels, METRIC_NAME, valueReader } from '../labels.ts';
import { ABSENT, type StepSeries } from './step-series.ts';

/** Series that are aggregated to one. */
export interface Group {
  readonly labels: Labels;
  readonly series: readonly StepSeries[];
}

/** The groups of an aggregation, in the order of their first series. */
export function groupSeries(
  series: readonly StepSeries[],
  { grouping, without }: Pick<Aggregate, 'grouping' | 'without'>,
): Group[] {
  if (!without && grouping.length === 0) return series.length === 0 ? [] : [{ labels: Labels.EMPTY, series }];
  const names = new Set(without ? [...grouping, METRIC_NAME] : grouping);
  // The value of a single label is key enough, and there already.
  const only = !without && names.size === 1 ? grouping[0] : undefined;
  const keyOf = only === undefined ? (labels: Labels) => labels.keyOf(names, without) : valueReader(only);
  const groups = new Map<string, { labels: Labels; series: StepSeries[] }>();
  for (const one of series) {
    const key = keyOf(one.labels);
    const group = groups.get(key);
    if (group !== undefined) group.series.push(one);
    else
      groups.set(key, { labels: without ? one.labels.drop(names) : one.labels.keep(names), series: [one] });
  }
  return [...groups.values()];
}

/** Whether an aggregate's name is to be dropped: if that of any series is that is there at the last step. */
export function dropsName({ series }: Group): boolean {
  const [first] = series;
  if (first === undefined || series.every(({ dropName }) => dropName === first.dropName)) {
    return first?.dropName ?? false;
  }
  for (let step = first.kinds.length - 1; step >= 0; step--) {
    const present = series.filter(({ kinds }) => kinds[step] !== ABSENT);
    if (present.length > 0) return present.some(({ dropName }) => dropName);
  }
  return false;
}
