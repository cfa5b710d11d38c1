import type { Aggregate } from '../ast.ts';
import { formatDecimal } from '../go-float.ts';
import { formatHistogram } from '../histogram/text.ts';
import { type Labels, METRIC_NAME } from '../labels.ts';
import type { Grid } from './grid.ts';
import { ABSENT, type StepSeries, StepSeriesBuilder } from './step-series.ts';

/** `count_values`: for each value in a group a series that counts it, with the value in a label. */
export function countValues(
  { grouping, without }: Pick<Aggregate, 'grouping' | 'without'>,
  label: string,
  series: readonly StepSeries[],
  grid: Grid,
): StepSeries[] {
  const names = new Set(without ? [...grouping, METRIC_NAME] : [...grouping, label]);
  const counted = new Map<string, { readonly labels: Labels; readonly builder: StepSeriesBuilder }>();
  for (const one of series) {
    // Series repeat values, and writing them as text takes longer than counting.
    const byValue = new Map<number | string, StepSeriesBuilder>();
    for (let step = 0; step < grid.count; step++) {
      if (one.kinds[step] === ABSENT) continue;
      const key = keyAt(one, step);
      let builder = byValue.get(key);
      if (builder === undefined) {
        const text = typeof key === 'number' ? formatDecimal(key) : key;
        const labelled = one.labels.with(label, text);
        const labels = without ? labelled.drop(names) : labelled.keep(names);
        const group = counted.get(labels.key) ?? { labels, builder: new StepSeriesBuilder(grid.count) };
        counted.set(labels.key, group);
        builder = group.builder;
        byValue.set(key, builder);
      }
      builder.setFloat(step, (builder.values[step] ?? 0) + 1);
    }
  }
  return [...counted.values()].map(({ labels, builder }) => builder.build(labels, false));
}

/** A float, or the text of what a number can't stand for in a map: a histogram, −0. */
function keyAt({ values, histograms }: StepSeries, step: number): number | string {
  const histogram = histograms?.[step];
  if (histogram !== undefined) return formatHistogram(histogram);
  const value = values[step] ?? 0;
  return Object.is(value, -0) ? formatDecimal(value) : value;
}
