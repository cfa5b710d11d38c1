import type { ChangeKind, Observation, PodChange, ReplicaSetScaling, Step } from './change.ts';
import { containerOfPath, workloadOfObject } from './kubernetes-object.ts';

/** An event of Kubernetes, as often as it happened in a window. */
export interface KubernetesEvent {
  readonly cluster: string;
  /** Of the object that it is about; empty for nodes. */
  readonly namespace: string;
  readonly objectKind: string;
  readonly objectName: string;
  /** The part of the object, such as `spec.containers{app}`; empty for all of it. */
  readonly fieldPath: string;
  /** The node that it was sent from; empty where that is not known. */
  readonly node: string;
  /** `Normal` or `Warning`. */
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  /** ns since the epoch, in the window. */
  readonly first: bigint;
  readonly last: bigint;
  /** How often it happened in the window. */
  readonly count: number;
  /** It happened before the window too. */
  readonly continues: boolean;
}

/** What an event means; its kind is that of its reason, unless the message says more. */
interface Meaning {
  readonly kind: ChangeKind;
  readonly topic?: string;
  readonly steps?: readonly Step[];
  readonly replicaSet?: ReplicaSetScaling;
  readonly pod?: string;
  readonly podChange?: PodChange;
}

/**
 * Reasons of the components of Kubernetes: pkg/kubelet/events/event.go, pkg/controller and
 * pkg/scheduler of Kubernetes, node-problem-detector, cluster-autoscaler.
 */
const kindsOfReasons = new Map<string, ChangeKind>(
  Object.entries({
    OOMKilling: 'oom_kill',
    OOMKilled: 'oom_kill',
    SystemOOM: 'oom_kill',
    BackOff: 'restart',
    CrashLoopBackOff: 'restart',
    Evicted: 'eviction',
    Preempted: 'eviction',
    Preempting: 'eviction',
    TaintManagerEviction: 'eviction',
    EvictionThresholdMet: 'eviction',
    FailedScheduling: 'scheduling',
    NotTriggerScaleUp: 'scheduling',
    FailedBinding: 'volume',
    ErrImagePull: 'image_pull',
    ImagePullBackOff: 'image_pull',
    ErrImageNeverPull: 'image_pull',
    InspectFailed: 'image_pull',
    FailedMount: 'volume',
    FailedMapVolume: 'volume',
    FailedAttachVolume: 'volume',
    FailedUnMount: 'volume',
    FailedDetachVolume: 'volume',
    VolumeResizeFailed: 'volume',
    ProvisioningFailed: 'volume',
    Unhealthy: 'probe',
    ProbeWarning: 'probe',
    BackoffLimitExceeded: 'job',
    DeadlineExceeded: 'job',
    FailedNeedsStart: 'job',
    MissSchedule: 'job',
    DeploymentRollback: 'rollout',
    ScalingReplicaSet: 'scaling',
    SuccessfulRescale: 'scaling',
    TriggeredScaleUp: 'scaling',
  } as const),
);

/** The condition of a node that a reason tells of, and what it becomes (pkg/kubelet, node lifecycle controller). */
const nodeConditions = new Map<string, readonly [condition: string, to: string]>(
  Object.entries({
    NodeReady: ['Ready', 'true'],
    NodeNotReady: ['Ready', 'false'],
    NodeHasSufficientMemory: ['MemoryPressure', 'false'],
    NodeHasInsufficientMemory: ['MemoryPressure', 'true'],
    NodeHasNoDiskPressure: ['DiskPressure', 'false'],
    NodeHasDiskPressure: ['DiskPressure', 'true'],
    NodeHasSufficientPID: ['PIDPressure', 'false'],
    NodeHasInsufficientPID: ['PIDPressure', 'true'],
    NodeSchedulable: ['Unschedulable', 'false'],
    NodeNotSchedulable: ['Unschedulable', 'true'],
  } as const),
);

const nodeReasons: ReadonlySet<string> = new Set([
  'Rebooted',
  'RemovingNode',
  'RegisteredNode',
  'DeletingNode',
  'ScaleDown',
  'Starting',
]);

/** Reasons of type Normal that tell of a change; the others are the daily course of things. */
export const normalReasons: readonly string[] = [
  ...kindsOfReasons.keys(),
  ...nodeConditions.keys(),
  ...nodeReasons,
  'Killing',
  'SuccessfulCreate',
  'SuccessfulDelete',
];

