import { type Dispersion, EVEN, widened } from './dispersion.ts';
import { countIn, type Distribution, spanOf } from './distribution.ts';
import { logChoose, normalTail } from './distributions.ts';
import { NOTHING, SURE, type Test } from './test-result.ts';

/** Values of one kind, in the baseline and in the window. */
export type Stratum = readonly [baseline: Distribution, window: Distribution];

/** Up to how many values the chance is counted, not approached; and from which approached one on. */
const COUNTED = 60;
const WORTH_COUNTING = 0.05;

/**
 * Whether values moved: Mann–Whitney's U over the buckets, within each stratum, summed with the weights of van Elteren
 * (Bulletin de l'Institut International de Statistique 37, 1960), with the normal approximation and the correction for
 * ties (Lehmann, Nonparametrics, 1975). Of few values in one stratum the chance is counted, as the approximation
 * sees far less in a clear difference of ten values than there is.
 */
export function compareRanks(strata: readonly Stratum[], dispersion: Dispersion = EVEN): Test {
  const ranked = strata.map(rankSum).filter(({ variance }) => variance > 0);
  let [difference, variance, wins, pairs, least] = [0, 0, 0, 0, 0];
  for (const each of ranked) {
    const weight = 1 / (each.n0 + each.n1 + 1);
    difference += weight * (each.wins - (each.n0 * each.n1) / 2);
    variance += weight * weight * each.variance;
    wins += weight * each.wins;
    pairs += weight * each.n0 * each.n1;
    least -= logChoose(each.n0 + each.n1, each.n1);
  }
  if (!(variance > 0)) return NOTHING;
  const [only] = ranked;
  const half = ranked.length === 1 && only !== undefined ? 0.5 / (only.n0 + only.n1 + 1) : 0;
  const score = Math.max(0, Math.abs(difference) - half) / Math.sqrt(variance);
  let p = Math.min(1, 2 * normalTail(score));
  if (ranked.length === 1 && only !== undefined && p < WORTH_COUNTING && only.n0 + only.n1 <= COUNTED) {
    p = Math.min(1, 2 * countedTail(only));
  }
  const delta = (2 * wins) / pairs - 1;
  const error = (2 * Math.sqrt(variance * dispersion.factor)) / pairs;
  return {
    p: widened(p, dispersion),
    least: Math.min(1, 2 * Math.exp(least)),
    delta,
    strength: Math.max(0, Math.abs(delta) - SURE * error),
  };
}

/** The standard error of Cliff's delta of values without ties where nothing changed (Lehmann, 1975). */
export const errorOfRanks = (n0: number, n1: number): number => 2 * Math.sqrt((n0 + n1 + 1) / (12 * n0 * n1));

interface RankSum {
  readonly n0: number;
  readonly n1: number;
  /** Pairs in which the window's value is the greater one; of equal values each counts half. */
  readonly wins: number;
  readonly variance: number;
  /** Values of both sides by bucket, in the order of the buckets. */
  readonly sizes: readonly number[];
}

function rankSum([baseline, window]: Stratum): RankSum {
  const [n0, n1] = [baseline.size, window.size];
  const n = n0 + n1;
  let below = 0;
  let wins = 0;
  let ties = 0;
  const sizes: number[] = [];
  const add = (a: number, b: number) => {
    if (a + b === 0) return;
    wins += b * (below + a / 2);
    below += a;
    ties += (a + b) ** 3 - (a + b);
    sizes.push(a + b);
  };
  add(baseline.lowest, window.lowest);
  const [from, to] = spanOf([baseline, window]);
  for (let bucket = from; bucket < to; bucket++) add(countIn(baseline, bucket), countIn(window, bucket));
  const variance = n0 === 0 || n1 === 0 ? 0 : ((n0 * n1) / 12) * (n + 1 - ties / (n * (n - 1)));
  return { n0, n1, wins, variance, sizes };
}

/**
 * The chance that the window's ranks sum up to as much as they do, or more extremely so, if all ways to deal the values
 * out were equally likely: the ways are counted by how many are dealt and by twice their sum of mid-ranks.
 */
function countedTail({ n0, n1, wins, sizes }: RankSum): number {
  const most = (n0 + n1) * (n0 + n1 + 1);
  const ways = Array.from({ length: n1 + 1 }, () => new Float64Array(most + 1));
  const [none] = ways;
  if (none !== undefined) none[0] = 1;
  let below = 0;
  for (const size of sizes) {
    const rank = 2 * below + size + 1;
    for (let i = 0; i < size; i++) {
      for (let dealt = n1; dealt > 0; dealt--) {
        const [to, from] = [ways[dealt], ways[dealt - 1]];
        if (to === undefined || from === undefined) continue;
        for (let at = most; at >= rank; at--) to[at] = (to[at] ?? 0) + (from[at - rank] ?? 0);
      }
    }
    below += size;
  }
  const sums = ways[n1] ?? new Float64Array(0);
  // Twice the rank sum of the window is twice U and n1 (n1 + 1).
  const seen = Math.round(2 * wins + n1 * (n1 + 1));
  const isHigh = wins > (n0 * n1) / 2;
  let tail = 0;
  let all = 0;
  sums.forEach((count, at) => {
    all += count;
    if (isHigh ? at >= seen : at <= seen) tail += count;
  });
  return tail / all;
}
