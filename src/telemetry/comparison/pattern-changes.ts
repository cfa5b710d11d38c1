import type { Aggregates, LineAggregate, PatternAggregate } from './aggregates.ts';
import { type ByStretch, EVEN } from './dispersion.ts';
import {
  busyStretches,
  type Candidate,
  countChange,
  countsAt,
  failureNoise,
  NONE,
  PLACE,
  pairUp,
  type Sides,
  shareChange,
} from './make-change.ts';

/** Levels of lines that tell of a failure. */
export const ERROR_LEVELS: ReadonlySet<string> = new Set(['ERROR', 'FATAL', 'PANIC']);

/** Patterns that requests write, by request; those of an operation that one window lacks are no changes of it. */
export function* patternChanges({ baseline, window }: Sides): Generator<Candidate> {
  const requests = (side: Aggregates) =>
    new Map(side.operations.map((each) => [JSON.stringify([each.workload, each.operation]), each.requests]));
  const [before, after] = [requests(baseline), requests(window)];
  // Failures that come in bursts write their lines in bursts; other lines have no noise in common.
  const failures = failureNoise({ baseline, window });
  const keyOf = (each: PatternAggregate) => [each.workload, each.operation, each.level, each.pattern];
  for (const [old, now] of pairUp(baseline.patterns, window.patterns, keyOf)) {
    const it = now ?? old;
    if (it === undefined) continue;
    const operation = JSON.stringify([it.workload, it.operation]);
    const [of0, of1] = [before.get(operation), after.get(operation)];
    if (of0 === undefined || of1 === undefined) continue;
    const place = {
      ...PLACE,
      workload: it.workload,
      subject: it.pattern,
      operation: it.operation,
      level: it.level,
      failingBelow: now?.failingBelow ?? NONE,
    };
    const hits: ByStretch = [old?.requests ?? of0.map(() => 0), of0];
    const hitsNow: ByStretch = [now?.requests ?? of1.map(() => 0), of1];
    if (ERROR_LEVELS.has(it.level)) {
      yield shareChange('error-pattern', place, hits, hitsNow, failures, 'more');
      yield shareChange('fewer-errors', place, hits, hitsNow, failures, 'fewer');
    } else yield shareChange('pattern', place, hits, hitsNow, EVEN);
  }
}

/** Patterns of no known request, by time: over the stretches in which anything was recorded. */
export function* lineChanges({ baseline, window }: Sides): Generator<Candidate> {
  const [busy0, busy1] = [busyStretches(baseline), busyStretches(window)];
  const keyOf = ({ workload, level, pattern }: LineAggregate) => [workload, level, pattern];
  for (const [old, now] of pairUp(baseline.lines, window.lines, keyOf)) {
    const it = now ?? old;
    if (it === undefined) continue;
    const place = { ...PLACE, workload: it.workload, subject: it.pattern, level: it.level };
    const kind = ERROR_LEVELS.has(it.level) ? 'error-lines' : 'lines';
    yield countChange(kind, place, countsAt(busy0, old?.lines), countsAt(busy1, now?.lines));
  }
}
