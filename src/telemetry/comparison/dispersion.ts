import { normalScore, normalTail, studentTail } from './distributions.ts';
import { sum } from './test-result.ts';

/** By how much values vary more between stretches than independent ones would, and how well that is known. */
export interface Dispersion {
  /** Variance by expected variance, at least 1. */
  readonly factor: number;
  /** Degrees of freedom of the estimate; Infinity where it is given. */
  readonly freedom: number;
}

export const EVEN: Dispersion = { factor: 1, freedom: Number.POSITIVE_INFINITY };

/** Hits and of how many, by stretch. */
export type ByStretch = readonly [hits: readonly number[], of: readonly number[]];

/** Pearson's residuals of the stretches that hold any; none where all or nothing hits. */
function restsOf([hits, of]: ByStretch): number[] {
  const share = sum(hits) / sum(of);
  if (!(share > 0 && share < 1)) return [];
  return of.flatMap((n, i) =>
    n === 0 ? [] : [((hits[i] ?? 0) - n * share) / Math.sqrt(n * share * (1 - share))],
  );
}

/** What many rows of shares tell of one another: their noise is much alike, and one by itself tells little of its own. */
const MOST_COMMON_FREEDOM = 20;

/**
 * The noise that rows of shares have in common: their mean variance, and as disturbances last longer than a stretch, the
 * covariances of neighbours in time with the weights of Bartlett (Newey & West, Econometrica 55, 1987), each
 * freed of what it loses to the estimated mean. Of the window, where a fault may begin, the variance of neighbours'
 * differences (von Neumann, Annals of Mathematical Statistics 12, 1941), if that is greater: a burst that the baseline
 * happens to lack is noise too.
 */
export function commonDispersion(baseline: readonly ByStretch[], window: readonly ByStretch[]): Dispersion {
  const rests = baseline.map(restsOf);
  const lags = Math.floor(Math.max(0, ...rests.map(({ length }) => length)) / 3);
  const usual = longRunVariance(rests, lags);
  const now = stepVariance(window);
  const factor = Math.max(usual.factor, now.factor);
  if (factor <= 1) return EVEN;
  return { factor, freedom: Math.min(MOST_COMMON_FREEDOM, usual.freedom + now.freedom) };
}

/** What is left of the mean of squared normal values without the greatest of some ten, about. */
const WITHOUT_GREATEST = 0.6;

/** A row may hold the step of a fault: its greatest difference is left out. */
function stepVariance(rows: readonly ByStretch[]): Dispersion {
  const squares: number[] = [];
  let freedom = 0;
  for (const rests of rows.map(restsOf)) {
    if (rests.length < 4) continue;
    const steps = rests.slice(1).map((rest, i) => (rest - (rests[i] ?? 0)) ** 2 / 2);
    squares.push((sum(steps) - Math.max(...steps)) / WITHOUT_GREATEST);
    freedom += steps.length - 1;
  }
  return freedom === 0 ? { factor: 1, freedom } : { factor: orderedSum(squares) / freedom, freedom };
}

function longRunVariance(rows: readonly (readonly number[])[], lags: number): Dispersion {
  const all = rows.filter((rests) => rests.length > 1);
  const freedom = sum(all.map((rests) => rests.length - 1));
  if (freedom < 1) return { factor: 1, freedom: 0 };
  const variance = orderedSum(all.map((rests) => sum(rests.map((rest) => rest ** 2)))) / freedom;
  let factor = variance;
  for (let lag = 1; lag <= lags; lag++) {
    const long = all.filter((rests) => rests.length > lag);
    const products = long.map((rests) => {
      const own = sum(rests.slice(lag).map((rest, i) => rest * (rests[i] ?? 0)));
      // Around their own mean independent values have the covariance −variance / n.
      return own + ((rests.length - lag) * variance) / rests.length;
    });
    const pairs = sum(long.map((rests) => rests.length - lag));
    if (pairs > 0) factor += 2 * (1 - lag / (lags + 1)) * (orderedSum(products) / pairs);
  }
  return { factor, freedom };
}

