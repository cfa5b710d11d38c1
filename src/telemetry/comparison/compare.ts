import type { Aggregates } from './aggregates.ts';
import { callChanges } from './call-changes.ts';
import type { Change, ChangeKind } from './changes.ts';
import { heldTests } from './correction.ts';
import { type Histogram, merge, middleOf, quantileBucket } from './histogram.ts';
import type { Sides } from './make-change.ts';
import { metricChanges } from './metric-changes.ts';
import { isEventCounter } from './metric-meaning.ts';
import { operationChanges, trafficChanges } from './operation-changes.ts';
import { lineChanges, patternChanges } from './pattern-changes.ts';
import { podChanges } from './pod-changes.ts';

/**
 * The chance of a false change in each family of tests, 0.1 in all, and a third of it for what can name a cause: weights
 * as in weighted Bonferroni (Genovese, Roeder & Wasserman, Biometrika 93, 2006), so that many patterns of INFO
 * don't hide an error. Likely failures (`isLikely`) come on top of it.
 */
const LEVELS: Readonly<Record<ChangeKind, number>> = {
  errors: 0.005,
  'error-pattern': 0.01,
  'error-lines': 0.002,
  'own-time': 0.005,
  gap: 0.005,
  'call-time': 0.005,
  'call-errors': 0.002,
  metric: 0.005,
  count: 0.002,
  duration: 0.015,
  'fewer-errors': 0.01,
  rate: 0.01,
  pattern: 0.01,
  lines: 0.005,
  'new-workload': 0.001,
  'gone-workload': 0.001,
  'new-operation': 0.002,
  'gone-operation': 0.002,
  'new-pod': 0.001,
  'gone-pod': 0.001,
};

/** A duration, gap, metric or rate that moved by less than this factor is no finding, however sure it is. */
const LEAST_FACTOR = 1.25;

/** Nor is a gap or own time that moved by a lesser part of what a request to the called workload takes as a whole. */
const LEAST_PART = 0.1;

/** Nor a share that moved by less. */
const LEAST_SHARE = 0.02;

/** The changes from one window to another, strongest first. Equal windows have none. */
export function compareWindows(baseline: Aggregates, window: Aggregates): readonly Change[] {
  const sides: Sides = { baseline, window };
  const families = new Map<ChangeKind, Change[]>();
  for (const make of MAKERS) {
    for (const change of make(sides)) {
      const family = families.get(change.kind);
      if (family === undefined) families.set(change.kind, [change]);
      else family.push(change);
    }
  }
  const isConsiderable = considerable(baseline);
  return [...families]
    .flatMap(([kind, family]) => {
      const held = heldTests(
        family.map(({ test }) => test),
        LEVELS[kind],
      );
      return family.flatMap((change, i) =>
        held[i] ? [change] : isLikely(change) ? [{ ...change, sure: false }] : [],
      );
    })
    .filter(isConsiderable)
    .map((change) => ({ change, name: nameOf(change) }))
    .sort(
      ({ change: a, name: x }, { change: b, name: y }) =>
        b.test.strength - a.test.strength || a.test.p - b.test.p || (x < y ? -1 : 1),
    )
    .map(({ change }) => change);
}

const MAKERS = [
  operationChanges,
  trafficChanges,
  callChanges,
  patternChanges,
  lineChanges,
  metricChanges,
  podChanges,
];

const nameOf = ({ kind, workload, peer, pod, operation, level, subject }: Change): string =>
  JSON.stringify([workload, peer, pod, kind, operation, level, subject]);

/** A single test of this level or less, not corrected for how many there are, makes a new failure likely. */
const LIKELY = 0.02;

/**
 * What is told though it is not proved: a failure that the baseline lacks, in at least a third of an operation's
 * requests, three or more of them; and a restart or the like where there was none, which is a fact by itself.
 */
function isLikely({ kind, subject, before, after, samples, test }: Change): boolean {
  if (before !== 0) return false;
  if (kind === 'count') return after > 0 && isEventCounter(subject);
  return (
    (kind === 'errors' || kind === 'error-pattern') &&
    after >= 1 / 3 &&
    after * samples[1] >= 2.5 &&
    test.p <= LIKELY
  );
}

/** Whether a change is large enough to matter, beside what is usual in the baseline. */
function considerable(baseline: Aggregates): (change: Change) => boolean {
  const medians = new Map<string, number>();
  const durations = new Map<string, Histogram>();
  for (const { workload, duration } of baseline.operations) {
    durations.set(workload, merge([durations.get(workload) ?? new Map(), ...duration]));
  }
  for (const [workload, histogram] of durations) {
    medians.set(workload, middleOf(quantileBucket(histogram, 0.5) ?? 0));
  }
  return ({ kind, unit, workload, peer, before, after, sure, test }) => {
    if (kind === 'count') return test.delta !== 0 && (test.strength > 0 || !sure);
    if (test.strength <= 0) return false;
    if (unit === 'share') return Math.abs(after - before) >= LEAST_SHARE;
    const [low, high] = [Math.min(before, after), Math.max(before, after)];
    const whole =
      kind === 'gap' ? medians.get(peer) : kind === 'own-time' ? medians.get(workload) : undefined;
    if (high - low < LEAST_PART * (whole ?? 0)) return false;
    return high > 0 && high / Math.max(low, Number.MIN_VALUE) >= LEAST_FACTOR;
  };
}
