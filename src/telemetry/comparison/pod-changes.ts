import type { Aggregates, PodAggregate } from './aggregates.ts';
import { type Candidate, countChange, countsAt, PLACE, pairUp, type Sides } from './make-change.ts';
import { sum } from './test-result.ts';

/**
 * Pods that are in one of the windows alone, by their spans, logs and metrics, over the stretches in which their
 * workload recorded anything: what it does not do at all says nothing of its pods.
 */
export function* podChanges({ baseline, window }: Sides): Generator<Candidate> {
  const [busy0, busy1] = [busyByWorkload(baseline), busyByWorkload(window)];
  const [metered0, metered1] = [meteredPods(baseline), meteredPods(window)];
  for (const [old, now] of pairUp(baseline.pods, window.pods, keyOf)) {
    const it = now ?? old;
    if (it === undefined) continue;
    const a = countsAt(busy0.get(it.workload) ?? [], old?.records);
    const b = countsAt(busy1.get(it.workload) ?? [], now?.records);
    if (a.stretches.length === 0 || b.stretches.length === 0) continue;
    const [isOld, isNow] = [sum(a.counts) > 0, sum(b.counts) > 0];
    if (isOld === isNow || (isOld ? metered1 : metered0).has(nameOf(it))) continue;
    const place = { ...PLACE, workload: it.workload, pod: it.pod, subject: it.pod };
    yield countChange(isNow ? 'new-pod' : 'gone-pod', place, a, b);
  }
}

const keyOf = ({ workload, pod }: Pick<PodAggregate, 'workload' | 'pod'>) => [workload, pod];

const nameOf = (pod: Pick<PodAggregate, 'workload' | 'pod'>): string => JSON.stringify(keyOf(pod));

const meteredPods = ({ metrics }: Aggregates): ReadonlySet<string> => new Set(metrics.map(nameOf));

/** The stretches in which any pod of a workload recorded. */
function busyByWorkload({ pods, stretches }: Aggregates): ReadonlyMap<string, readonly number[]> {
  const records = new Map<string, number[]>();
  for (const { workload, records: own } of pods) {
    const all = records.get(workload) ?? new Array<number>(stretches).fill(0);
    records.set(
      workload,
      all.map((n, i) => n + (own[i] ?? 0)),
    );
  }
  return new Map(
    [...records].map(([workload, all]) => [workload, all.flatMap((n, i) => (n > 0 ? [i] : []))]),
  );
}
