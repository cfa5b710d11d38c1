import type { Aggregate } from '../ast.ts';
import { formatDecimal } from '../go-float.ts';
import { formatHistogram } from '../histogram/text.ts';
import { type Labels, METRIC_NAME } from '../labels.ts';
import type { Grid } from './grid.ts';
import { ABSENT, type StepSeries, StepSeriesBuilder } from './step-series.ts';
import type { Supervisor } from './supervisor.ts';

/** Series that differ in what is counted alone. */
interface Group {
  readonly labels: Labels;
  readonly counts: Map<number | string, StepSeriesBuilder>;
}

/** `count_values`: for each value in a group a series that counts it, with the value in a label. */
export async function countValues(
  { grouping, without }: Pick<Aggregate, 'grouping' | 'without'>,
  label: string,
  series: readonly StepSeries[],
  grid: Grid,
  supervisor: Supervisor,
): Promise<StepSeries[]> {
  const names = new Set(without ? [...grouping, METRIC_NAME] : grouping);
  const isDropped = without && names.has(label);
  const groups = new Map<string, Group>();
  for (const one of series) {
    if (supervisor.isPauseDue) await supervisor.pause();
    const labels = (without ? one.labels.drop(names) : one.labels.keep(names)).with(label, '');
    const { counts } = groupOf(groups, labels);
    for (let step = 0; step < grid.count; step++) {
      if (one.kinds[step] === ABSENT) continue;
      const key = isDropped ? '' : keyAt(one, step);
      let builder = counts.get(key);
      if (builder === undefined) {
        // As many as there are values, each of them with room for all steps.
        supervisor.hold(grid.count);
        builder = new StepSeriesBuilder(grid.count);
        counts.set(key, builder);
      }
      builder.setFloat(step, (builder.values[step] ?? 0) + 1);
    }
  }
  return [...groups.values()].flatMap(({ labels, counts }) =>
    Array.from(counts, ([key, builder]) => builder.build(labels.with(label, textOf(key)), false)),
  );
}

function groupOf(groups: Map<string, Group>, labels: Labels): Group {
  const known = groups.get(labels.key);
  if (known !== undefined) return known;
  const group = { labels, counts: new Map() };
  groups.set(labels.key, group);
  return group;
}

const textOf = (key: number | string): string => (typeof key === 'number' ? formatDecimal(key) : key);

/** A float, or the text of what a number can't stand for in a map: a histogram, −0. */
function keyAt({ values, histograms }: StepSeries, step: number): number | string {
  const histogram = histograms?.[step];
  if (histogram !== undefined) return formatHistogram(histogram);
  const value = values[step] ?? 0;
  return Object.is(value, -0) ? formatDecimal(value) : value;
}
