import type {
  Aggregates,
  FailingBelow,
  MetricAggregate,
  OperationAggregate,
  PatternAggregate,
} from './aggregates.ts';
import type { Change, ChangeKind } from './changes.ts';
import { heldTests } from './correction.ts';
import { countAbove, type Histogram, merge, middleOf, quantileBucket, sizeOf } from './histogram.ts';
import { onsetOf } from './onset.ts';
import {
  compareLevels,
  compareShares,
  compareValues,
  dispersionOf,
  median,
  type Side,
  sum,
} from './two-sample-tests.ts';

/**
 * The chance of a false change in each family of tests, 0.1 in all, and half of it for what can name a cause: weights
 * as in weighted Bonferroni (Genovese, Roeder & Wasserman, Biometrika 93, 2006), so that many patterns of INFO
 * don't hide an error. Likely failures (`isLikely`) come on top of it.
 */
const LEVELS: Readonly<Record<ChangeKind, number>> = {
  errors: 0.01,
  'error-pattern': 0.025,
  'own-time': 0.005,
  gap: 0.005,
  metric: 0.005,
  duration: 0.015,
  'fewer-errors': 0.01,
  rate: 0.01,
  pattern: 0.01,
  'error-lines': 0.005,
  lines: 0.005,
  'call-time': 0.005,
  'call-errors': 0.005,
  count: 0.005,
  'new-workload': 0.001,
  'gone-workload': 0.001,
  'new-operation': 0.002,
  'gone-operation': 0.002,
  'new-pod': 0.001,
  'gone-pod': 0.001,
};

/** A duration, gap or metric that moved by less than this factor is no finding, however sure it is. */
const LEAST_FACTOR = 1.25;

/** Nor is a gap or time that moved by less, ns. */
const LEAST_TIME = 1e6;

/** Nor a share that moved by less. */
const LEAST_SHARE = 0.02;

const ERROR_LEVELS = new Set(['ERROR', 'FATAL', 'PANIC']);

/** The changes from one window to another, strongest first. Equal windows have none. */
export function compareWindows(baseline: Aggregates, window: Aggregates): readonly Change[] {
  const sides: Sides = { baseline, window };
  const candidates = [
    ...operationChanges(sides),
    ...gapChanges(sides),
    ...patternChanges(sides),
    ...metricChanges(sides),
    ...rateChanges(sides),
  ];
  const kinds = [...new Set(candidates.map(({ kind }) => kind))];
  return kinds
    .flatMap((kind) => {
      const family = candidates.filter((change) => change.kind === kind);
      const held = heldTests(
        family.map(({ test }) => test),
        LEVELS[kind],
      );
      return family.flatMap((change, i) =>
        held[i] ? [change] : isLikely(change) ? [{ ...change, sure: false }] : [],
      );
    })
    .filter(isConsiderable)
    .sort(
      (a, b) => b.test.strength - a.test.strength || a.test.p - b.test.p || (nameOf(a) < nameOf(b) ? -1 : 1),
    );
}

/** A single test of this level or less, not corrected for how many there are, makes a new failure likely. */
const LIKELY = 0.02;

/** A failure that the baseline lacks, in at least a third of an operation's requests, three or more of them. */
const isLikely = ({ kind, before, after, samples, test }: Change): boolean =>
  (kind === 'errors' || kind === 'error-pattern') &&
  before === 0 &&
  after >= 1 / 3 &&
  after * samples[1] >= 2.5 &&
  test.p <= LIKELY;

interface Sides {
  readonly baseline: Aggregates;
  readonly window: Aggregates;
}

const nameOf = ({ kind, workload, peer, operation, subject }: Change): string =>
  JSON.stringify([workload, peer, kind, operation, subject]);

function isConsiderable({ kind, before, after, test }: Change): boolean {
  if (test.strength <= 0) return false;
  if (kind === 'errors' || kind === 'error-pattern' || kind === 'fewer-errors' || kind === 'pattern') {
    return Math.abs(after - before) >= LEAST_SHARE;
  }
  const [low, high] = [Math.min(before, after), Math.max(before, after)];
  if (kind !== 'metric' && kind !== 'rate' && high - low < LEAST_TIME) return false;
  return high > 0 && high / Math.max(low, Number.MIN_VALUE) >= LEAST_FACTOR;
}

