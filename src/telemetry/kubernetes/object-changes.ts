import type { Window } from '../window.ts';
import type { Observation } from './change.ts';
import { atUsers, usersOf } from './config-users.ts';
import { isConfig, objectKinds, workloadOf } from './object-place.ts';
import {
  type ComparedResource,
  differences,
  type KubernetesObject,
  type Leaves,
  type ObjectState,
} from './object-state.ts';
import { specChanges } from './spec-changes.ts';
import {
  deploymentChanges,
  jobChanges,
  nodeChanges,
  podChanges,
  type StatusChange,
} from './status-changes.ts';

/** What objects that are sent as they are tell. */
export interface ObjectObservations {
  readonly observations: readonly Observation[];
  /** Objects that are older than what is known of them, so that what changed first is not known. */
  readonly withoutBefore: number;
  /** The longest time between two looks at an object that changed, ns; 0 where each change was sent. */
  readonly interval: bigint;
}

/**
 * What changed in objects of Kubernetes within the window: in their specification, in what of their status matters,
 * in the data of ConfigMaps (which keys) and Secrets (that it did), and that they were made or deleted.
 *
 * @param workload the one that was asked for: a ConfigMap that many refer to is told at it alone
 */
export function objectObservations(
  objects: readonly KubernetesObject[],
  window: Window,
  workload?: string,
): ObjectObservations {
  const users = usersOf(objects);
  const heard = lastHeard(objects);
  const observations: Observation[] = [];
  let withoutBefore = 0;
  let interval = 0n;
  for (const object of objects) {
    const found = [
      ...made(object),
      ...gone(object, heard),
      ...object.states.flatMap((seen, i) => {
        const before = object.states[i - 1];
        if (before === undefined || typeof before.state === 'string' || typeof seen.state === 'string')
          return [];
        return changesBetween(object, before.state, { time: seen.time, state: seen.state });
      }),
    ].filter(({ first }) => first >= window.from && first < window.to);
    if (isCutOff(object, window)) withoutBefore++;
    if (found.length > 0 && object.isPulled) interval = later(interval, intervalOf(object) ?? 0n);
    observations.push(
      ...found.flatMap((one) => (isConfig(object) ? atUsers(object, one, users, workload) : [one])),
    );
  }
  return { observations, withoutBefore, interval };
}

/** Its first state was sent for a change, as nobody looks again and again, and what it was before is not known. */
function isCutOff({ states: [first], created, isPulled }: KubernetesObject, { from, to }: Window): boolean {
  return first !== undefined && !isPulled && created < from && first.time >= from && first.time < to;
}

function observation(
  object: KubernetesObject,
  time: bigint,
  more: Pick<Observation, 'kind'> & Partial<Observation>,
): Observation {
  const { cluster, resource, namespace, name } = object;
  const isNode = resource === 'nodes';
  return {
    cluster,
    namespace,
    workload: workloadOf(object),
    node: isNode ? name : '',
    topic: isConfig(object) ? `${objectKinds[resource]} ${name}` : '',
    source: 'object',
    origin: 'object',
    first: time,
    last: time,
    count: 1,
    reason: '',
    message: '',
    pod: resource === 'pods' ? name : '',
    container: '',
    onNode: '',
    steps: [],
    continues: false,
    ...more,
  };
}

/** What Kubernetes makes for others is told by what they tell, but pods. */
const madeByOthers: ReadonlySet<ComparedResource> = new Set(['jobs', 'replicasets']);

function made(object: KubernetesObject): Observation[] {
  const { resource, created, states } = object;
  const state = states.find(({ state }) => typeof state !== 'string')?.state;
  if (created === 0n || states[0]?.state === 'deleted') return [];
  if (resource === 'replicasets') {
    const replicas = typeof state === 'object' ? replicasOf(state.spec) : '';
    if (replicas === '' || replicas === '0') return [];
    const replicaSet = { name: object.name, from: '0', to: replicas, direction: 'up' } as const;
    return [observation(object, created, { kind: 'scaling', replicaSet })];
  }
  return lifecycle(object, created, 'came', typeof state === 'object' ? state : undefined);
}

function gone(object: KubernetesObject, heard: ReadonlyMap<string, bigint>): Observation[] {
  const { states, last } = object;
  const deleted = states.find(({ state }) => state === 'deleted');
  if (deleted !== undefined) return lifecycle(object, deleted.time, 'went');
  const interval = intervalOf(object);
  // A list that came a little later than the others is none that it is missing in.
  const isMissing =
    interval !== undefined && (heard.get(listKey(object)) ?? 0n) - last > (3n * interval) / 2n;
  return isMissing ? lifecycle(object, last + interval, 'went') : [];
}

function lifecycle(
  object: KubernetesObject,
  time: bigint,
  change: 'came' | 'went',
  state?: ObjectState,
): Observation[] {
  const { resource, owner } = object;
  if (madeByOthers.has(resource)) return [];
  const reason = `${objectKinds[resource]} ${change === 'came' ? 'created' : 'deleted'}`;
  switch (resource) {
    case 'pods': {
      // Jobs do nothing else.
      if (owner.kind === 'Job') return [];
      const node = state?.spec.get('nodeName');
      const onNode = typeof node === 'string' ? node : '';
      return [observation(object, time, { kind: 'pods', podChange: change, onNode })];
    }
    case 'nodes':
      return [observation(object, time, { kind: 'node', topic: reason, reason })];
    case 'configmaps':
    case 'secrets':
      return [observation(object, time, { kind: 'config', reason })];
    case 'horizontalpodautoscalers':
      return [observation(object, time, { kind: 'scaling', reason })];
    default:
      return [observation(object, time, { kind: 'rollout', reason })];
  }
}

