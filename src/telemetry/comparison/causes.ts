import type { Aggregates } from './aggregates.ts';
import { type CallGraph, callGraph } from './call-graph.ts';
import { bestOf, type Change, FAILURES, failingWith, failuresOf, isWorse } from './changes.ts';
import { NEAR_LIMIT } from './limit-shares.ts';
import { type LinkPlace, linkPlaces } from './link-causes.ts';
import { isPressure, limitShareOf } from './metric-meaning.ts';
import { ERROR_LEVELS } from './pattern-changes.ts';
import { sum } from './test-result.ts';

export type CauseKind =
  /** CPU, memory or the like, with or without slower requests. */
  | 'resource pressure'
  /** What was counted rises: restarts, OOM kills. */
  | 'restarts'
  /** Gaps of most calls to and from a workload, or of one link (`peer`). */
  | 'network'
  /** Its own time rose. */
  | 'code path'
  /** Its requests do not write lines that they always wrote: they take another way through the code. */
  | 'missing lines'
  /** It fails, or logs errors, by itself. */
  | 'errors'
  /** It records no spans, and calls to it are slower or fail; `workload` is the peer as its callers name it. */
  | 'unrecorded peer'
  /** It is there no more. */
  | 'gone';

/** What a set of changes suggests, in one place. */
export interface Cause {
  readonly kind: CauseKind;
  readonly workload: string;
  /** The other end, where only the calls between two workloads changed; empty otherwise. */
  readonly peer: string;
  /** 0 to 1: how strong the changes are together, less what another cause explains. */
  readonly score: number;
  /** The called workload whose own changes may be what this one shows; empty for none. */
  readonly explainedBy: string;
  readonly evidence: readonly Change[];
}

/** How much of a change counts that a called workload explains: by failing itself, by being slow, by not being there. */
const EXPLAINED = 0.3;
const EXPLAINED_BY_SLOWNESS = 0.5;

/** Calls that are refused explain failures of which they are at least this share. */
const TOGETHER = 0.5;

/** What is less is too little to name a cause. */
const LEAST_SCORE = 0.05;

/** Evidence that alone is often harmless: a resource in use, a line that is written no more. */
const ALONE = 0.6;

/** By what factor a resource must be used more than the traffic tells: beside slower requests, and alone. */
const PRESSURE = 1.5;
const PRESSURE_ALONE = 2;

/** A pattern vanished where it was in at least half of the requests, and is in half as many at most. */
const USUAL = 0.5;

interface Findings {
  readonly worse: readonly Change[];
  readonly changes: readonly Change[];
  readonly graph: CallGraph;
  readonly places: readonly LinkPlace[];
  /** Workloads that fail, and those that show something else of their own. */
  readonly failing: ReadonlySet<string>;
  readonly suffering: ReadonlySet<string>;
  /** Requests of the window by those of the baseline, by stretch. */
  readonly traffic: (workload: string) => number;
}

/**
 * What the changes suggest, best supported first; one cause for a place. A workload's own errors, own time and resources
 * speak for it; errors that it shows while one that it calls shows them too, in the same traces, are taken for the called
 * one's. Gaps that grew on most links of one workload speak for its network, and with a busier processor or a longer
 * own time for that; those of one link for what is between the two.
 *
 * @param baseline tells how much more traffic there is.
 */
