import { normalTail, studentTail } from './distributions.ts';
import { NOTHING, SURE, type Test } from './test-result.ts';

/** What is known of the spread of samples from elsewhere, and how many degrees of freedom that is worth. */
export interface PriorSpread {
  readonly spread: number;
  readonly freedom: number;
}

/**
 * Whether the level of a gauge moved: the difference of the medians over a robust spread (1.4826 times the median
 * absolute deviation, of both windows), judged by Student's distribution, as there are often three samples on a side.
 * The spread is drawn towards a prior one by their degrees of freedom (the moderated t of Smyth, Statistical
 * Applications in Genetics and Molecular Biology 3, 2004), and never less than `floor`.
 */
export function compareLevels(
  baseline: readonly number[],
  window: readonly number[],
  floor: number,
  prior: PriorSpread = { spread: 0, freedom: 0 },
): Test {
  const [n0, n1] = [baseline.length, window.length];
  if (n0 < 2 || n1 < 2) return NOTHING;
  const [m0, m1] = [median(baseline), median(window)];
  const rests = [...baseline.map((v) => v - m0), ...window.map((v) => v - m1)].map(Math.abs);
  const own = n0 + n1 - 2;
  const alone = 1.4826 * median(rests) * Math.sqrt((n0 + n1) / own);
  const freedom = own + prior.freedom;
  const drawn = Math.sqrt((own * alone ** 2 + prior.freedom * prior.spread ** 2) / freedom);
  const spread = Math.max(drawn, floor);
  if (!(spread > 0)) return NOTHING;
  const error = spread * Math.sqrt(1 / n0 + 1 / n1);
  // Of two normal distributions d apart, one is above the other with probability Φ(d/√2).
  const apart = Math.max(0, Math.abs(m1 - m0) / spread - SURE * Math.sqrt(1 / n0 + 1 / n1));
  return {
    p: 2 * studentTail(Math.abs(m1 - m0) / error, freedom),
    least: 0,
    delta: Math.sign(m1 - m0) * (1 - 2 * normalTail(Math.abs(m1 - m0) / spread / Math.SQRT2)),
    strength: 1 - 2 * normalTail(apart / Math.SQRT2),
  };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low = 0, high = 0] =
    sorted.length % 2 === 1 ? [sorted[middle], sorted[middle]] : [sorted[middle - 1], sorted[middle]];
  return (low + high) / 2;
}
