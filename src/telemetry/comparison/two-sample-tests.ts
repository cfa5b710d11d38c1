import { logChoose, normalScore, normalTail, studentTail } from './distributions.ts';
import { countAbove, type Histogram, merge, quantileBucket, sizeOf } from './histogram.ts';

/** The result of a test of two windows. */
export interface Test {
  /** Two-sided probability of a difference as great where nothing changed. */
  readonly p: number;
  /** The least p that data with these totals could give; a test that can't reach the level asks nothing (Tarone). */
  readonly least: number;
  /**
   * Cliff's delta, −1 to 1: how much more likely a value of the window is above one of the baseline than below it.
   * For shares it is their difference (Cliff, Psychological Bulletin 114, 1993).
   */
  readonly delta: number;
  /** The part of |delta| that is sure: its lower bound of 95 %, one-sided, never below 0. */
  readonly strength: number;
  /** Of values: the quantile that shows it best, 0.5 or 0.95. */
  readonly at?: number;
}

const SURE = 1.645;

/** `hits` of `of`, in the baseline and in the window. */
export interface Shares {
  readonly hits: readonly [number, number];
  readonly of: readonly [number, number];
}

/** Which changes are asked for: one-sided tests see half the chance, and none of the other direction. */
export type Side = 'both' | 'more' | 'fewer';

/**
 * Whether a share changed: Fisher's exact test, two-sided by doubling the smaller tail, mid-p (Lancaster, JASA 56, 1961), as the exact
 * one is too careful with few samples. `dispersion` ≥ 1 is by how much the variance between stretches of the
 * baseline exceeds that of independent trials; the score is divided by its root (quasi-likelihood, McCullagh & Nelder).
 * The strength is Newcombe's score interval (method 10, Statistics in Medicine 17, 1998).
 */
export function compareShares({ hits, of }: Shares, dispersion = 1, side: Side = 'both'): Test {
  const [n0, n1] = of;
  const total = hits[0] + hits[1];
  if (n0 === 0 || n1 === 0 || total === 0 || total === n0 + n1) return NOTHING;
  const probability = (k: number) =>
    Math.exp(logChoose(n1, k) + logChoose(n0, total - k) - logChoose(n0 + n1, total));
  const low = Math.max(0, total - n0);
  const high = Math.min(n1, total);
  const more = hits[1] / n1 > hits[0] / n0;
  let tail = probability(hits[1]) / 2;
  if (more) for (let k = hits[1] + 1; k <= high; k++) tail += probability(k);
  else for (let k = low; k < hits[1]; k++) tail += probability(k);
  const twoSided = (oneTail: number) => widened(Math.min(1, 2 * oneTail), dispersion);
  const asked = side === 'both' || (side === 'more') === more;
  const p = side === 'both' ? twoSided(tail) : asked ? twoSided(tail) / 2 : 1 - twoSided(tail) / 2;
  const [p0, p1] = [hits[0] / n0, hits[1] / n1];
  const [l0, u0] = wilson(n0 / dispersion, p0);
  const [l1, u1] = wilson(n1 / dispersion, p1);
  const delta = p1 - p0;
  const slack = more ? Math.hypot(p1 - l1, u0 - p0) : Math.hypot(p0 - l0, u1 - p1);
  const [fewest, most] = [twoSided(probability(low) / 2), twoSided(probability(high) / 2)];
  const least = side === 'both' ? Math.min(fewest, most) : (side === 'more' ? most : fewest) / 2;
  return { p, least, delta, strength: Math.max(0, Math.abs(delta) - slack) };
}

function wilson(n: number, share: number): [number, number] {
  const z2 = SURE * SURE;
  const centre = (share + z2 / (2 * n)) / (1 + z2 / n);
  const half = (SURE / (1 + z2 / n)) * Math.sqrt((share * (1 - share)) / n + z2 / (4 * n * n));
  return [Math.max(0, centre - half), Math.min(1, centre + half)];
}

/** A p-value of a score that is divided by the root of the dispersion. */
const widened = (p: number, dispersion: number): number =>
  dispersion <= 1 ? p : 2 * normalTail(normalScore(p / 2) / Math.sqrt(dispersion));

const NOTHING: Test = { p: 1, least: 1, delta: 0, strength: 0 };

