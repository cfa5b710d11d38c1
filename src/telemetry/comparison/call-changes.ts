import type { Aggregates } from './aggregates.ts';
import type { Change } from './changes.ts';
import { commonDispersion } from './dispersion.ts';
import type { Histogram } from './histogram.ts';
import { commonNoise, PLACE, pairUp, type Sides, shareChange, valueChange } from './make-change.ts';

/** Gaps of calls between workloads, and times and failures of calls to what records no spans. */
export function* callChanges({ baseline, window }: Sides): Generator<Change> {
  const noiseOf = (rows: (side: Aggregates) => (readonly Histogram[])[]) =>
    commonNoise(rows(baseline), rows(window));
  const failed = (side: Aggregates) => side.unserved.map(({ failed, calls }) => [failed, calls] as const);
  const calls = pairUp(baseline.calls, window.calls, ({ client, server }) => [client, server]);
  const gaps = noiseOf(({ calls }) => calls.map(({ gap }) => gap));
  for (const [before, after] of calls) {
    if (before === undefined || after === undefined) continue;
    yield* valueChange(
      'gap',
      { ...PLACE, workload: after.client, peer: after.server },
      before.gap,
      after.gap,
      gaps,
    );
  }
  const unserved = pairUp(baseline.unserved, window.unserved, ({ client, peer }) => [client, peer]);
  const times = noiseOf(({ unserved }) => unserved.map(({ duration }) => duration));
  const failures = commonDispersion(failed(baseline), failed(window));
  for (const [before, after] of unserved) {
    if (before === undefined || after === undefined) continue;
    const place = { ...PLACE, workload: after.client, peer: after.peer };
    yield* valueChange('call-time', place, before.duration, after.duration, times);
    yield shareChange(
      'call-errors',
      place,
      [before.failed, before.calls],
      [after.failed, after.calls],
      failures,
      'more',
    );
  }
}