export function namedCauses(
  changes: readonly Change[],
  window: Aggregates,
  baseline: Aggregates,
): readonly Cause[] {
  const worse = changes.filter(isWorse);
  const graph = callGraph(window);
  const traffic = trafficOf(baseline, window);
  const pressed = worse.filter((each) => pressureOf(each, traffic) >= PRESSURE);
  const slow = worse.filter(({ kind }) => kind === 'own-time');
  const suspects = new Set([...pressed, ...slow].map(({ workload }) => workload));
  const places = linkPlaces(
    worse.filter(({ kind }) => kind === 'gap' || kind === 'call-time' || kind === 'call-errors'),
    graph,
    suspects,
  );
  const failing = new Set(worse.filter(isFailure).map(({ workload }) => workload));
  const suffering = new Set([
    ...suspects,
    ...worse.filter(({ kind }) => kind === 'count').map(({ workload }) => workload),
    ...places.map(({ workload }) => workload),
    ...changes.filter(({ kind }) => kind === 'gone-workload').map(({ workload }) => workload),
  ]);
  const findings = { worse, changes, graph, places, failing, suffering, traffic };
  const workloads = new Set([...changes, ...places].map(({ workload }) => workload));
  return [...workloads]
    .flatMap((workload) => {
      const [best] = [...causesAt(workload, findings)].sort((a, b) => b.score - a.score);
      return best === undefined || best.score < LEAST_SCORE ? [] : [best];
    })
    .sort((a, b) => b.score - a.score || (`${a.workload} ${a.peer}` < `${b.workload} ${b.peer}` ? -1 : 1));
}

function* causesAt(workload: string, findings: Findings): Generator<Cause> {
  const { worse, changes, places, graph } = findings;
  const here = worse.filter((change) => change.workload === workload);
  const errors = here.filter(isFailure);
  const slow = here.filter(({ kind }) => kind === 'own-time');
  const links = places.filter((place) => place.workload === workload);
  const gaps = links.flatMap(({ evidence }) => evidence);
  const linkScore = Math.max(0, ...links.map(({ score }) => score));
  const pressed = here.filter((each) => pressureOf(each, findings.traffic) >= PRESSURE);
  const cause = (kind: CauseKind, score: number, evidence: readonly Change[], more: Partial<Cause> = {}) => ({
    ...{ kind, workload, peer: '', score, explainedBy: '', evidence },
    ...more,
  });

  if (slow.length + gaps.length > 0) {
    const together = either(bestOf(slow), linkScore, bestOf(pressed));
    const evidence = [...pressed, ...slow, ...gaps];
    const isStarved = pressed.length > 0 || (slow.length > 0 && links.some(({ peer }) => peer === ''));
    if (isStarved) yield cause('resource pressure', together, evidence);
    else if (gaps.length > 0) {
      const kind = graph.recorded.has(workload) ? 'network' : 'unrecorded peer';
      yield cause(kind, linkScore, gaps, { peer: links[0]?.peer ?? '' });
    }
    if (!isStarved && slow.length > 0) yield cause('code path', bestOf(slow), slow);
  }
  const alone = pressed.filter((each) => pressureOf(each, findings.traffic) >= PRESSURE_ALONE);
  if (alone.length > 0) yield cause('resource pressure', ALONE * bestOf(alone), alone);

  if (errors.length > 0) {
    const judged = errors
      .map((each) => ({ ...explanationOf(each, findings), strength: each.test.strength }))
      .map(({ by, weight, strength }) => ({ explainedBy: by, score: weight * strength }))
      .sort((a, b) => b.score - a.score);
    const [top] = judged;
    if (top !== undefined) {
      const score = top.explainedBy === '' ? either(top.score, bestOf(slow)) : top.score;
      yield cause('errors', score, [...errors, ...slow], { explainedBy: top.explainedBy });
    }
  }
  const counted = here.filter(({ kind }) => kind === 'count');
  const own = errors.filter((each) => explanationOf(each, findings).by === '');
  const rest = [...own, ...slow, ...gaps, ...pressed];
  if (counted.length > 0 && (rest.length > 0 || counted.some(({ sure }) => sure))) {
    yield cause('restarts', either(ALONE, bestOf(rest)), [...counted, ...rest]);
  }
  yield* absences(
    workload,
    findings,
    changes.filter((change) => change.workload === workload),
  );
}

