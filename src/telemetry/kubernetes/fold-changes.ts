import {
  type Change,
  type ChangedPod,
  type ChangeKind,
  changeKinds,
  changeSources,
  type Observation,
  type PodChange,
} from './change.ts';

const minute = 60_000_000_000n;

/**
 * Kinds that tell of one and the same thing: a container that is killed is started anew, and a rollout scales
 * replica sets, which make pods and delete them. `gap` is how much time may pass without a word of it, ns:
 * kubelet waits up to 5 min before it starts a container again, a rollout goes on all the time.
 */
const families: readonly { readonly kinds: readonly ChangeKind[]; readonly gap: bigint }[] = [
  { kinds: ['oom_kill', 'restart'], gap: 10n * minute },
  { kinds: ['rollout', 'scaling', 'spec', 'pods'], gap: 3n * minute },
];
const standardGap = 10n * minute;

/**
 * What all sources tell, as changes in order of time: what is of one kind (or of kinds that belong together),
 * of one workload or node, and near in time is one change. The order of observations does not matter.
 */
export function foldChanges(observations: readonly Observation[]): Change[] {
  const groups = new Map<string, Observation[]>();
  for (const observation of observations) {
    const key = groupKey(observation);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [observation]);
    else known.push(observation);
  }
  return [...groups.values()].flatMap(changesOf).sort(byTime);
}

/** The strongest so many, in order of time. */
export function strongest(changes: readonly Change[], limit: number): Change[] {
  const ranked = [...changes].sort(
    (a, b) => strength(a.kind) - strength(b.kind) || occurrences(b) - occurrences(a) || byTime(a, b),
  );
  return ranked.slice(0, limit).sort(byTime);
}

/** How often a change happened, by the reason that did most often. */
export const occurrences = ({ reasons }: Change): number => reasons[0]?.count ?? 1;

const strength = (kind: ChangeKind): number => changeKinds.indexOf(kind);

const familyOf = (kind: ChangeKind) => families.find(({ kinds }) => kinds.includes(kind));

function groupKey({ kind, topic, cluster, namespace, workload, node }: Observation): string {
  const family = familyOf(kind)?.kinds[0] ?? kind;
  return JSON.stringify([family, topic, cluster, namespace, workload, node]);
}

function changesOf(observations: readonly Observation[]): Change[] {
  const sorted = [...observations].sort(inOrder);
  const parts: [Observation, ...Observation[]][] = [];
  let end = 0n;
  for (const observation of sorted) {
    const gap = familyOf(observation.kind)?.gap ?? standardGap;
    const current = parts.at(-1);
    if (current !== undefined && observation.first <= end + gap) current.push(observation);
    else parts.push([observation]);
    end = later(end, observation.last);
  }
  return parts.map(changeOf);
}

function changeOf(of: readonly [Observation, ...Observation[]]): Change {
  const [{ cluster, namespace, workload, node, topic, first }] = of;
  const replicaSets = replicaSetPath(of);
  const isRollout = replicaSets.length > 1;
  const kinds = of.map(({ kind }) => kind);
  if (isRollout) kinds.push('rollout');
  const kind = kinds.reduce((a, b) => (strength(b) < strength(a) ? b : a));
  const isOfOne = new Set(of.map(({ pod, container }) => JSON.stringify([pod, container]))).size === 1;
  return {
    kind,
    topic,
    cluster,
    namespace,
    workload,
    node,
    first,
    last: of.reduce((last, one) => later(last, one.last), first),
    continues: of.some(({ continues }) => continues),
    reasons: reasonsOf(of),
    message: messageOf(of),
    pods: podsOf(of),
    containers: distinct(of.map(({ container }) => container)),
    onNodes: distinct(of.map(({ onNode }) => onNode)),
    paths: [
      ...(isRollout ? [{ name: 'replicaset', values: replicaSets }] : []),
      ...pathsOf(of, { isRollout, isOfOne }),
    ],
    sources: changeSources.filter((source) => of.some((one) => one.source === source)),
  };
}

/** Counts of pods and containers add up; of metrics that count the same, the largest is taken. */
function reasonsOf(of: readonly Observation[]): Change['reasons'] {
  const counts = new Map<string, Map<string, Map<string, number>>>();
  for (const { reason, pod, container, origin, count } of of) {
    if (reason === '') continue;
    const byObject = counts.get(reason) ?? new Map<string, Map<string, number>>();
    const object = JSON.stringify([pod, container]);
    const byOrigin = byObject.get(object) ?? new Map<string, number>();
    byOrigin.set(origin, (byOrigin.get(origin) ?? 0) + count);
    counts.set(reason, byObject.set(object, byOrigin));
  }
  const reasons = Array.from(counts, ([reason, byObject]) => ({
    reason,
    count: [...byObject.values()].reduce((sum, byOrigin) => sum + Math.max(...byOrigin.values()), 0),
  }));
  return reasons.sort((a, b) => b.count - a.count || compareText(a.reason, b.reason));
}

