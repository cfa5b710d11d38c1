import type { ChangeKind } from './changes.ts';
import { isConsiderable } from './considerable.ts';
import { type ByStretch, commonDispersion, type Dispersion, drawnTo } from './dispersion.ts';
import { countBeyond, type Distribution, distributionOf, quantileOf } from './distribution.ts';
import { countAbove, type Histogram, middleOf, sizeOf } from './histogram.ts';
import { median } from './level-test.ts';
import type { Candidate, Place } from './make-change.ts';
import { onsetOf } from './onset.ts';
import { compareRanks } from './rank-test.ts';
import { sum, UNCHANGED } from './test-result.ts';
import { compareValues } from './value-test.ts';

/** Times of one place in both windows. */
export interface TimePair {
  readonly place: Place;
  readonly old: Times;
  readonly now: Times;
}

/** Times of one side: by stretch, all together, and how many of each stretch are above the median. */
interface Times {
  readonly stretches: readonly Histogram[];
  readonly sizes: readonly number[];
  readonly all: Distribution;
  readonly aboveMedian: ByStretch;
}

export function timePair(place: Place, old: readonly Histogram[], now: readonly Histogram[]): TimePair {
  return { place, old: timesOf(old), now: timesOf(now) };
}

function timesOf(stretches: readonly Histogram[]): Times {
  const all = distributionOf(stretches);
  const middle = quantileOf([all], 0.5) ?? 0;
  const sizes = stretches.map(sizeOf);
  return { stretches, sizes, all, aboveMedian: [stretches.map((each) => countAbove(each, middle)), sizes] };
}

/**
 * How times of one kind changed, where both windows have some. What all of them vary by between stretches is the least
 * noise of each.
 */
export function* timeChanges(
  kind: ChangeKind,
  pairs: readonly TimePair[],
  common: Dispersion = noiseOf(pairs),
): Generator<Candidate> {
  for (const { place, old, now } of pairs) {
    if (old.all.size === 0 || now.all.size === 0) continue;
    const at = (side: Times, q: number) => middleOf(quantileOf([side.all], q) ?? 0);
    const [middle, slow] = [0.5, 0.95].map((q) => [at(old, q), at(now, q)] as const);
    if (middle === undefined || slow === undefined) continue;
    const isMoved = isConsiderable(...middle) || isConsiderable(...slow);
    const test = isMoved ? compareValues(old.all, now.all, drawnTo(common, old.aboveMedian)) : UNCHANGED;
    const quantile = test.at ?? 0.5;
    const [before, after] = quantile === 0.5 ? middle : slow;
    yield {
      kind,
      unit: 'ns',
      ...place,
      quantile,
      before,
      after,
      samples: [old.all.size, now.all.size],
      onset: () => onsetOfTimes([old], [now]),
      test,
      sure: true,
    };
  }
}

/**
 * The same of several pairs together, as one change of the first pair's place without subject: each pair is compared
 * within itself, so that other shares of slow operations are no change.
 */
export function* jointTimeChange(
  kind: ChangeKind,
  pairs: readonly TimePair[],
  common: Dispersion,
): Generator<Candidate> {
  const both = pairs.filter(({ old, now }) => old.all.size > 0 && now.all.size > 0);
  const [first] = both;
  if (first === undefined || both.length < 2) return;
  const [old, now] = [both.map((each) => each.old), both.map((each) => each.now)];
  const all = (side: readonly Times[]) => side.map((each) => each.all);
  const total = (side: readonly Times[]) => sum(side.map((each) => each.all.size));
  yield {
    kind,
    unit: 'ns',
    ...first.place,
    subject: '',
    quantile: 0.5,
    before: middleOf(quantileOf(all(old), 0.5) ?? 0),
    after: middleOf(quantileOf(all(now), 0.5) ?? 0),
    samples: [total(old), total(now)],
    onset: () => onsetOfTimes(old, now),
    test: compareRanks(
      both.map((each) => [each.old.all, each.now.all]),
      common,
    ),
    sure: true,
  };
}

/** From how many pairs on their changes tell what is usual, and how much noise they can prove at most. */
const PEERS = 8;
const MOST_NOISE = 5;

/**
 * The noise that pairs have in common: as they vary between stretches, or as most of them differ between the windows, if
 * that is more (an empirical null, Efron, JASA 99, 2004: the median of the squared scores of median tests, by
 * what it is for the normal distribution). Bounded, as a fault may be everywhere.
 */
export function noiseOf(pairs: readonly TimePair[]): Dispersion {
  const common = commonDispersion(
    pairs.map(({ old }) => old.aboveMedian),
    pairs.map(({ now }) => now.aboveMedian),
  );
  const scores = pairs.flatMap(({ old, now }) => {
    const [n0, n1] = [old.all.size, now.all.size];
    const limit = quantileOf([old.all, now.all], 0.5);
    if (n0 === 0 || n1 === 0 || limit === undefined) return [];
    const [a, b] = [countBeyond(old.all, limit), countBeyond(now.all, limit)];
    const share = (a + b) / (n0 + n1);
    return share === 0 ? [] : [(b / n1 - a / n0) ** 2 / (share * (1 - share) * (1 / n0 + 1 / n1))];
  });
  if (scores.length < PEERS) return common;
  // Of so few scores the median is known within a standard error of 2.33/√n of itself: what is sure of it counts.
  const sure = Math.exp((-1.645 * 2.33) / Math.sqrt(scores.length));
  const factor = Math.min(MOST_NOISE, (sure * median(scores)) / 0.455);
  return factor <= common.factor ? common : { factor, freedom: scores.length };
}

/** Where the share of the window's times changes that are above the median of both windows, each pair by its own. */
function onsetOfTimes(old: readonly Times[], now: readonly Times[]): number {
  let [hitsBefore, before] = [0, 0];
  const hits: number[] = [];
  const of: number[] = [];
  now.forEach((each, i) => {
    const was = old[i];
    if (was === undefined) return;
    const limit = quantileOf([was.all, each.all], 0.5) ?? 0;
    hitsBefore += countBeyond(was.all, limit);
    before += was.all.size;
    each.stretches.forEach((stretch, at) => {
      hits[at] = (hits[at] ?? 0) + countAbove(stretch, limit);
      of[at] = (of[at] ?? 0) + (each.sizes[at] ?? 0);
    });
  });
  return onsetOf([hitsBefore, ...hits], [before, ...of], 1) - 1;
}
