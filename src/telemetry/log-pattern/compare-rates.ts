import { compareCounts } from '../comparison/count-test.ts';
import { type Dispersion, EVEN } from '../comparison/dispersion.ts';

/** How often something was seen in a window, and in a baseline. */
export interface CountPair {
  readonly count: number;
  readonly baseline: number;
  /** How much the counts vary beyond chance; ten lines that always come together are one event: 10. */
  readonly dispersion?: Dispersion;
}

/** What the counts are spread over: mostly seconds. Also calls, where failures are counted. Both > 0. */
export interface Exposure {
  readonly window: number;
  readonly baseline: number;
}

export type Change = 'new' | 'gone' | 'more' | 'fewer' | 'same';

export interface CountChange {
  /** Which way it went, be it by chance or not. */
  readonly change: Change;
  /** Rate in the window by rate in the baseline; null where the baseline has none. */
  readonly factor: number | null;
  /** Chance of a difference at least as large where nothing changed. */
  readonly pValue: number;
  /** The same, corrected for the number of pairs: the share of false ones among all that are at or below it. */
  readonly qValue: number;
  /** `qValue` is at most `falseDiscoveryRate`, and the factor at least `leastFactor` or at most its inverse. */
  readonly significant: boolean;
  /** Log-likelihood ratio (G) for a change of rate, by dispersion; orders where p-values are all 0. */
  readonly strength: number;
}

export const falseDiscoveryRate = 0.01;
/** Load is never quite the same: less than this is no finding, however certain. */
export const leastFactor = 1.5;

/**
 * Compares rates of events in a window with those in a baseline, for many kinds of events at once, each by
 * the test of counts. The correction for many kinds is that of Benjamini and Hochberg (1995).
 *
 * @returns one change for each pair, in the same order
 */
export function compareRates(pairs: readonly CountPair[], exposure: Exposure): CountChange[] {
  const over = [exposure.baseline, exposure.window] as const;
  const pValues = pairs.map(
    ({ count, baseline, dispersion }) => compareCounts({ events: [baseline, count], over }, dispersion).p,
  );
  const qValues = correctedForMany(pValues);
  return pairs.map((pair, i) => {
    const { count, baseline } = pair;
    const rate = count / exposure.window;
    const before = baseline / exposure.baseline;
    const factor = before === 0 ? null : rate / before;
    const qValue = qValues[i] ?? 1;
    const large = factor === null ? count > 0 : factor >= leastFactor || factor <= 1 / leastFactor;
    return {
      change: changeOf(count, baseline, rate, before),
      factor,
      pValue: pValues[i] ?? 1,
      qValue,
      significant: large && qValue <= falseDiscoveryRate,
      strength: strengthOf(pair, exposure.window / (exposure.window + exposure.baseline)),
    };
  });
}

function changeOf(count: number, baseline: number, rate: number, before: number): Change {
  if (rate === before) return 'same';
  if (baseline === 0) return 'new';
  if (count === 0) return 'gone';
  return rate > before ? 'more' : 'fewer';
}

function strengthOf({ count, baseline, dispersion = EVEN }: CountPair, share: number): number {
  const total = count + baseline;
  const term = (seen: number, expected: number): number =>
    seen === 0 ? 0 : seen * Math.log(seen / expected);
  return (
    (2 * Math.max(0, term(count, total * share) + term(baseline, total * (1 - share)))) / dispersion.factor
  );
}

/** Benjamini and Hochberg's step-up procedure, as adjusted p-values, in the order of the given ones. */
export function correctedForMany(pValues: readonly number[]): number[] {
  const order = pValues.map((p, i) => ({ p, i })).sort((a, b) => b.p - a.p);
  const corrected = new Array<number>(pValues.length).fill(1);
  let least = 1;
  for (const [place, { p, i }] of order.entries()) {
    least = Math.min(least, (p * pValues.length) / (pValues.length - place));
    corrected[i] = least;
  }
  return corrected;
}