/** What an event tells of; undefined where that is no change. */
export function eventObservation(event: KubernetesEvent): Observation | undefined {
  const meaning = meaningOf(event);
  if (meaning === undefined) return undefined;
  const { objectKind, objectName, namespace, cluster, node } = event;
  const isNode = objectKind === 'Node';
  return {
    cluster,
    namespace: isNode ? '' : namespace,
    workload: workloadOfObject(objectKind, objectName),
    node: isNode ? objectName : '',
    kind: meaning.kind,
    topic: meaning.topic ?? '',
    source: 'event',
    first: event.first,
    last: event.last,
    count: event.count,
    reason: event.reason,
    // A message that is understood as a whole says nothing more.
    message: isToldBy(meaning) ? '' : event.message,
    origin: '',
    pod: meaning.pod ?? (objectKind === 'Pod' ? objectName : ''),
    podChange: meaning.podChange,
    container: containerOfPath(event.fieldPath),
    onNode: isNode ? '' : node,
    steps: meaning.steps ?? [],
    replicaSet: meaning.replicaSet,
    continues: event.continues,
  };
}

const isToldBy = ({ kind, topic, replicaSet, pod }: Meaning): boolean =>
  replicaSet !== undefined ||
  pod !== undefined ||
  (kind === 'node' && topic !== undefined && !nodeReasons.has(topic));

function meaningOf({ objectKind, reason, message, type }: KubernetesEvent): Meaning | undefined {
  const condition = objectKind === 'Node' ? nodeConditions.get(reason) : undefined;
  if (condition !== undefined) {
    const [name, to] = condition;
    return { kind: 'node', topic: name, steps: [{ name, from: '', to }] };
  }
  if (objectKind === 'Node' && nodeReasons.has(reason)) return { kind: 'node', topic: reason };
  switch (reason) {
    case 'BackOff':
      return { kind: /pulling image/i.test(message) ? 'image_pull' : 'restart' };
    case 'Killing':
      // Else it is the end of a pod that somebody or something deleted.
      return /will be restarted|failed .*probe/i.test(message) ? { kind: 'restart' } : undefined;
    case 'Failed':
      return /image/i.test(message) ? { kind: 'image_pull' } : { kind: 'warning', topic: reason };
    case 'ScalingReplicaSet': {
      const replicaSet = replicaSetScaling(message);
      return { kind: 'scaling', ...(replicaSet && { replicaSet }) };
    }
    case 'SuccessfulCreate':
    case 'SuccessfulDelete':
      return madePod(objectKind, message, reason === 'SuccessfulCreate' ? 'came' : 'went');
    case 'SuccessfulRescale': {
      const size = /New size: (\d+)/.exec(message)?.[1];
      return {
        kind: 'scaling',
        ...(size !== undefined && { steps: [{ name: 'replicas', from: '', to: size }] }),
      };
    }
  }
  const kind = kindsOfReasons.get(reason);
  if (kind !== undefined) return { kind };
  return type.toLowerCase() === 'normal' ? undefined : { kind: 'warning', topic: reason };
}

/** A pod that a controller made or deleted. Jobs do nothing else. */
function madePod(objectKind: string, message: string, podChange: PodChange): Meaning | undefined {
  if (objectKind === 'Job' || objectKind === 'CronJob') return undefined;
  const [, name, named] =
    /^(?:Created|Deleted) pod: (\S+)|^(?:create|delete) Pod (\S+) in /.exec(message) ?? [];
  const pod = name ?? named;
  return { kind: 'pods', ...(pod !== undefined && { pod, podChange }) };
}

/** `Scaled up replica set cart-7c9d8bcdf from 1 to 3`, and its older forms without the first number. */
function replicaSetScaling(message: string): ReplicaSetScaling | undefined {
  const [, direction, name, from = '', to] =
    /^Scaled (up|down) replica set (\S+)(?: from (\d+))? to (\d+)/.exec(message) ?? [];
  if ((direction !== 'up' && direction !== 'down') || name === undefined || to === undefined)
    return undefined;
  const before = from === '' ? (/ to \d+ from (\d+)/.exec(message)?.[1] ?? '') : from;
  return { name, from: before, to, direction };
}
