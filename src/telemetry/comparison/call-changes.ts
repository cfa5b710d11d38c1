import type { Aggregates } from './aggregates.ts';
import { type ByStretch, commonDispersion } from './dispersion.ts';
import { type Candidate, PLACE, pairUp, type Sides, shareChange } from './make-change.ts';
import { type TimePair, timeChanges, timePair } from './time-changes.ts';

/** Gaps of calls between workloads, and times and failures of calls to what records no spans. */
export function* callChanges({ baseline, window }: Sides): Generator<Candidate> {
  const gaps: TimePair[] = [];
  for (const [before, after] of pairUp(baseline.calls, window.calls, ({ client, server }) => [
    client,
    server,
  ])) {
    if (before === undefined || after === undefined) continue;
    const place = { ...PLACE, workload: after.client, peer: after.server };
    gaps.push(timePair(place, before.gap, after.gap));
  }
  yield* timeChanges('gap', gaps);

  const failed = ({ unserved }: Aggregates) =>
    unserved.map(({ failed, calls }): ByStretch => [failed, calls]);
  const failures = commonDispersion(failed(baseline), failed(window));
  const times: TimePair[] = [];
  for (const [before, after] of pairUp(baseline.unserved, window.unserved, ({ client, peer }) => [
    client,
    peer,
  ])) {
    if (before === undefined || after === undefined) continue;
    const place = { ...PLACE, workload: after.client, peer: after.peer };
    const [old, now]: [ByStretch, ByStretch] = [
      [before.failed, before.calls],
      [after.failed, after.calls],
    ];
    yield shareChange('call-errors', place, old, now, failures, 'more');
    times.push(timePair(place, before.duration, after.duration));
  }
  yield* timeChanges('call-time', times);
}
