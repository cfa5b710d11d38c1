import { Random } from './random.ts';
import type { Attributes } from './records.ts';
import type { Cluster, Workload } from './workloads.ts';

export interface Pod {
  readonly cluster: Cluster;
  readonly workload: Workload;
  readonly version: string;
  readonly name: string;
  readonly uid: string;
  readonly node: string;
  /** OpenTelemetry's attributes of the resource. */
  readonly attributes: Attributes;
}

/** Names the pods of the shop. A pod has the same name and node whenever it is asked for. */
export class Pods {
  readonly #seed: number;
  readonly #known = new Map<string, Pod>();
  readonly #sets = new Map<string, readonly Pod[]>();

  constructor(seed: number) {
    this.#seed = seed;
  }

  /** The pods that run a version of a workload in a cluster; a cronjob has none between its runs. */
  of(cluster: Cluster, workload: Workload, version = workload.version): readonly Pod[] {
    const key = `${cluster.name}/${workload.name}/${version}`;
    const known = this.#sets.get(key);
    if (known !== undefined) return known;
    const count = workload.kind === 'daemonset' ? cluster.nodes.length : workload.replicas;
    const made = Array.from({ length: count }, (_, i) => this.#pod(cluster, workload, version, String(i)));
    this.#sets.set(key, made);
    return made;
  }

  /** The pod of a cronjob's run. The job is named by its time in minutes since the epoch, as Kubernetes does. */
  ofRun(cluster: Cluster, workload: Workload, minute: bigint): Pod {
    return this.#pod(cluster, workload, workload.version, String(minute));
  }

  #pod(cluster: Cluster, workload: Workload, version: string, ordinal: string): Pod {
    const key = `${cluster.name}/${workload.name}/${version}/${ordinal}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const random = new Random(this.#seed, 'pod', key);
    const name = this.#name(cluster, workload, version, ordinal, random);
    const uid = random.uuid();
    const node =
      workload.kind === 'daemonset'
        ? (cluster.nodes[Number(ordinal)] ?? random.pick(cluster.nodes))
        : random.pick(cluster.nodes);
    const place = { cluster, workload, version, name, uid, node };
    const pod = { ...place, attributes: attributesOf(place, ordinal) };
    // Pods of runs are many, and none is asked for twice.
    if (workload.kind !== 'cronjob') this.#known.set(key, pod);
    return pod;
  }

  #name(
    { name: cluster }: Cluster,
    workload: Workload,
    version: string,
    ordinal: string,
    random: Random,
  ): string {
    const { name, kind } = workload;
    switch (kind) {
      case 'pod':
        return name;
      case 'statefulset':
        return `${name}-${ordinal}`;
      case 'daemonset':
        return `${name}-${random.nameEnding(5)}`;
      case 'cronjob':
        return `${name}-${ordinal}-${random.nameEnding(5)}`;
      case 'deployment': {
        const replicaSet = new Random(this.#seed, 'replicaset', cluster, name, version).nameEnding(10);
        return `${name}-${replicaSet}-${random.nameEnding(5)}`;
      }
    }
  }
}

function attributesOf(pod: Omit<Pod, 'attributes'>, ordinal: string): Attributes {
  const { cluster, workload, version, name, uid, node } = pod;
  const { kind } = workload;
  const isOwned = kind !== 'pod' && workload.ownerUnknown === undefined;
  return {
    'service.name': workload.service,
    'service.version': version,
    'service.instance.id': uid,
    'k8s.cluster.name': cluster.name,
    'k8s.namespace.name': workload.namespace,
    'k8s.pod.name': name,
    'k8s.pod.uid': uid,
    ...(isOwned && { [`k8s.${kind}.name`]: workload.name }),
    ...(kind === 'cronjob' && { 'k8s.job.name': `${workload.name}-${ordinal}` }),
    'k8s.container.name': workload.container,
    'k8s.node.name': node,
    'cloud.region': cluster.region,
    'telemetry.sdk.name': 'opentelemetry',
    'telemetry.sdk.language': workload.language,
    ...(workload.ebpf && { 'telemetry.distro.name': 'opentelemetry-ebpf-instrumentation' }),
  };
}
