/** P(Z > z) of the standard normal distribution, relative error below 1.2e-7 (Numerical Recipes' `erfcc`). */
export function normalTail(z: number): number {
  if (z < 0) return 1 - normalTail(-z);
  const x = z / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const c = [
    -1.26551223, 1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587,
    -0.82215223, 0.17087277,
  ];
  const polynomial = c.reduceRight((total, each) => total * t + each, 0);
  return (t * Math.exp(-x * x + polynomial)) / 2;
}

/** The z with P(Z > z) = p, by bisection; 38 for what is smaller than a double tells apart. */
export function normalScore(p: number): number {
  if (p >= 0.5) return p === 0.5 ? 0 : -normalScore(1 - p);
  let [low, high] = [0, 38];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalTail(middle) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(T > t) of Student's distribution, t ≥ 0. */
export function studentTail(t: number, freedom: number): number {
  return incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) / 2;
}

/**
 * P(X >= k) of a binomial distribution of `n` trials with probability `p`, 0 < p < 1. Counts need not be
 * whole: it is the regularized incomplete beta function I_p(k, n - k + 1), which is the sum for whole ones.
 */
export function upperTail(k: number, n: number, p: number): number {
  if (k <= 0) return 1;
  if (k > n) return 0;
  return incompleteBeta(p, k, n - k + 1);
}

/** ln of n over k. */
export const logChoose = (n: number, k: number): number =>
  logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);

/** The regularized incomplete beta function I_x(a, b) (NIST DLMF 8.17), for a, b > 0 and 0 < x < 1. */
function incompleteBeta(x: number, a: number, b: number): number {
  // The fraction converges fast on the near side of the mean only.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x) - Math.log(a),
  );
  return Math.min(1, front * continuedFraction(x, a, b));
}

const mostTerms = 20_000;
const tiny = 1e-300;

/** DLMF 8.17.22, evaluated by the modified Lentz algorithm. */
function continuedFraction(x: number, a: number, b: number): number {
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let value = d;
  for (let m = 1; m <= mostTerms; m += 1) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    value *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    const step = d * c;
    value *= step;
    if (Math.abs(step - 1) < 1e-14) break;
  }
  return value;
}

const away = (value: number): number => (Math.abs(value) < tiny ? tiny : value);

/** Stirling's series (DLMF 5.11.1), after moving small arguments up; for x > 0. */
function logGamma(x: number): number {
  let shift = 0;
  let z = x;
  while (z < 10) {
    shift -= Math.log(z);
    z += 1;
  }
  const r = 1 / (z * z);
  const series = (1 / 12 - r * (1 / 360 - r * (1 / 1260 - r * (1 / 1680 - r / 1188)))) / z;
  return shift + (z - 0.5) * Math.log(z) - z + 0.5 * Math.log(2 * Math.PI) + series;
}
