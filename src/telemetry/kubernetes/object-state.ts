/** Resources of Kubernetes whose objects are compared, by the names that the API has for them: `deployments`. */
export const comparedResources = [
  'nodes',
  'deployments',
  'statefulsets',
  'daemonsets',
  'horizontalpodautoscalers',
  'configmaps',
  'secrets',
  'jobs',
  'replicasets',
  'pods',
] as const;

export type ComparedResource = (typeof comparedResources)[number];

/** An object of Kubernetes, and the states in which it was seen. */
export interface KubernetesObject {
  readonly cluster: string;
  readonly resource: ComparedResource;
  /** Empty for nodes. */
  readonly namespace: string;
  readonly name: string;
  /** What it was made by; empty for none. */
  readonly owner: { readonly kind: string; readonly name: string };
  /** ns since the epoch; 0 where it is not known. */
  readonly created: bigint;
  /** It is sent again and again, whether it changed or not, so that silence means that it is gone. */
  readonly isPulled: boolean;
  /** Records of it, and when the first and the last one was made, ns since the epoch. */
  readonly records: number;
  readonly first: bigint;
  readonly last: bigint;
  /** In order of time: each is other than the one before. */
  readonly states: readonly SeenState[];
}

export interface SeenState {
  /** When it was seen first, ns since the epoch. */
  readonly time: bigint;
  /** `unread` is a state that there was no room for. */
  readonly state: ObjectState | 'deleted' | 'unread';
}

/** What of an object is compared. */
export interface ObjectState {
  readonly generation: number;
  readonly labels: Texts;
  /** What `kubernetes.io/change-cause` says; empty for nothing. */
  readonly changeCause: string;
  /** Who set what is not status, and when, ns since the epoch. */
  readonly managers: readonly { readonly manager: string; readonly time: bigint }[];
  /** The specification, by path: see `leavesOf`. */
  readonly spec: Leaves;
  /** Of a ConfigMap or Secret: what stands for each value, which is no part of it. */
  readonly data: Texts;
  readonly status: ObjectStatus;
}

export type Texts = Readonly<Record<string, string>>;

export interface ObjectStatus {
  /** Of a pod. */
  readonly phase: string;
  readonly reason: string;
  /** Pods of a job that failed. */
  readonly failed: number;
  /** Of a node. */
  readonly kubeletVersion: string;
  readonly conditions: readonly Condition[];
  readonly containers: readonly ContainerStatus[];
}

export interface Condition {
  readonly type: string;
  /** `True`, `False` or `Unknown`. */
  readonly status: string;
  readonly reason: string;
  /** ns since the epoch; 0 where it is not known. */
  readonly since: bigint;
}

export interface ContainerStatus {
  readonly name: string;
  readonly restarts: number;
  /** Why it ended last; empty where it did not. */
  readonly endedBy: string;
  /** ns since the epoch; 0 where it is not known. */
  readonly ended: bigint;
  /** What it waits for; empty where it runs. */
  readonly waitsFor: string;
}

/** Values by path, such as `template.spec.containers[app].image`. */
export type Leaves = ReadonlyMap<string, Leaf>;
export type Leaf = string | number | boolean | null;

/** Parts in parts: more are taken for one value. */
const deepest = 30;

/**
 * The values in a JSON object, by path. Entries of a list are named by what names them in Kubernetes (`name`, `key`,
 * the ConfigMap or Secret that they refer to), so that one more at the front does not change all the others.
 */
export function leavesOf(value: unknown): Leaves {
  const leaves = new Map<string, Leaf>();
  const walk = (part: unknown, path: string, depth: number): void => {
    if (part === null || typeof part === 'number' || typeof part === 'boolean' || typeof part === 'string') {
      leaves.set(path, part);
    } else if (depth > deepest) {
      leaves.set(path, '');
    } else if (Array.isArray(part)) {
      for (const [i, item] of part.entries()) walk(item, `${path}[${nameOf(item) ?? i}]`, depth + 1);
    } else if (isObject(part)) {
      for (const [key, item] of Object.entries(part)) {
        walk(item, path === '' ? key : `${path}.${key}`, depth + 1);
      }
    }
  };
  walk(value, '', 0);
  return leaves;
}

function nameOf(item: unknown): string | undefined {
  if (!isObject(item)) return undefined;
  for (const key of ['name', 'key'] as const) {
    if (typeof item[key] === 'string') return item[key];
  }
  for (const [key, kind] of [
    ['configMapRef', 'ConfigMap'],
    ['secretRef', 'Secret'],
  ] as const) {
    const reference = item[key];
    if (isObject(reference) && typeof reference.name === 'string') return `${kind} ${reference.name}`;
  }
  return undefined;
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export interface Difference<V> {
  readonly name: string;
  /** Undefined where there was none. */
  readonly from: V | undefined;
  readonly to: V | undefined;
}

/** What differs between two sets of named values, by name. */
export function differences<V>(
  before: Iterable<readonly [string, V]>,
  after: Iterable<readonly [string, V]>,
): Difference<V>[] {
  const [old, now] = [new Map(before), new Map(after)];
  return [...new Set([...old.keys(), ...now.keys()])]
    .filter((name) => old.get(name) !== now.get(name))
    .sort((a, b) => (a < b ? -1 : 1))
    .map((name) => ({ name, from: old.get(name), to: now.get(name) }));
}
