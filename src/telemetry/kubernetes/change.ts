/** What can change in a cluster, the strongest first: what fails, then what somebody did, then what follows from it. */
export const changeKinds = [
  'oom_kill',
  'restart',
  'pod_failed',
  'eviction',
  'scheduling',
  'image_pull',
  'volume',
  'probe',
  'node',
  'job',
  'rollout',
  'config',
  'scaling',
  'spec',
  'warning',
  'pods',
] as const;

export type ChangeKind = (typeof changeKinds)[number];

/** Who says so: an event of Kubernetes, an object as it is, a metric, or the spans and logs themselves. */
export type ChangeSource = 'event' | 'object' | 'metric' | 'telemetry';

export const changeSources: readonly ChangeSource[] = ['event', 'object', 'metric', 'telemetry'];

export interface Place {
  readonly cluster: string;
  /** Empty for nodes, which belong to none. */
  readonly namespace: string;
  /** Empty where the change is of a node. */
  readonly workload: string;
  /** The node itself, where the change is of a node. */
  readonly node: string;
}

/** A value that changed, such as `replicas` or `image`. */
export interface Step {
  readonly name: string;
  /** Empty where it is not known. */
  readonly from: string;
  readonly to: string;
}

/** How a set of pods changed by this one. */
export type PodChange = 'came' | 'went' | 'came and went';

/** One source's word of a change, of one object. */
export interface Observation extends Place {
  readonly kind: ChangeKind;
  /** What parts changes of one kind in one place that are not the same: a condition, a reason. */
  readonly topic: string;
  readonly source: ChangeSource;
  /** The metric, or `object`; empty for other sources. Two that count the same are not added up. */
  readonly origin: string;
  /** ns since the epoch. */
  readonly first: bigint;
  readonly last: bigint;
  /** How often it happened: 1 or more. */
  readonly count: number;
  /** The reason of an event, or what a metric says in its place; empty for none. */
  readonly reason: string;
  /** What an event says, as it was sent; empty for none. */
  readonly message: string;
  readonly pod: string;
  readonly podChange?: PodChange | undefined;
  readonly container: string;
  /** The node that the pod is on; empty where that is not known. */
  readonly onNode: string;
  readonly steps: readonly Step[];
  /** A replica set that was scaled up or down: two of them in one change are a rollout. */
  readonly replicaSet?: ReplicaSetScaling | undefined;
  /** It happened before the window too. */
  readonly continues: boolean;
}

export interface ReplicaSetScaling {
  readonly name: string;
  /** Empty where it is not known. */
  readonly from: string;
  readonly to: string;
  readonly direction: 'up' | 'down';
}

/** A pod that has a part in a change. */
export interface ChangedPod {
  readonly name: string;
  readonly change: PodChange | undefined;
}

/** One line of the answer: what all sources tell of one change in one place. */
export interface Change extends Place {
  readonly kind: ChangeKind;
  readonly topic: string;
  /** ns since the epoch: the first and the last time that any source tells of. */
  readonly first: bigint;
  readonly last: bigint;
  readonly continues: boolean;
  /** How often, by reason; the most frequent first. */
  readonly reasons: readonly { readonly reason: string; readonly count: number }[];
  /** The latest one of the strongest kind; empty for none. */
  readonly message: string;
  /** By name. */
  readonly pods: readonly ChangedPod[];
  readonly containers: readonly string[];
  /** Nodes of its pods, as far as sources name them. */
  readonly onNodes: readonly string[];
  /** By name: the values that it went through, two or more, of which the first may be empty. */
  readonly paths: readonly { readonly name: string; readonly values: readonly string[] }[];
  readonly sources: readonly ChangeSource[];
}
