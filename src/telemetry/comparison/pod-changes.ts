import type { PodAggregate } from './aggregates.ts';
import { busyStretches, type Candidate, countChange, PLACE, pairUp, type Sides } from './make-change.ts';
import { sum } from './test-result.ts';

/** Pods that recorded in one of the windows alone. */
export function* podChanges({ baseline, window }: Sides): Generator<Candidate> {
  const [busy0, busy1] = [busyStretches(baseline), busyStretches(window)];
  const keyOf = ({ workload, pod }: PodAggregate) => [workload, pod];
  for (const [old, now] of pairUp(baseline.pods, window.pods, keyOf)) {
    const it = now ?? old;
    if (it === undefined) continue;
    const a = busy0.map((i) => old?.records[i] ?? 0);
    const b = busy1.map((i) => now?.records[i] ?? 0);
    if (sum(a) > 0 === sum(b) > 0) continue;
    const place = { ...PLACE, workload: it.workload, pod: it.pod, subject: it.pod };
    yield countChange(sum(a) === 0 ? 'new-pod' : 'gone-pod', place, a, b);
  }
}
