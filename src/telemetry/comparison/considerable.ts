import type { Aggregates } from './aggregates.ts';
import { distributionOf, quantileOf } from './distribution.ts';
import { type Histogram, middleOf } from './histogram.ts';
import type { Candidate } from './make-change.ts';

/** A duration, gap, metric or rate that moved by less than this factor is no finding, however sure it is. */
const LEAST_FACTOR = 1.25;

/** Nor is a gap or own time that moved by a lesser part of what a request to the called workload takes as a whole. */
const LEAST_PART = 0.1;

/** Nor a share that moved by less. */
const LEAST_SHARE = 0.02;

/** Whether two levels differ by enough to matter. */
export function isConsiderable(before: number, after: number): boolean {
  const [low, high] = [Math.min(before, after), Math.max(before, after)];
  return high > 0 && high / Math.max(low, Number.MIN_VALUE) >= LEAST_FACTOR;
}

/** Whether a change is large enough to matter, beside what is usual in the baseline. */
export function considerableIn(baseline: Aggregates): (change: Candidate) => boolean {
  const durations = new Map<string, Histogram[]>();
  for (const { workload, duration } of baseline.operations) {
    const known = durations.get(workload);
    if (known === undefined) durations.set(workload, [...duration]);
    else known.push(...duration);
  }
  const medianOf = (workload: string) =>
    middleOf(quantileOf([distributionOf(durations.get(workload) ?? [])], 0.5) ?? 0);
  return ({ kind, unit, workload, peer, before, after, sure, test }) => {
    if (kind === 'count') return test.delta !== 0 && (test.strength > 0 || !sure);
    if (test.strength <= 0) return false;
    if (unit === 'share') return Math.abs(after - before) >= LEAST_SHARE;
    if (kind === 'gap' && Math.abs(after - before) < LEAST_PART * medianOf(peer)) return false;
    if (kind === 'own-time' && Math.abs(after - before) < LEAST_PART * medianOf(workload)) return false;
    return isConsiderable(before, after);
  };
}