function* operationChanges(sides: Sides): Generator<Change> {
  const pairs = pairUp(sides.baseline.operations, sides.window.operations, ({ workload, operation }) => [
    workload,
    operation,
  ]);
  for (const [before, after] of pairs) {
    if (before === undefined || after === undefined) continue;
    const { workload, operation } = after;
    const place = { ...PLACE, workload, subject: operation, failingBelow: after.failingBelow };
    yield shareChange(
      'errors',
      place,
      [before.failed, before.requests],
      [after.failed, after.requests],
      'more',
    );
    yield* valueChange('duration', place, before.duration, after.duration);
    yield* valueChange('own-time', place, before.own, after.own);
  }
}

function* gapChanges(sides: Sides): Generator<Change> {
  for (const [before, after] of pairUp(sides.baseline.calls, sides.window.calls, ({ client, server }) => [
    client,
    server,
  ])) {
    if (before === undefined || after === undefined) continue;
    const place = { ...PLACE, workload: after.client, peer: after.server };
    yield* valueChange('gap', place, before.gap, after.gap);
  }
}

function* patternChanges(sides: Sides): Generator<Change> {
  const requests = (side: Aggregates) =>
    new Map(side.operations.map((each) => [JSON.stringify([each.workload, each.operation]), each.requests]));
  const [before, after] = [requests(sides.baseline), requests(sides.window)];
  const key = ({ workload, operation, level, pattern }: PatternAggregate) => [
    workload,
    operation,
    level,
    pattern,
  ];
  for (const [old, now] of pairUp(sides.baseline.patterns, sides.window.patterns, key)) {
    const it = now ?? old;
    if (it === undefined) continue;
    const operation = JSON.stringify([it.workload, it.operation]);
    const [of0, of1] = [before.get(operation), after.get(operation)];
    // Without requests on both sides a share says nothing: a new operation is no change of this one.
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
      yield shareChange('error-pattern', place, hits, hitsNow, 'more');
      yield shareChange('fewer-errors', place, hits, hitsNow, 'fewer');
    } else yield shareChange('pattern', place, hits, hitsNow);
  }
}

/** The least spread of a rate of requests between stretches, as a factor. */
const RATE_NOISE = Math.log(1.2);

/** Rates of requests, over the stretches in which anything at all was served. */
function* rateChanges({ baseline, window }: Sides): Generator<Change> {
  const busy = (side: Aggregates) =>
    Array.from({ length: side.stretches }, (_, i) => i).filter((i) =>
      side.operations.some(({ requests }) => (requests[i] ?? 0) > 0),
    );
  const [busy0, busy1] = [busy(baseline), busy(window)];
  const key = ({ workload, operation }: OperationAggregate) => [workload, operation];
  for (const [old, now] of pairUp(baseline.operations, window.operations, key)) {
    const it = now ?? old;
    if (it === undefined) continue;
    const a = busy0.map((i) => old?.requests[i] ?? 0);
    const b = busy1.map((i) => now?.requests[i] ?? 0);
    if (a.length < 2 || b.length < 2) continue;
    const [before, after] = [median(a), median(b)];
    const begun = b.findIndex((n) => (after > before ? n > (before + after) / 2 : n < (before + after) / 2));
    yield {
      ...PLACE,
      kind: 'rate',
      unit: 'per-stretch',
      workload: it.workload,
      subject: it.operation,
      before,
      after,
      samples: [a.length, b.length],
      onset: busy1[Math.max(0, begun)] ?? 0,
      test: compareLevels(a.map(Math.log1p), b.map(Math.log1p), RATE_NOISE),
      sure: true,
    };
  }
}

/** The least spread of a metric, as a factor. */
const METRIC_NOISE = Math.log(1.1);

/** From how many series of a name on their own changes tell what is usual. */
const PEERS = 8;

/**
 * Metrics are compared by their logarithm. Where a metric has many series, most have nothing to do with a fault: their
 * median change is taken off each, and their spread is the least noise (an empirical null, Efron, JASA 99, 2004).
 */
function* metricChanges({ baseline, window }: Sides): Generator<Change> {
  const key = ({ workload, pod, name, labels }: MetricAggregate) => [workload, pod, name, labels];
  const byName = new Map<string, MetricPair[]>();
  for (const [old, now] of pairUp(baseline.metrics, window.metrics, key)) {
    if (old === undefined || now === undefined || old.samples.length < 2 || now.samples.length < 2) continue;
    const name = JSON.stringify([now.name, now.labels]);
    byName.set(name, [...(byName.get(name) ?? []), { old: old.samples, now }]);
  }
  for (const pairs of byName.values()) yield* changesOfMetric(pairs);
}

interface MetricPair {
  readonly old: MetricAggregate['samples'];
  readonly now: MetricAggregate;
}