/**
 * Whether values moved: Mann–Whitney's U over the buckets, with the normal approximation and the correction for ties
 * (Lehmann, Nonparametrics, 1975), and for a change of the slowest part alone, Fisher's test of how many lie above
 * the 90th percentile of both together (a quantile test after Mood, 1950). The smaller p counts twice.
 */
export function compareValues(baseline: Histogram, window: Histogram, dispersion = 1): Test {
  const bulk = mannWhitney(baseline, window, dispersion);
  const limit = quantileBucket(merge([baseline, window]), 0.9);
  if (limit === undefined) return NOTHING;
  const tail = compareShares(
    {
      hits: [countAbove(baseline, limit), countAbove(window, limit)],
      of: [sizeOf(baseline), sizeOf(window)],
    },
    dispersion,
  );
  const best = bulk.p <= tail.p ? bulk : tail;
  const at = best === bulk ? 0.5 : 0.95;
  return {
    ...best,
    at,
    p: Math.min(1, 2 * best.p),
    least: Math.min(1, 2 * Math.min(bulk.least, tail.least)),
  };
}

function mannWhitney(baseline: Histogram, window: Histogram, dispersion: number): Test {
  const [n0, n1] = [sizeOf(baseline), sizeOf(window)];
  if (n0 === 0 || n1 === 0) return NOTHING;
  const n = n0 + n1;
  let below = 0;
  let wins = 0;
  let ties = 0;
  for (const bucket of [...new Set([...baseline.keys(), ...window.keys()])].sort((a, b) => a - b)) {
    const [a, b] = [baseline.get(bucket) ?? 0, window.get(bucket) ?? 0];
    wins += b * (below + a / 2);
    below += a;
    ties += (a + b) ** 3 - (a + b);
  }
  const variance = ((n0 * n1) / 12) * (n + 1 - ties / (n * (n - 1)));
  if (!(variance > 0)) return NOTHING;
  const delta = (2 * wins) / (n0 * n1) - 1;
  const score = Math.max(0, Math.abs(wins - (n0 * n1) / 2) - 0.5) / Math.sqrt(variance * dispersion);
  const error = (2 * Math.sqrt(variance * dispersion)) / (n0 * n1);
  return {
    p: Math.min(1, 2 * normalTail(score)),
    least: Math.min(1, 2 * Math.exp(-logChoose(n, n1))),
    delta,
    strength: Math.max(0, Math.abs(delta) - SURE * error),
  };
}

/**
 * Whether the level of a gauge moved: the difference of the medians over a robust spread (1.4826 times the median
 * absolute deviation, of both windows, never less than `floor`), judged by Student's distribution, as there
 * are often three samples on a side.
 */
export function compareLevels(baseline: readonly number[], window: readonly number[], floor: number): Test {
  const [n0, n1] = [baseline.length, window.length];
  if (n0 < 2 || n1 < 2) return NOTHING;
  const [m0, m1] = [median(baseline), median(window)];
  const rests = [...baseline.map((v) => v - m0), ...window.map((v) => v - m1)].map(Math.abs);
  const freedom = n0 + n1 - 2;
  const spread = Math.max(1.4826 * median(rests) * Math.sqrt((n0 + n1) / freedom), floor);
  if (!(spread > 0)) return NOTHING;
  const t = Math.abs(m1 - m0) / (spread * Math.sqrt(1 / n0 + 1 / n1));
  // Of two normal distributions t·σ apart, one is above the other with probability Φ(d/√2).
  const apart = Math.max(0, Math.abs(m1 - m0) / spread - SURE * Math.sqrt(1 / n0 + 1 / n1));
  return {
    p: 2 * studentTail(t, freedom),
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

/**
 * By how much shares vary more between stretches than independent trials would: Pearson's chi-squared over its
 * degrees of freedom, at least 1. Only of the baseline, as a fault that begins inside the window would look like noise.
 */
export function dispersionOf(hits: readonly number[], of: readonly number[]): number {
  const share = sum(hits) / sum(of);
  if (!(share > 0 && share < 1)) return 1;
  let chi = 0;
  let freedom = -1;
  of.forEach((n, i) => {
    if (n === 0) return;
    chi += ((hits[i] ?? 0) - n * share) ** 2 / (n * share * (1 - share));
    freedom++;
  });
  return freedom < 1 ? 1 : Math.max(1, chi / freedom);
}

export const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
