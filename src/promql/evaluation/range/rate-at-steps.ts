import { timeOf } from '../grid.ts';
import { shifted } from '../selector-times.ts';
import type { StepSeriesBuilder } from '../step-series.ts';
import { extrapolation, type RateKind } from './extrapolation.ts';
import type { FloatSamples } from './input.ts';
import type { Ranges } from './window.ts';

/**
 * `rate`, `increase` or `delta` of floats at all steps, where it is not known when counters began. What the
 * function for one range does, in one loop: most queries spend their evaluation here.
 */
export function rateAtSteps(
  floats: FloatSamples,
  { grid, shift, width, check }: Ranges,
  kind: RateKind,
  builder: StepSeriesBuilder,
): void {
  const { timestamps, values } = floats;
  const drops = kind.isCounter ? floats.drops : [];
  const samples = timestamps.length;
  // Of each range: the first sample, the one after its last, and the first reset after its first sample.
  let low = 0;
  let high = 0;
  let drop = 0;
  for (let step = 0; step < grid.count; step++) {
    check(step);
    const end = shifted(shift, timeOf(grid, step));
    const start = end - width;
    while (high < samples && (timestamps[high] ?? 0) <= end) high++;
    while (low < high && (timestamps[low] ?? 0) <= start) low++;
    const gaps = high - low - 1;
    if (gaps < 1) continue;
    const first = values[low] ?? 0;
    let growth = (values[high - 1] ?? 0) - first;
    while (drop < drops.length && (drops[drop] ?? 0) <= low) drop++;
    for (let at = drop; at < drops.length; at++) {
      const position = drops[at] ?? 0;
      if (position >= high) break;
      growth += values[position - 1] ?? 0;
    }
    const change = {
      firstTime: timestamps[low] ?? 0,
      lastTime: timestamps[high - 1] ?? 0,
      gaps,
      begun: undefined,
      first,
      growth,
    };
    builder.setFloat(step, growth * extrapolation(change, start, end, kind));
  }
}
