import { sampleWeight } from '../histogram.ts';
import type { Value } from './step-series.ts';

/** How many samples a value counts for: one for each step of a series, and more for histograms. */
export function valueWeight(value: Value): number {
  if (value.type === 'string') return 0;
  if (value.type === 'scalar') return value.values.length;
  let weight = 0;
  for (const { values, histograms } of value.series) {
    weight += values.length;
    for (const histogram of histograms ?? []) {
      if (histogram !== undefined) weight += sampleWeight(histogram);
    }
  }
  return weight;
}
