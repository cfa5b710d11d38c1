import type { Aggregates } from './aggregates.ts';
import { type Change, isWorse } from './changes.ts';

export type CauseKind =
  /** CPU, memory or the like, with or without slower requests. */
  | 'resource pressure'
  /** What was counted rises: restarts, OOM kills. */
  | 'restarts'
  /** Gaps of most calls to and from a workload, or of one link (`peer`). */
  | 'network'
  /** Its own time rose. */
  | 'code path'
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
  /** 0 to 1: the strength of the best change, less what another cause explains. */
  readonly score: number;
  /** The called workload whose own changes may be what this one shows; empty for none. */
  readonly explainedBy: string;
  readonly evidence: readonly Change[];
}

/** How much of a change counts that a called workload explains. */
const EXPLAINED = 0.3;

/** A called workload explains failures of which at least this share came with one of its own. */
const TOGETHER = 0.5;

const RESOURCE = /cpu|mem|throttl|restart|oom|disk|filesystem|\bload\b/i;

/** A falling utilisation is no pressure; nor is a change of one that stays far from its limit. */
const UTILIZATION = /utili[sz]ation/i;

/**
 * What the changes suggest, best supported first. A workload's own errors, own time and resources speak for it; errors
 * that a workload shows while one that it calls shows them too are taken for the called one's. Gaps that
 * grew on most calls of one workload speak for its network, of one pair alone for what is between the two.
 */
export function namedCauses(changes: readonly Change[], { calls }: Aggregates): readonly Cause[] {
  const worse = changes.filter(isWorse);
  const called = reachable(calls);
  const failing = new Set(
    worse.filter(({ kind }) => kind === 'errors' || kind === 'error-pattern').map(({ workload }) => workload),
  );
  const causes = [
    ...networkCauses(
      worse.filter(({ kind }) => kind === 'gap'),
      calls,
    ),
    ...[...new Set(worse.map(({ workload }) => workload))].flatMap((workload) => {
      const here = worse.filter((change) => change.workload === workload);
      return [...localCause(workload, here, failing, called)];
    }),
  ];
  return causes.sort(
    (a, b) => b.score - a.score || (`${a.workload} ${a.peer}` < `${b.workload} ${b.peer}` ? -1 : 1),
  );
}

function* localCause(
  workload: string,
  here: readonly Change[],
  failing: ReadonlySet<string>,
  called: ReadonlyMap<string, ReadonlySet<string>>,
): Generator<Cause> {
  const errors = here.filter(({ kind }) => kind === 'errors' || kind === 'error-pattern');
  const slow = here.filter(({ kind }) => kind === 'own-time');
  const resources = here.filter(isPressure);
  if (resources.length > 0 && slow.length > 0) {
    const evidence = [...slow, ...resources];
    yield { kind: 'resource pressure', workload, peer: '', score: best(evidence), explainedBy: '', evidence };
    return;
  }
  if (errors.length > 0) {
    const callees = [...(called.get(workload) ?? [])].filter((peer) => failing.has(peer)).sort();
    const judged = errors.map(({ test, failingBelow, samples, after }) => {
      const failures = after * samples[1];
      const explainedBy = callees.find((peer) => (failingBelow.get(peer) ?? 0) >= TOGETHER * failures) ?? '';
      return { explainedBy, score: explainedBy === '' ? test.strength : EXPLAINED * test.strength };
    });
    const [top] = judged.sort((a, b) => b.score - a.score);
    if (top !== undefined) {
      yield { kind: 'errors', workload, peer: '', ...top, evidence: [...errors, ...slow] };
    }
  } else if (slow.length > 0) {
    yield { kind: 'code path', workload, peer: '', score: best(slow), explainedBy: '', evidence: slow };
  } else if (resources.length > 0) {
    // Busier without being slower is often no more than traffic.
    const score = best(resources) / 2;
    yield { kind: 'resource pressure', workload, peer: '', score, explainedBy: '', evidence: resources };
  }
}

const isPressure = ({ kind, subject, after }: Change): boolean =>
  kind === 'metric' && RESOURCE.test(subject) && (!UTILIZATION.test(subject) || after >= 0.5);

/** The fewest workloads that account for the gaps: at each step the one with most of its calls among them. */
function* networkCauses(gaps: readonly Change[], calls: Aggregates['calls']): Generator<Cause> {
  let left = gaps;
  while (left.length > 0) {
    const ends = [...new Set(left.flatMap(({ workload, peer }) => [workload, peer]))].sort();
    const ranked = ends
      .map((end) => {
        const touches = (one: string, other: string) => (one === end) !== (other === end);
        const evidence = left.filter(({ workload, peer }) => touches(workload, peer));
        const all = calls.filter(({ client, server }) => touches(client, server)).length;
        return { end, evidence, share: evidence.length / Math.max(1, all) };
      })
      .sort(
        (a, b) =>
          b.share * Math.sqrt(b.evidence.length) - a.share * Math.sqrt(a.evidence.length) ||
          b.share - a.share,
      );
    const [top] = ranked;
    if (top === undefined || top.evidence.length === 0) return;
    const [only] = top.evidence;
    const single = top.evidence.length === 1 && only !== undefined;
    const peer = single ? (only.workload === top.end ? only.peer : only.workload) : '';
    yield {
      kind: 'network',
      workload: top.end,
      peer,
      score: best(top.evidence) * Math.min(1, top.share + 0.2),
      explainedBy: '',
      evidence: top.evidence,
    };
    left = left.filter((gap) => !top.evidence.includes(gap));
  }
}

const best = (changes: readonly Change[]): number => Math.max(0, ...changes.map(({ test }) => test.strength));

/** For each workload all those that it calls, directly or not. */
function reachable(calls: Aggregates['calls']): ReadonlyMap<string, ReadonlySet<string>> {
  const direct = new Map<string, string[]>();
  for (const { client, server } of calls) direct.set(client, [...(direct.get(client) ?? []), server]);
  return new Map(
    [...direct.keys()].map((start) => {
      const found = new Set<string>();
      const open = [start];
      for (let at = open.pop(); at !== undefined; at = open.pop()) {
        for (const server of direct.get(at) ?? []) {
          if (server === start || found.has(server)) continue;
          found.add(server);
          open.push(server);
        }
      }
      return [start, found];
    }),
  );
}
