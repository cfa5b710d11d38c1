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
import { onsetOf } from './onset.ts';
import { compareShares, type Side } from './share-test.ts';
import { sum } from './test-result.ts';

export interface Sides {
  readonly baseline: Aggregates;
  readonly window: Aggregates;
}

/** A change that may be one; when it began is worked out for those that are. */
export interface Candidate extends Omit<Change, 'onset'> {
  readonly onset: () => number;
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
): Candidate {
  const of: [number, number] = [sum(of0), sum(of1)];
  const hits: [number, number] = [Math.min(sum(hits0), of[0]), Math.min(sum(hits1), of[1])];
  return {
    kind,
    unit: 'share',
    ...place,
    before: of[0] === 0 ? 0 : hits[0] / of[0],
    after: of[1] === 0 ? 0 : hits[1] / of[1],
    samples: of,
    onset: () => onsetOf([sum(hits0), ...hits1], [of[0], ...of1], 1) - 1,
    test: compareShares({ hits, of }, drawnTo(common, [hits0, of0]), side),
    sure: true,
  };
}

/** The noise that failures of requests have in common. */
export function failureNoise({ baseline, window }: Sides): Dispersion {
  const failed = ({ operations }: Aggregates) =>
    operations.map(({ failed, requests }): ByStretch => [failed, requests]);
  return commonDispersion(failed(baseline), failed(window));
}

/** Events of some stretches. */
export interface CountsAt {
  /** The stretches, rising. */
  readonly stretches: readonly number[];
  /** The events of each of them. */
  readonly counts: readonly number[];
}

/** The events of those of all stretches that are to be looked at; none where nothing is known. */
export const countsAt = (stretches: readonly number[], all: readonly number[] = []): CountsAt => ({
  stretches,
  counts: stretches.map((i) => all[i] ?? 0),
});

/** Events by stretch, over the stretches that are given of each side. */
export function countChange(
  kind: ChangeKind,
  place: Place,
  { counts: old }: CountsAt,
  { counts: now, stretches }: CountsAt,
): Candidate {
  const counts: Counts = { events: [sum(old), sum(now)], over: [old.length, now.length] };
  return {
    kind,
    unit: 'per-stretch',
    ...place,
    before: counts.events[0] / Math.max(1, old.length),
    after: counts.events[1] / Math.max(1, now.length),
    samples: counts.events,
    onset: () => stretches[onsetOfCounts(counts.events[0] / Math.max(1, old.length), now)] ?? 0,
    test: compareCounts(counts, dispersionOfCounts(old, now)),
    sure: true,
  };
}

/** The place from which on counts are on the other side of the middle of what they were and have become. */
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
