import type { OperationAggregate } from './aggregates.ts';
import type { ByStretch } from './dispersion.ts';
import {
  busyStretches,
  type Candidate,
  countChange,
  countsAt,
  failureNoise,
  PLACE,
  pairUp,
  type Sides,
  shareChange,
} from './make-change.ts';
import { sum } from './test-result.ts';
import { jointTimeChange, noiseOf, type TimePair, timeChanges, timePair } from './time-changes.ts';

const keyOf = ({ workload, operation }: OperationAggregate): readonly string[] => [workload, operation];

/** Failures, durations and own times of the operations that both windows have. */
export function* operationChanges({ baseline, window }: Sides): Generator<Candidate> {
  const failures = failureNoise({ baseline, window });
  const durations: TimePair[] = [];
  const own: TimePair[] = [];
  for (const [before, after] of pairUp(baseline.operations, window.operations, keyOf)) {
    if (before === undefined || after === undefined) continue;
    const { workload, operation: subject, failingBelow } = after;
    const place = { ...PLACE, workload, subject, failingBelow };
    const [old, now]: [ByStretch, ByStretch] = [
      [before.failed, before.requests],
      [after.failed, after.requests],
    ];
    yield shareChange('errors', place, old, now, failures, 'more');
    durations.push(timePair(place, before.duration, after.duration));
    own.push(timePair(place, before.own, after.own));
  }
  yield* timeChanges('duration', durations);
  const common = noiseOf(own);
  yield* timeChanges('own-time', own, common);
  const byWorkload = new Map<string, TimePair[]>();
  for (const pair of own) {
    byWorkload.set(pair.place.workload, [...(byWorkload.get(pair.place.workload) ?? []), pair]);
  }
  for (const pairs of byWorkload.values()) yield* jointTimeChange('own-time', pairs, common);
}

/**
 * How many requests there are, over the stretches in which anything at all was served. An operation of one window alone
 * is new or gone; where no operation of its workload is in the other, the workload is.
 */
export function* trafficChanges({ baseline, window }: Sides): Generator<Candidate> {
  const [busy0, busy1] = [busyStretches(baseline), busyStretches(window)];
  for (const [old, now] of pairUp(baseline.operations, window.operations, keyOf)) {
    const it = now ?? old;
    if (it === undefined) continue;
    const place = { ...PLACE, workload: it.workload, subject: it.operation };
    const [a, b] = [countsAt(busy0, old?.requests), countsAt(busy1, now?.requests)];
    if (sum(a.counts) === 0) yield countChange('new-operation', place, a, b);
    else if (sum(b.counts) === 0) yield countChange('gone-operation', place, a, b);
    else yield countChange('rate', place, a, b);
  }
  for (const [workload, a, b] of workloads({ baseline, window })) {
    if (sum(a) > 0 === sum(b) > 0) continue;
    const kind = sum(a) === 0 ? 'new-workload' : 'gone-workload';
    yield countChange(kind, { ...PLACE, workload }, countsAt(busy0, a), countsAt(busy1, b));
  }
}

/** The requests of each workload by stretch, on both sides. */
function* workloads({ baseline, window }: Sides): Generator<[string, number[], number[]]> {
  const requestsOf = (side: Sides['window']) => {
    const byWorkload = new Map<string, number[]>();
    for (const { workload, requests } of side.operations) {
      const list = byWorkload.get(workload) ?? new Array<number>(side.stretches).fill(0);
      byWorkload.set(
        workload,
        list.map((n, i) => n + (requests[i] ?? 0)),
      );
    }
    return byWorkload;
  };
  const [old, now] = [requestsOf(baseline), requestsOf(window)];
  for (const workload of [...new Set([...old.keys(), ...now.keys()])].sort()) {
    yield [workload, old.get(workload) ?? [], now.get(workload) ?? []];
  }
}
