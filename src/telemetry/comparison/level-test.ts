import { normalTail, studentTail } from './distributions.ts';
import { errorOfRanks } from './rank-test.ts';
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
 * Applications in Genetics and Molecular Biology 3, 2004), and never less than `floor`. However far apart the levels
 * are, few samples make little of the difference sure: it has the error that ranks of as many values have.
 *
 * @param baseline samples in rising order
 * @param window samples in rising order, from which `usual` is taken off
 */
export function compareLevels(
  baseline: Float64Array,
  window: Float64Array,
  usual: number,
  floor: number,
  prior: PriorSpread,
): Test {
  const [n0, n1] = [baseline.length, window.length];
  if (n0 < 2 || n1 < 2) return NOTHING;
  const [m0, m1] = [middleOfSorted(baseline), middleOfSorted(window)];
  const difference = m1 - usual - m0;
  const rests = new Float64Array(n0 + n1);
  for (let i = 0; i < n0; i++) rests[i] = Math.abs((baseline[i] ?? 0) - m0);
  for (let i = 0; i < n1; i++) rests[n0 + i] = Math.abs((window[i] ?? 0) - m1);
  const own = n0 + n1 - 2;
  const alone = 1.4826 * middleOfSorted(rests.sort()) * Math.sqrt((n0 + n1) / own);
  const freedom = own + prior.freedom;
  const drawn = Math.sqrt((own * alone ** 2 + prior.freedom * prior.spread ** 2) / freedom);
  const spread = Math.max(drawn, floor);
  if (!(spread > 0)) return NOTHING;
  const size = Math.abs(difference) / spread;
  const error = Math.sqrt(1 / n0 + 1 / n1);
  // Of two normal distributions d apart, one is above the other with probability Φ(d/√2).
  const delta = 1 - 2 * normalTail(size / Math.SQRT2);
  return {
    p: 2 * studentTail(size / error, freedom),
    least: 0,
    delta: Math.sign(difference) * delta,
    strength: Math.max(0, delta - SURE * errorOfRanks(n0, n1)),
  };
}

/** The median of numbers in rising order; 0 of none. */
export function middleOfSorted(sorted: Float64Array): number {
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? high : ((sorted[middle - 1] ?? 0) + high) / 2;
}

/** The median of numbers in any order; 0 of none. */
export const median = (values: readonly number[]): number => middleOfSorted(Float64Array.from(values).sort());