/** The sum from the least to the greatest, so that the last digit does not depend on the order of the rows. */
const orderedSum = (values: readonly number[]): number => sum([...values].sort((a, b) => a - b));

/**
 * A row's own dispersion (Pearson's chi-squared over its degrees of freedom) drawn towards that of all, each by its
 * degrees of freedom.
 */
export function drawnTo(common: Dispersion, [hits, of]: ByStretch): Dispersion {
  const rests = restsOf([hits, of]);
  const own = Math.max(0, rests.length - 1);
  const freedom = Number.isFinite(common.freedom) ? common.freedom : MOST_COMMON_FREEDOM;
  const factor = (sum(rests.map((rest) => rest ** 2)) + freedom * common.factor) / (own + freedom);
  return factor <= 1 ? EVEN : { factor, freedom: own + freedom };
}

/** Pearson's residuals of counts by stretch of equal length; none where nothing was counted. */
function restsOfCounts(counts: readonly number[]): number[] {
  const mean = sum(counts) / counts.length;
  return mean > 0 ? counts.map((count) => (count - mean) / Math.sqrt(mean)) : [];
}

/**
 * The noise of counts by stretch of equal length, for a test of their sums: variance by mean, as for rows of shares. Of
 * the baseline with the covariances of neighbours, as traffic comes in waves, which sums do not average out; of the
 * window by neighbours' differences, as a burst is noise, while the step of what begins or ends within it is none. The
 * greater of both, and 1 at least.
 */
export function dispersionOfCounts(baseline: readonly number[], window: readonly number[]): Dispersion {
  // The usual order of the number of lags: the cube root of the length (Andrews, Econometrica 59, 1991).
  const usual = longRunVariance([restsOfCounts(baseline)], Math.floor(1.5 * Math.cbrt(baseline.length)));
  const now = varianceAroundStep(restsOfCounts(window));
  const factor = Math.max(usual.factor, now.factor);
  return factor <= 1 ? EVEN : { factor, freedom: usual.freedom + now.freedom };
}

/** Fewer differences tell nothing of what the greatest would be by chance. */
const FEWEST_STEPS = 3;

/**
 * The variance by neighbours' differences without the greatest, where at least two values are on its higher side: of a
 * level that lasts. A single high value at either end is a burst.
 */
function varianceAroundStep(rests: readonly number[]): Dispersion {
  const steps = rests.slice(1).map((rest, i) => (rest - (rests[i] ?? 0)) ** 2 / 2);
  const count = steps.length;
  if (count === 0) return { factor: 1, freedom: 0 };
  const greatest = Math.max(...steps);
  const place = steps.indexOf(greatest) + 1;
  const higher = (rests[place] ?? 0) > (rests[place - 1] ?? 0) ? rests.length - place : place;
  if (count < FEWEST_STEPS || higher < 2) return { factor: sum(steps) / count, freedom: count };
  return { factor: (sum(steps) - greatest) / (count - greatestOf(count)), freedom: count - 1 };
}

/**
 * The mean of the greatest of so many squares of normal values, 3 or more: that of Gumbel's distribution, with the
 * norming constants of chi-squared (Embrechts, Klüppelberg & Mikosch, Modelling Extremal Events, 1997, table 3.4.4).
 */
const greatestOf = (count: number): number =>
  2 * Math.log(count) - Math.log(Math.log(count)) - Math.log(Math.PI) + 2 * EULER;
const EULER = 0.5772156649;

/**
 * A two-sided p-value whose score is divided by the root of the dispersion, and judged by Student's distribution, as
 * the dispersion is estimated (quasi-likelihood; McCullagh & Nelder, Generalized Linear Models, 1989, 4.5).
 */
export function widened(p: number, { factor, freedom }: Dispersion): number {
  return factor <= 1 ? p : judged(p, freedom, Math.sqrt(factor));
}

/** A two-sided p-value of an estimated spread: its score, divided, by Student's distribution. */
export function judged(p: number, freedom: number, divisor = 1): number {
  const score = normalScore(Math.min(1, p) / 2) / divisor;
  if (score <= 0) return 1;
  return 2 * (Number.isFinite(freedom) ? studentTail(score, freedom) : normalTail(score));
}