/** Time between two looks at an object that is sent whether it changed or not, ns; undefined where it is not known. */
function intervalOf({ isPulled, records, first, last }: KubernetesObject): bigint | undefined {
  return isPulled && records > 1 && last > first ? (last - first) / BigInt(records - 1) : undefined;
}

const listKey = ({ cluster, resource }: KubernetesObject): string => JSON.stringify([cluster, resource]);

function lastHeard(objects: readonly KubernetesObject[]): Map<string, bigint> {
  const heard = new Map<string, bigint>();
  for (const object of objects) {
    if (object.isPulled) heard.set(listKey(object), later(heard.get(listKey(object)) ?? 0n, object.last));
  }
  return heard;
}

function later(a: bigint, b: bigint): bigint {
  return b > a ? b : a;
}

function changesBetween(
  object: KubernetesObject,
  before: ObjectState,
  { time, state: after }: { readonly time: bigint; readonly state: ObjectState },
): Observation[] {
  const seenBefore = object.states.findLast((one) => one.time < time)?.time ?? 0n;
  const within = (at: bigint | undefined): bigint =>
    at !== undefined && at > seenBefore && at <= time ? at : time;
  const ofStatus = ({ at, ...more }: StatusChange): Observation => observation(object, within(at), more);
  const both = [before, after] as const;
  switch (object.resource) {
    case 'pods':
      return podChanges(both).map(ofStatus);
    case 'nodes':
      return nodeChanges(both).map(ofStatus);
    case 'configmaps':
    case 'secrets':
      return dataChanges(object, both, within(lastManaged(both)?.time));
    case 'replicasets': {
      const [from, to] = [replicasOf(before.spec), replicasOf(after.spec)];
      if (from === to || from === '' || to === '') return [];
      const direction = Number(to) > Number(from) ? 'up' : 'down';
      const replicaSet = { name: object.name, from, to, direction } as const;
      return [observation(object, time, { kind: 'scaling', replicaSet })];
    }
    case 'jobs':
      return jobChanges(both).map(ofStatus);
    default:
      return [...ofSpec(object, both, within), ...deploymentChanges(both).map(ofStatus)];
  }
}

/** The specification, and who changed it, as far as the fields' managers say. */
function ofSpec(
  object: KubernetesObject,
  both: readonly [ObjectState, ObjectState],
  within: (at: bigint | undefined) => bigint,
): Observation[] {
  const [before, after] = both;
  const changes = [...specChanges(before.spec, after.spec), ...labelChanges(both)];
  if (changes.length === 0) return [];
  const managed = lastManaged(both);
  const time = within(managed?.time);
  const message = after.changeCause === before.changeCause ? '' : after.changeCause;
  const steps = [before.generation, after.generation].map(String);
  const [from = '', to = ''] = steps;
  const strongest = changes.some(({ kind }) => kind === 'rollout') ? 'rollout' : 'spec';
  return [
    ...changes.map(({ kind, step, reason = '' }) =>
      observation(object, time, { kind, reason, steps: step === undefined ? [] : [step] }),
    ),
    ...(from === to
      ? []
      : [observation(object, time, { kind: 'spec', steps: [{ name: 'generation', from, to }] })]),
    ...(managed === undefined || managed.time !== time
      ? []
      : [observation(object, time, { kind: 'spec', reason: `by ${managed.manager}` })]),
    ...(message === '' ? [] : [observation(object, time, { kind: strongest, message })]),
  ];
}

/** Labels that say what version an object is of. */
const versionLabels = ['app.kubernetes.io/version', 'helm.sh/chart', 'version'];

function labelChanges([before, after]: readonly [ObjectState, ObjectState]) {
  return differences(Object.entries(before.labels), Object.entries(after.labels)).map(({ name, from, to }) =>
    versionLabels.includes(name)
      ? ({ kind: 'spec', step: { name, from: from ?? 'none', to: to ?? 'none' } } as const)
      : ({ kind: 'spec', reason: `label ${name} changed` } as const),
  );
}

/** Who set anything last, if that is later than all that was set before. */
function lastManaged([before, after]: readonly [ObjectState, ObjectState]) {
  const latest = ({ managers }: ObjectState) =>
    managers.reduce<(typeof managers)[number] | undefined>(
      (a, b) => (a === undefined || b.time > a.time ? b : a),
      undefined,
    );
  const [old, now] = [latest(before), latest(after)];
  return now !== undefined && now.time > (old?.time ?? 0n) ? now : undefined;
}

/** Keys of a ConfigMap that are told; of more it is said how many. */
const mostKeys = 10;

/** Keys of a ConfigMap; of a Secret nothing but that it is another one. */
function dataChanges(
  object: KubernetesObject,
  [before, after]: readonly [ObjectState, ObjectState],
  time: bigint,
): Observation[] {
  const changed = differences(Object.entries(before.data), Object.entries(after.data));
  if (changed.length === 0) return [];
  const tell = (reason: string): Observation => observation(object, time, { kind: 'config', reason });
  if (object.resource === 'secrets') return [tell('data changed')];
  const told = changed
    .slice(0, mostKeys)
    .map(({ name, from, to }) =>
      tell(`key ${name} ${from === undefined ? 'added' : to === undefined ? 'removed' : 'changed'}`),
    );
  const left = changed.length - told.length;
  return [...told, ...(left > 0 ? [tell(`${left} more ${left === 1 ? 'key' : 'keys'} changed`)] : [])];
}

const replicasOf = (spec: Leaves): string => {
  const replicas = spec.get('replicas');
  return typeof replicas === 'number' ? String(replicas) : '';
};
