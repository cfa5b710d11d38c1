import type { Aggregates } from './aggregates.ts';
import type { Cause } from './causes.ts';
import { type Change, isWorse } from './changes.ts';
import { logChoose } from './distributions.ts';
import { measureOf } from './metric-meaning.ts';
import { ERROR_LEVELS } from './pattern-changes.ts';
import { sum } from './test-result.ts';

/** What a comparison can't tell, and why; names at most, the text is the renderer's. */
export type Untold =
  /** There is no baseline: nothing is recorded before the window. */
  | { readonly code: 'no-baseline' }
  /** Workloads with logs, or changes, and no spans of their own: neither their times nor their errors by request. */
  | { readonly code: 'no-spans'; readonly workloads: readonly string[] }
  /** Operations with so few requests that no change of theirs could be told from chance. */
  | { readonly code: 'few-requests'; readonly operations: readonly OperationRequests[] }
  /** Workloads with spans and no metrics: no resource pressure is seen there. */
  | { readonly code: 'no-metrics'; readonly workloads: readonly string[] }
  /** Failures that the baseline holds about as much, the most frequent of each workload: a cause that began earlier would not stand out. */
  | { readonly code: 'standing-failures'; readonly failures: readonly StandingFailure[] }
  /** Calls to what has a name and records no spans: what happens there is seen from outside alone. */
  | { readonly code: 'unrecorded-peers'; readonly calls: readonly { client: string; peer: string }[] }
  /** The strongest changes are there from the first stretch on: they may have begun before the window. */
  | { readonly code: 'began-earlier'; readonly workloads: readonly string[] }
  /** The gaps around a workload grew and it has no CPU metric: starved CPU would look as a slow network does. */
  | { readonly code: 'network-or-cpu'; readonly workloads: readonly string[] }
  /** The first causes are as well supported as one another. */
  | { readonly code: 'close-causes'; readonly workloads: readonly string[] };

export interface OperationRequests {
  readonly workload: string;
  readonly operation: string;
  readonly requests: readonly [baseline: number, window: number];
}

export interface StandingFailure {
  readonly workload: string;
  /** The operation, or the pattern of an error level. */
  readonly subject: string;
  /** Shares of requests, or lines by stretch. */
  readonly before: number;
  readonly after: number;
}

/** A share of failures, in both windows, that is worth a word. */
const STANDING = 0.02;

/** What became that much rarer does not stand any more. */
const FALLING = 0.5;

/** At most so many of each kind are named, those with the most requests first. */
const MOST_NAMED = 10;

/** By what part the second cause is weaker at most, to be as good as the first. */
const CLOSE = 0.1;

/** What a clear difference of all values would have to reach, about, among many operations. */
const LEAST_CHANCE = 1e-4;

/** What can't be told from these windows. */
export function untoldOf(
  baseline: Aggregates | undefined,
  window: Aggregates,
  changes: readonly Change[],
  causes: readonly Cause[],
): readonly Untold[] {
  if (baseline === undefined) return [{ code: 'no-baseline' }];
  const all: readonly (Untold | undefined)[] = [
    closeCauses(causes),
    beganEarlier(causes),
    networkOrCpu(causes, window),
    standingFailures(baseline, window, changes),
    noSpans(window, changes),
    noMetrics(window),
    fewRequests(baseline, window),
    unrecordedPeers(window),
  ];
  return all.filter((each) => each !== undefined);
}

function closeCauses([first, second]: readonly Cause[]): Untold | undefined {
  if (first === undefined || second === undefined || second.score < (1 - CLOSE) * first.score)
    return undefined;
  return { code: 'close-causes', workloads: [first.workload, second.workload] };
}

function beganEarlier(causes: readonly Cause[]): Untold | undefined {
  const workloads = causes
    .filter(({ evidence }) => evidence.length > 0 && evidence.every(({ onset }) => onset === 0))
    .map(({ workload }) => workload);
  return workloads.length === 0 ? undefined : { code: 'began-earlier', workloads };
}

function networkOrCpu(causes: readonly Cause[], { metrics }: Aggregates): Untold | undefined {
  const measured = new Set(
    metrics
      .filter(({ name }) => ['cpu', 'throttling'].includes(measureOf(name)))
      .map(({ workload }) => workload),
  );
  const workloads = causes
    .filter(
      ({ kind, workload }) => (kind === 'network' || kind === 'unrecorded peer') && !measured.has(workload),
    )
    .map(({ workload }) => workload);
  return workloads.length === 0 ? undefined : { code: 'network-or-cpu', workloads };
}

