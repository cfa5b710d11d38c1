import { ABSENT, type StepSeries, StepSeriesBuilder } from './step-series.ts';

/** What to do where two series with the same labels have a value at the same step. */
export type OnOverlap = () => never;

/** The message about series that can't be told apart. */
export const SAME_LABELS = 'vector cannot contain metrics with the same labelset';

/** Merges series with the same labels, which must not have values at the same step. */
export function mergeSameLabels(series: readonly StepSeries[], onOverlap: OnOverlap): readonly StepSeries[] {
  const groups = new Map<string, StepSeries[]>();
  for (const one of series) {
    const group = groups.get(one.labels.key);
    if (group === undefined) groups.set(one.labels.key, [one]);
    else group.push(one);
  }
  if (groups.size === series.length) return series;
  return [...groups.values()].map((group) => merge(group, onOverlap));
}

/** Whether two of the series have the same labels. */
export function haveSameLabels(series: readonly StepSeries[]): boolean {
  return new Set(series.map(({ labels }) => labels.key)).size < series.length;
}

function merge(group: readonly StepSeries[], onOverlap: OnOverlap): StepSeries {
  const [first] = group;
  if (first === undefined) throw new RangeError('no series to merge');
  if (group.length === 1) return first;
  const count = first.kinds.length;
  const builder = new StepSeriesBuilder(count);
  // The name is kept or dropped as the series with the earliest value has it.
  let earliest = first;
  for (let step = 0; step < count; step++) {
    for (const one of group) {
      if (one.kinds[step] === ABSENT) continue;
      if (builder.kinds[step] !== ABSENT) onOverlap();
      if (builder.isEmpty) earliest = one;
      builder.copy(step, one);
    }
  }
  return builder.build(first.labels, earliest.dropName);
}