function* changesOfMetric(pairs: readonly MetricPair[]): Generator<Change> {
  const levels = pairs.map(({ old, now }) => ({
    a: old.map(([, v]) => v),
    b: now.samples.map(([, v]) => v),
    now,
  }));
  const sizes = levels.flatMap(({ a, b }) => [median(a), median(b)].map(Math.abs)).filter((size) => size > 0);
  // What is far below the usual size of a metric counts as nothing, and zero has a logarithm.
  const base = sizes.length === 0 ? 1 : 0.1 * median(sizes);
  const log = (value: number) => Math.sign(value) * Math.log1p(Math.abs(value) / base);
  const shifts = levels.map(({ a, b }) => median(b.map(log)) - median(a.map(log)));
  const usual = pairs.length < PEERS ? 0 : median(shifts);
  const noise = pairs.length < PEERS ? 0 : 1.4826 * median(shifts.map((shift) => Math.abs(shift - usual)));
  for (const { a, b, now } of levels) {
    const [before, after] = [median(a), median(b)];
    const test = compareLevels(
      a.map(log),
      b.map((value) => log(value) - usual),
      Math.max(METRIC_NOISE, noise / Math.sqrt(1 / a.length + 1 / b.length)),
    );
    const middle = (before + after) / 2;
    const beyond = now.samples.find(([, v]) => (after > before ? v > middle : v < middle));
    yield {
      ...PLACE,
      kind: 'metric',
      unit: 'metric',
      workload: now.workload,
      pod: now.pod,
      subject: now.labels === '' ? now.name : `${now.name}{${now.labels}}`,
      before,
      after,
      samples: [a.length, b.length],
      onset: beyond?.[0] ?? 0,
      test,
      sure: true,
    };
  }
}

const NONE: FailingBelow = new Map();

type Place = Pick<Change, 'workload' | 'peer' | 'pod' | 'subject' | 'operation' | 'level' | 'failingBelow'>;
const PLACE: Place = {
  workload: '',
  peer: '',
  pod: '',
  subject: '',
  operation: '',
  level: '',
  failingBelow: NONE,
};
type ByStretch = readonly [hits: readonly number[], of: readonly number[]];

function shareChange(
  kind: ChangeKind,
  place: Place,
  [hits0, of0]: ByStretch,
  [hits1, of1]: ByStretch,
  side: Side = 'both',
): Change {
  const of: [number, number] = [sum(of0), sum(of1)];
  const hits: [number, number] = [Math.min(sum(hits0), of[0]), Math.min(sum(hits1), of[1])];
  return {
    kind,
    unit: 'share',
    ...place,
    before: of[0] === 0 ? 0 : hits[0] / of[0],
    after: of[1] === 0 ? 0 : hits[1] / of[1],
    samples: of,
    onset: onsetOf([sum(hits0), ...hits1], [of[0], ...of1], 1) - 1,
    test: compareShares({ hits, of }, dispersionOf(hits0, of0), side),
    sure: true,
  };
}

function* valueChange(
  kind: ChangeKind,
  place: Place,
  old: readonly Histogram[],
  now: readonly Histogram[],
): Generator<Change> {
  const [a, b] = [merge(old), merge(now)];
  const limit = quantileBucket(merge([a, b]), 0.5);
  const usual = quantileBucket(a, 0.5);
  if (limit === undefined || usual === undefined || sizeOf(b) === 0) return;
  const above = (each: Histogram) => countAbove(each, limit);
  const dispersion = dispersionOf(
    old.map((each) => countAbove(each, usual)),
    old.map(sizeOf),
  );
  const test = compareValues(a, b, dispersion);
  const q = test.at ?? 0.5;
  yield {
    kind,
    unit: 'ns',
    ...place,
    quantile: q,
    before: middleOf(quantileBucket(a, q) ?? 0),
    after: middleOf(quantileBucket(b, q) ?? 0),
    samples: [sizeOf(a), sizeOf(b)],
    onset: onsetOf([above(a), ...now.map(above)], [sizeOf(a), ...now.map(sizeOf)], 1) - 1,
    test,
    sure: true,
  };
}

/** The members of both sides that have the same key, in the order of the keys. */
function pairUp<T>(
  before: readonly T[],
  after: readonly T[],
  keyOf: (each: T) => readonly string[],
): [T | undefined, T | undefined][] {
  const byKey = (members: readonly T[]) =>
    new Map(members.map((each) => [JSON.stringify(keyOf(each)), each]));
  const [old, now] = [byKey(before), byKey(after)];
  return [...new Set([...old.keys(), ...now.keys()])].sort().map((key) => [old.get(key), now.get(key)]);
}