function standingFailures(
  baseline: Aggregates,
  window: Aggregates,
  changes: readonly Change[],
): Untold | undefined {
  const changed = new Set(
    changes
      .filter((change) => isWorse(change) || change.kind === 'fewer-errors')
      .map(({ workload, subject }) => JSON.stringify([workload, subject])),
  );
  const failures = new Map<string, StandingFailure & { readonly weight: number }>();
  const add = (workload: string, subject: string, before: number, after: number, weight: number) => {
    const isFalling = after < FALLING * before;
    if (changed.has(JSON.stringify([workload, subject]))) return;
    if (before < STANDING || after < STANDING || isFalling) return;
    const known = failures.get(workload);
    if (known !== undefined && known.weight >= weight) return;
    failures.set(workload, { workload, subject, before, after, weight });
  };
  const share = (hits: readonly number[] = [], of: readonly number[] = []) =>
    sum(hits) / Math.max(1, sum(of));
  const old = new Map(
    baseline.operations.map((each) => [JSON.stringify([each.workload, each.operation]), each]),
  );
  const now = new Map(
    window.operations.map((each) => [JSON.stringify([each.workload, each.operation]), each]),
  );
  for (const [key, { workload, operation, failed, requests }] of now) {
    const was = old.get(key);
    add(workload, operation, share(was?.failed, was?.requests), share(failed, requests), sum(failed));
  }
  const written = new Map(
    baseline.patterns.map((each) => [
      JSON.stringify([each.workload, each.operation, each.level, each.pattern]),
      each,
    ]),
  );
  for (const { workload, operation, level, pattern, requests } of window.patterns) {
    if (!ERROR_LEVELS.has(level)) continue;
    const key = JSON.stringify([workload, operation]);
    const was = written.get(JSON.stringify([workload, operation, level, pattern]));
    const before = share(was?.requests, old.get(key)?.requests);
    add(workload, pattern, before, share(requests, now.get(key)?.requests), sum(requests));
  }
  const named = [...failures.values()]
    .sort((a, b) => b.weight - a.weight || (a.workload + a.subject < b.workload + b.subject ? -1 : 1))
    .slice(0, MOST_NAMED)
    .map(({ workload, subject, before, after }) => ({ workload, subject, before, after }));
  return named.length === 0 ? undefined : { code: 'standing-failures', failures: named };
}

const spanned = ({ operations, calls, unserved }: Aggregates): ReadonlySet<string> =>
  new Set([
    ...operations.map(({ workload }) => workload),
    ...calls.map(({ client }) => client),
    ...unserved.map(({ client }) => client),
  ]);

function noSpans(window: Aggregates, changes: readonly Change[]): Untold | undefined {
  const known = spanned(window);
  const others = [...window.patterns, ...window.lines, ...changes]
    .map(({ workload }) => workload)
    .filter((workload) => workload !== '' && !known.has(workload));
  const workloads = [...new Set(others)].sort();
  return workloads.length === 0 ? undefined : { code: 'no-spans', workloads };
}

function noMetrics(window: Aggregates): Untold | undefined {
  const measured = new Set(window.metrics.map(({ workload }) => workload));
  const workloads = [...spanned(window)].filter((workload) => !measured.has(workload)).sort();
  return workloads.length === 0 ? undefined : { code: 'no-metrics', workloads };
}

function fewRequests(baseline: Aggregates, window: Aggregates): Untold | undefined {
  const old = new Map(
    baseline.operations.map((each) => [JSON.stringify([each.workload, each.operation]), sum(each.requests)]),
  );
  const operations = window.operations
    .map(({ workload, operation, requests }): OperationRequests => {
      const before = old.get(JSON.stringify([workload, operation])) ?? 0;
      return { workload, operation, requests: [before, sum(requests)] };
    })
    .filter(({ requests: [n0, n1] }) => n0 > 0 && n1 > 0 && -logChoose(n0 + n1, n1) > Math.log(LEAST_CHANCE))
    .sort(
      (a, b) =>
        b.requests[1] - a.requests[1] || (a.workload + a.operation < b.workload + b.operation ? -1 : 1),
    );
  return operations.length === 0 ? undefined : { code: 'few-requests', operations };
}

function unrecordedPeers({ unserved }: Aggregates): Untold | undefined {
  const calls = unserved
    .map(({ client, peer, calls }) => ({ client, peer, weight: sum(calls) }))
    .filter(({ peer, weight }) => peer !== '' && weight > 0)
    .sort((a, b) => b.weight - a.weight || (a.client + a.peer < b.client + b.peer ? -1 : 1))
    .slice(0, MOST_NAMED)
    .map(({ client, peer }) => ({ client, peer }));
  return calls.length === 0 ? undefined : { code: 'unrecorded-peers', calls };
}