function messageOf(of: readonly Observation[]): string {
  const [best] = of
    .filter(({ message }) => message !== '')
    .sort(
      (a, b) =>
        strength(a.kind) - strength(b.kind) || compare(b.last, a.last) || compareText(a.message, b.message),
    );
  return best?.message ?? '';
}

function podsOf(of: readonly Observation[]): ChangedPod[] {
  const changes = new Map<string, Set<PodChange>>();
  for (const { pod, podChange } of of) {
    if (pod === '') continue;
    const known = changes.get(pod) ?? new Set();
    if (podChange !== undefined) known.add(podChange);
    changes.set(pod, known);
  }
  return Array.from(changes, ([name, known]) => ({ name, change: podChangeOf(known) })).sort((a, b) =>
    compareText(a.name, b.name),
  );
}

function podChangeOf(changes: ReadonlySet<PodChange>): PodChange | undefined {
  if (changes.size > 1) return 'came and went';
  return [...changes][0];
}

/** The replica set that was scaled down first, and those that were scaled up, in order of time. */
function replicaSetPath(of: readonly Observation[]): string[] {
  const scaled = of.flatMap(({ replicaSet }) => (replicaSet === undefined ? [] : [replicaSet]));
  const raised = scaled.filter(({ direction }) => direction === 'up').map(({ name }) => name);
  const raisedOnly = new Set<string>();
  let before = '';
  for (const { name, direction } of scaled) {
    if (direction === 'up') raisedOnly.add(name);
    else if (!raisedOnly.has(name)) {
      before = name;
      break;
    }
  }
  const path = [...(before === '' ? [] : [before]), ...raised];
  const steps = path.filter((name, i) => name !== path[i - 1]);
  return new Set(steps).size > 1 ? steps : [];
}

function pathsOf(
  of: readonly Observation[],
  { isRollout, isOfOne }: { readonly isRollout: boolean; readonly isOfOne: boolean },
): Change['paths'] {
  const paths = new Map<string, string[]>();
  const add = (name: string, from: string, to: string): void => {
    const path = paths.get(name);
    if (path === undefined) paths.set(name, [from, to]);
    else {
      if (path.length === 2 && path[0] === '' && path[1] === to) path[0] = from;
      if (path.at(-1) !== to) path.push(to);
    }
  };
  for (const { steps, replicaSet } of of) {
    for (const { name, from, to } of steps) {
      // Counts of several containers are no way of one number, and the replica sets are told already.
      if ((name !== 'restarts' || isOfOne) && (name !== 'replicaset' || !isRollout)) add(name, from, to);
    }
    if (replicaSet !== undefined && !isRollout) add('replicas', replicaSet.from, replicaSet.to);
  }
  return Array.from(paths, ([name, values]) => ({ name, values })).sort((a, b) =>
    compareText(a.name, b.name),
  );
}

const distinct = (texts: readonly string[]): string[] =>
  [...new Set(texts)].filter((text) => text !== '').sort(compareText);

function later(a: bigint, b: bigint): bigint {
  if (b > a) return b;
  return a;
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
const compare = (a: bigint, b: bigint): number => (a < b ? -1 : a > b ? 1 : 0);

/** Total, so that the same observations in another order give the same changes. */
function inOrder(a: Observation, b: Observation): number {
  return compare(a.first, b.first) || compare(a.last, b.last) || compareText(textOf(a), textOf(b));
}

function textOf({
  kind,
  source,
  origin,
  reason,
  pod,
  container,
  steps,
  message,
  count,
  replicaSet,
}: Observation) {
  return JSON.stringify([kind, source, origin, reason, pod, container, steps, message, count, replicaSet]);
}

function byTime(a: Change, b: Change): number {
  return (
    compare(a.first, b.first) ||
    strength(a.kind) - strength(b.kind) ||
    compareText(placeText(a), placeText(b)) ||
    compareText(a.topic, b.topic)
  );
}

const placeText = ({ cluster, namespace, workload, node }: Change): string =>
  JSON.stringify([cluster, namespace, workload, node]);
