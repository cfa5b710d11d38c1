import { podOwnerOf } from '../workload.ts';
import type { PodSeries } from './metric-block.ts';

/** Labels that name the pod of a series, by rank: `exported_…` where the scraped target has such a label, too. */
export const podLabels = ['exported_pod', 'pod', 'k8s_pod_name', 'pod_name'] as const;

/** Labels that name its namespace, and its workload; of a pod that is not the scraped one, the pod names it. */
export const namespaceLabels = ['exported_namespace', 'namespace', 'k8s_namespace_name'] as const;
export const workloadLabels = [
  ...['workload', 'k8s_deployment_name', 'k8s_statefulset_name', 'k8s_daemonset_name'],
  ...['deployment', 'statefulset', 'daemonset'],
] as const;

/** Labels that say where a series comes from, and nothing of what it measures. */
export const originLabels: readonly string[] = [
  ...podLabels,
  ...namespaceLabels,
  ...workloadLabels,
  ...['cluster', 'node', 'job', 'instance', 'service', 'endpoint', 'prometheus', 'metrics_path'],
  ...['exported_job', 'exported_instance', 'exported_node', 'exported_service'],
  ...['uid', 'pod_uid', 'k8s_pod_uid', 'k8s_node_name', 'k8s_replicaset_name', 'k8s_replicaset_uid'],
  ...['otel_scope_name', 'otel_scope_version', 'otel_scope_schema_url', 'host_ip', 'pod_ip', 'id', 'image'],
];

/** Words of metrics that tell most of a cause: they are read first where not all can be. */
export const tellingWords = 'cpu|mem|throttl|restart|oom|disk|network|ready|queue|pool|lag';

/** Names that counters have by custom, where a metric's type is not known. RE2 and JavaScript read it alike. */
export const counterNames = '_(total|count|sum)$';

type LabelSet = Iterable<readonly [name: string, value: string]> & { get(name: string): string };

/** The series of a pod that labels describe; undefined where they name no pod. */
export function podSeriesOf(labels: LabelSet, name: string, kind: PodSeries['kind']): PodSeries | undefined {
  const first = (names: readonly string[]) =>
    names.map((label) => labels.get(label)).find((value) => value !== '') ?? '';
  const pod = first(podLabels);
  if (pod === '') return undefined;
  const isScraped = labels.get('exported_pod') === '';
  return {
    cluster: labels.get('cluster'),
    namespace: first(namespaceLabels),
    workload: (isScraped && first(workloadLabels)) || podOwnerOf(pod),
    pod,
    name,
    labels: [...labels]
      .filter(([label]) => !originLabels.includes(label))
      .map(([label, value]) => `${label}=${value}`)
      .sort()
      .join(','),
    kind,
  };
}
