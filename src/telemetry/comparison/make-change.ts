import type { Aggregates, FailingBelow } from './aggregates.ts';
import type { Change, ChangeKind } from './changes.ts';
import { type Counts, compareCounts } from './count-test.ts';
import {
  type ByStretch,
  commonDispersion,
  type Dispersion,
  dispersionOfCounts,
  drawnTo,
} from './dispersion.ts';
import { countAbove, type Histogram, merge, middleOf, quantileBucket, sizeOf } from './histogram.ts';
import { onsetOf } from './onset.ts';
import { compareShares, type Side } from './share-test.ts';
import { sum } from './test-result.ts';
import { compareValues } from './value-test.ts';

export interface Sides {
  readonly baseline: Aggregates;
  readonly window: Aggregates;
}

export const NONE: FailingBelow = new Map();

/** Where a change is; what a kind has no use for is empty. */
export type Place = Pick<
  Change,
  'workload' | 'peer' | 'pod' | 'subject' | 'operation' | 'level' | 'failingBelow'
>;

export const PLACE: Place = {
  workload: '',
  peer: '',
  pod: '',
  subject: '',
  operation: '',
  level: '',
  failingBelow: NONE,
};

/** A share of requests or calls. */
export function shareChange(
  kind: ChangeKind,
  place: Place,
  [hits0, of0]: ByStretch,
  [hits1, of1]: ByStretch,
  common: Dispersion,
  side: Side = 'both',
): Change {
  const of: [number, number] = [sum(of0), sum(of1)];
  const hits: [number, number] = [Math.min(sum(hits0), of[0]), Math.min(sum(hits1), of[1])];
  return {
    kind,
    unit: 'share',
    ...place,
    before: of[0] === 0 ? 0 : hits[0] / of[0],
    after: of[1] === 0 ? 0 : hits[1] / of[1],
    samples: of,
    onset: onsetOf([sum(hits0), ...hits1], [of[0], ...of1], 1) - 1,
    test: compareShares({ hits, of }, drawnTo(common, [hits0, of0]), side),
    sure: true,
  };
}

/** How many values are above the median of all, by stretch: what their noise is measured by. */
function aboveMedian(histograms: readonly Histogram[]): ByStretch {
  const middle = quantileBucket(merge(histograms), 0.5) ?? 0;
  return [histograms.map((each) => countAbove(each, middle)), histograms.map(sizeOf)];
}

/** The noise that times of one kind have in common. */
export const commonNoise = (
  baseline: readonly (readonly Histogram[])[],
  window: readonly (readonly Histogram[])[],
): Dispersion => commonDispersion(baseline.map(aboveMedian), window.map(aboveMedian));

/** The noise that failures of requests have in common. */
export function failureNoise({ baseline, window }: Sides): Dispersion {
  const failed = ({ operations }: Aggregates) =>
    operations.map(({ failed, requests }): ByStretch => [failed, requests]);
  return commonDispersion(failed(baseline), failed(window));
}

/** Durations or gaps; none where one side has no values. */
export function* valueChange(
  kind: ChangeKind,
  place: Place,
  old: readonly Histogram[],
  now: readonly Histogram[],
  common: Dispersion,
): Generator<Change> {
  const [a, b] = [merge(old), merge(now)];
  const limit = quantileBucket(merge([a, b]), 0.5);
  if (limit === undefined || sizeOf(a) === 0 || sizeOf(b) === 0) return;
  const above = (each: Histogram) => countAbove(each, limit);
  const test = compareValues(a, b, drawnTo(common, aboveMedian(old)));
  const quantile = test.at ?? 0.5;
  yield {
    kind,
    unit: 'ns',
    ...place,
    quantile,
    before: middleOf(quantileBucket(a, quantile) ?? 0),
    after: middleOf(quantileBucket(b, quantile) ?? 0),
    samples: [sizeOf(a), sizeOf(b)],
    onset: onsetOf([above(a), ...now.map(above)], [sizeOf(a), ...now.map(sizeOf)], 1) - 1,
    test,
    sure: true,
  };
}

/** Events by stretch, given for the same stretches of each side. */
export function countChange(
  kind: ChangeKind,
  place: Place,
  old: readonly number[],
  now: readonly number[],
): Change {
  const counts: Counts = { events: [sum(old), sum(now)], over: [old.length, now.length] };
  return {
    kind,
    unit: 'per-stretch',
    ...place,
    before: counts.events[0] / Math.max(1, old.length),
    after: counts.events[1] / Math.max(1, now.length),
    samples: counts.events,
    onset: onsetOfCounts(counts.events[0] / Math.max(1, old.length), now),
    test: compareCounts(counts, dispersionOfCounts(old)),
    sure: true,
  };
}

/** The stretch from which on counts are on the other side of the middle of what they were and have become. */
function onsetOfCounts(before: number, now: readonly number[]): number {
  const after = sum(now) / Math.max(1, now.length);
  const middle = (before + after) / 2;
  const begun = now.findIndex((count) => (after > before ? count > middle : count < middle));
  return Math.max(0, begun);
}

/** The members of both sides that have the same key, in the order of the keys. */
export function pairUp<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (each: T) => readonly string[],
): [T | undefined, T | undefined][] {
  const byKey = (members: readonly T[]) =>
    new Map(members.map((each) => [JSON.stringify(keyOf(each)), each]));
  const [old, now] = [byKey(before), byKey(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().map((key) => [old.get(key), now.get(key)]);
}

/** The stretches in which anything at all was served or written; all of them where nothing ever was. */
export function busyStretches(side: Aggregates): number[] {
  const all = Array.from({ length: side.stretches }, (_, i) => i);
  const records = new Array<number>(side.stretches).fill(0);
  const add = (list: readonly number[]) =>
    list.forEach((n, i) => {
      records[i] = (records[i] ?? 0) + n;
    });
  for (const { requests } of side.operations) add(requests);
  for (const { lines } of side.lines) add(lines);
  const busy = all.filter((i) => (records[i] ?? 0) > 0);
  return busy.length === 0 ? all : busy;
}