/** What is not there any more: the workload as a whole, or lines that its requests always wrote. */
function* absences(workload: string, findings: Findings, here: readonly Change[]): Generator<Cause> {
  const { graph, failing, suffering, worse } = findings;
  const callees = [...(graph.called.get(workload) ?? [])].sort();
  const gone = here.filter(({ kind }) => kind === 'gone-workload' || kind === 'gone-pod');
  if (gone.some(({ kind }) => kind === 'gone-workload')) {
    const refused = worse.filter(({ kind, peer }) => kind === 'call-errors' && peer === workload);
    const score = refused.length > 0 ? bestOf([...gone, ...refused]) : ALONE * bestOf(gone);
    yield { kind: 'gone', workload, peer: '', score, explainedBy: '', evidence: [...gone, ...refused] };
  }
  const vanished = here.filter(isVanished);
  if (vanished.length > 0) {
    const others = new Set(findings.changes.filter(isVanished).map((change) => change.workload));
    const explainedBy =
      callees.find((peer) => failing.has(peer) || suffering.has(peer) || others.has(peer)) ?? '';
    const score = bestOf(vanished) * (explainedBy === '' ? ALONE : ALONE * EXPLAINED);
    yield { kind: 'missing lines', workload, peer: '', score, explainedBy, evidence: vanished };
  }
}

interface Explanation {
  readonly by: string;
  readonly weight: number;
}

/** The called workload that a failure comes from, and how much of the failure is left to this one. */
function explanationOf(change: Change, { graph, failing, suffering, worse }: Findings): Explanation {
  const { workload, failingBelow } = change;
  const callees = graph.called.get(workload) ?? new Set();
  const failures = failuresOf(change);
  const below = failingWith(change).find((peer) => callees.has(peer) && failing.has(peer));
  if (below !== undefined) return { by: below, weight: EXPLAINED };
  const refused = worse.find(
    (each) =>
      each.kind === 'call-errors' && each.workload === workload && failuresOf(each) >= TOGETHER * failures,
  );
  if (refused !== undefined) return { by: refused.peer, weight: EXPLAINED };
  const slow = [...callees].sort().find((peer) => suffering.has(peer));
  if (slow !== undefined) return { by: slow, weight: EXPLAINED_BY_SLOWNESS };
  // Called workloads fail with it, each too little to stand out.
  const [most] = [...failingBelow].filter(([peer]) => callees.has(peer)).sort(([, a], [, b]) => b - a);
  const together = [...failingBelow].reduce(
    (total, [peer, count]) => total + (callees.has(peer) ? count : 0),
    0,
  );
  return most !== undefined && together >= TOGETHER * failures
    ? { by: most[0], weight: EXPLAINED }
    : { by: '', weight: 1 };
}

const isFailure = ({ kind }: Change): boolean => FAILURES.has(kind) || kind === 'error-lines';

const isVanished = ({ kind, level, before, after }: Change): boolean =>
  kind === 'pattern' && !ERROR_LEVELS.has(level) && before >= USUAL && after <= before / 2;

/**
 * By what factor a resource is used more than the traffic tells; 0 for what is no resource. What comes near its limit is
 * pressed, traffic or not.
 */
function pressureOf(
  { kind, workload, subject, before, after }: Change,
  traffic: Findings['traffic'],
): number {
  if (kind !== 'metric' || !isPressure(subject)) return 0;
  const factor = after / Math.max(before, Number.MIN_VALUE) / Math.max(1, traffic(workload));
  const share = limitShareOf(subject);
  const isNear = share !== undefined && after >= NEAR_LIMIT * share.whole;
  return isNear ? Math.max(PRESSURE, factor) : factor;
}

/** The probability that at least one of independent events is. */
const either = (...parts: readonly number[]): number =>
  1 - parts.reduce((rest, part) => rest * (1 - part), 1);

function trafficOf(baseline: Aggregates, window: Aggregates): (workload: string) => number {
  const counts = ({ operations }: Aggregates) => {
    const byWorkload = new Map<string, number>();
    for (const { workload, requests } of operations) {
      byWorkload.set(workload, (byWorkload.get(workload) ?? 0) + sum(requests));
    }
    return byWorkload;
  };
  const [before, after] = [counts(baseline), counts(window)];
  return (workload) => {
    const was = (before.get(workload) ?? 0) / baseline.stretches;
    return was === 0 ? 1 : (after.get(workload) ?? 0) / window.stretches / was;
  };
}
