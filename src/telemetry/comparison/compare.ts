import type { Aggregates } from './aggregates.ts';
import { callChanges } from './call-changes.ts';
import { type Change, type ChangeKind, FAILURES, failingWith } from './changes.ts';
import { considerableIn } from './considerable.ts';
import { heldTests } from './correction.ts';
import type { Candidate, Sides } from './make-change.ts';
import { metricChanges } from './metric-changes.ts';
import { isEventCounter, isStarvation } from './metric-meaning.ts';
import { operationChanges, trafficChanges } from './operation-changes.ts';
import { lineChanges, patternChanges } from './pattern-changes.ts';
import { podChanges } from './pod-changes.ts';

/**
 * The chance of a false change in each family of tests, 0.1 in all, and half of it for what can name a cause: weights
 * as in weighted Bonferroni (Genovese, Roeder & Wasserman, Biometrika 93, 2006), so that many patterns of INFO
 * don't hide an error. Likely failures (`isLikely`) come on top of it.
 */
const LEVELS: Readonly<Record<ChangeKind, number>> = {
  errors: 0.005,
  'error-pattern': 0.01,
  'error-lines': 0.002,
  'own-time': 0.015,
  gap: 0.01,
  'call-time': 0.005,
  'call-errors': 0.002,
  metric: 0.005,
  count: 0.002,
  duration: 0.01,
  'fewer-errors': 0.005,
  rate: 0.005,
  pattern: 0.01,
  lines: 0.005,
  'new-workload': 0.001,
  'gone-workload': 0.001,
  'new-operation': 0.002,
  'gone-operation': 0.002,
  'new-pod': 0.001,
  'gone-pod': 0.001,
};

/** The changes from one window to another, strongest first. Equal windows have none. */
export function compareWindows(baseline: Aggregates, window: Aggregates): readonly Change[] {
  const sides: Sides = { baseline, window };
  const families = new Map<ChangeKind, Candidate[]>();
  for (const make of MAKERS) {
    for (const change of make(sides)) {
      const family = families.get(change.kind);
      if (family === undefined) families.set(change.kind, [change]);
      else family.push(change);
    }
  }
  const sure = new Set(
    [...families].flatMap(([kind, family]) => {
      const tests = family.map(({ test }) => test);
      const held = heldTests(tests, LEVELS[kind]);
      return family.filter((_, i) => held[i]);
    }),
  );
  const sources = sourcesOf([...sure]);
  const slowed = slowedOf([...sure]);
  return [...families.values()]
    .flat()
    .flatMap((change) =>
      sure.has(change)
        ? [change]
        : isLikely(change) || isSource(change, sources) || isReason(change, slowed)
          ? [{ ...change, sure: false }]
          : [],
    )
    .filter(considerableIn(baseline))
    .filter(isNoSum)
    .map((candidate): Change => ({ ...candidate, onset: candidate.onset() }))
    .map((change) => ({ change, name: nameOf(change) }))
    .sort(
      ({ change: a, name: x }, { change: b, name: y }) =>
        b.test.strength - a.test.strength || a.test.p - b.test.p || (x < y ? -1 : 1),
    )
    .map(({ change }) => change);
}

/** A test of what a sure change points at stands for itself: there is one reason to look there. */
const POINTED_AT = 0.05;

/** The same for the few metrics that tell of a processor that is short. */
const REASON = 0.01;

/** The workloads whose failures come with those that changed for sure: tests of theirs are asked because of these. */
function sourcesOf(sure: readonly Candidate[]): ReadonlySet<string> {
  const failures = sure.filter(({ kind, test }) => FAILURES.has(kind) && test.delta > 0);
  return new Set(failures.flatMap((change) => failingWith(change)));
}

const isSource = ({ kind, workload, test }: Candidate, sources: ReadonlySet<string>): boolean =>
  FAILURES.has(kind) && test.delta > 0 && test.p <= POINTED_AT && sources.has(workload);

/** The workloads whose own time, or gaps to them, rose for sure: whether their processor is short is asked because of it. */
function slowedOf(sure: readonly Candidate[]): ReadonlySet<string> {
  const slow = sure.filter(({ kind, test }) => (kind === 'own-time' || kind === 'gap') && test.delta > 0);
  return new Set(slow.flatMap(({ workload, peer }) => [workload, peer]));
}

const isReason = ({ kind, workload, subject, test }: Candidate, slowed: ReadonlySet<string>): boolean =>
  kind === 'metric' && slowed.has(workload) && test.delta > 0 && test.p <= REASON && isStarvation(subject);

/** Of an own time of all operations together, only what none of them shows by itself. */
const isNoSum = ({ kind, workload, subject }: Candidate, _: number, all: readonly Candidate[]): boolean =>
  kind !== 'own-time' ||
  subject !== '' ||
  !all.some((each) => each.kind === kind && each.workload === workload && each.subject !== '');

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
function isLikely({ kind, subject, before, after, samples, test }: Candidate): boolean {
  if (before !== 0) return false;
  if (kind === 'count') return after > 0 && isEventCounter(subject);
  return (
    (kind === 'errors' || kind === 'error-pattern') &&
    after >= 1 / 3 &&
    after * samples[1] >= 2.5 &&
    test.p <= LIKELY
  );
}
