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
  const usual = longRunVariance(baseline);
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

function longRunVariance(rows: readonly ByStretch[]): Dispersion {
  const all = rows.map(restsOf).filter((rests) => rests.length > 1);
  const freedom = sum(all.map((rests) => rests.length - 1));
  if (freedom < 1) return { factor: 1, freedom: 0 };
  const variance = orderedSum(all.map((rests) => sum(rests.map((rest) => rest ** 2)))) / freedom;
  const lags = Math.floor(Math.max(...all.map((rests) => rests.length)) / 3);
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

/**
 * Of counts by stretch of equal length: the variance within the sides by what is expected of independent ones. Traffic
 * comes in waves on either side; what begins inside the window is told by what it does to the mean.
 */
export function dispersionOfCounts(...sides: readonly (readonly number[])[]): Dispersion {
  const known = sides.filter((counts) => counts.length > 1 && sum(counts) > 0);
  const freedom = sum(known.map((counts) => counts.length - 1));
  if (freedom === 0) return EVEN;
  const squares = known.map((counts) => {
    const mean = sum(counts) / counts.length;
    return sum(counts.map((count) => (count - mean) ** 2)) / mean;
  });
  const factor = sum(squares) / freedom;
  return factor <= 1 ? EVEN : { factor, freedom };
}

/**
 * A two-sided p-value whose score is divided by the root of the dispersion, and judged by Student's distribution, as
 * the dispersion is estimated (quasi-likelihood; McCullagh & Nelder, Generalized Linear Models, 1989, 4.5).
 */
export function widened(p: number, { factor, freedom }: Dispersion): number {
  if (factor <= 1) return p;
  const score = normalScore(Math.min(1, p) / 2) / Math.sqrt(factor);
  if (score <= 0) return 1;
  return 2 * (Number.isFinite(freedom) ? studentTail(score, freedom) : normalTail(score));
}
