import type { ChangeKind } from './change.ts';

/** The object that a series is about, and what names it. */
export type MetricObject =
  | 'pod'
  | 'deployment'
  | 'statefulset'
  | 'daemonset'
  | 'replicaset'
  | 'job'
  | 'hpa'
  | 'node';

/** How a change of a metric's value is to be read. */
export type Reading =
  /** A count that goes up: how often containers were started anew. */
  | { readonly as: 'restarts' }
  /** Another count that goes up, of what. */
  | { readonly as: 'count'; readonly of: string }
  /** A number that somebody or something sets: a step of that name. */
  | { readonly as: 'number'; readonly step: string }
  /** Pods of a replica set. */
  | { readonly as: 'replica set' }
  /** It happens when the value becomes one of these; `unless gone`: not of what ends soon after. */
  | { readonly as: 'value'; readonly values: Readonly<Record<number, string>>; readonly unlessGone?: true }
  /** It happens when the value becomes 1 or more; the label says what. */
  | {
      readonly as: 'label';
      readonly label: string;
      readonly kinds: Readonly<Record<string, ChangeKind>>;
    }
  /** A node's condition: 1 true, 0 false, -1 unknown. */
  | { readonly as: 'condition'; readonly condition: string }
  /** A node's condition: of its three series the one of the label `status` that is so is 1. */
  | { readonly as: 'condition by label' };

export interface MetricRule {
  /** The name of the metric, as it is stored. */
  readonly metric: string;
  readonly kind: ChangeKind;
  readonly object: MetricObject;
  readonly reading: Reading;
}

/** What a container ended with or waits for. */
export const failedReasons: Readonly<Record<string, ChangeKind>> = {
  OOMKilled: 'oom_kill',
  CrashLoopBackOff: 'restart',
  ImagePullBackOff: 'image_pull',
  ErrImagePull: 'image_pull',
};

const replicas = { as: 'number', step: 'replicas' } as const;
const available = { as: 'number', step: 'available' } as const;
const generation = { as: 'number', step: 'generation' } as const;
const failedPods = { as: 'count', of: 'failed pods' } as const;
const notReady = { as: 'value', values: { 0: 'not ready' }, unlessGone: true } as const;

/**
 * Metrics of the k8s_cluster receiver of the OpenTelemetry Collector (receiver/k8sclusterreceiver/documentation.md),
 * by the names that they are stored under.
 */
const ofCollector: readonly MetricRule[] = [
  { metric: 'k8s_container_restarts', kind: 'restart', object: 'pod', reading: { as: 'restarts' } },
  {
    metric: 'k8s_container_status_reason',
    kind: 'restart',
    object: 'pod',
    reading: { as: 'label', label: 'k8s_container_status_reason', kinds: failedReasons },
  },
  { metric: 'k8s_container_ready', kind: 'probe', object: 'pod', reading: notReady },
  {
    metric: 'k8s_pod_phase',
    kind: 'pod_failed',
    object: 'pod',
    reading: { as: 'value', values: { 4: 'Failed', 5: 'Unknown' } },
  },
  {
    metric: 'k8s_pod_status_reason',
    kind: 'eviction',
    object: 'pod',
    reading: { as: 'value', values: { 1: 'Evicted', 3: 'NodeLost', 4: 'Shutdown' } },
  },
  { metric: 'k8s_job_failed_pods', kind: 'job', object: 'job', reading: failedPods },
  { metric: 'k8s_deployment_desired', kind: 'scaling', object: 'deployment', reading: replicas },
  { metric: 'k8s_deployment_available', kind: 'pods', object: 'deployment', reading: available },
  { metric: 'k8s_statefulset_desired_pods', kind: 'scaling', object: 'statefulset', reading: replicas },
  { metric: 'k8s_statefulset_ready_pods', kind: 'pods', object: 'statefulset', reading: available },
  {
    metric: 'k8s_daemonset_desired_scheduled_nodes',
    kind: 'scaling',
    object: 'daemonset',
    reading: replicas,
  },
  { metric: 'k8s_daemonset_ready_nodes', kind: 'pods', object: 'daemonset', reading: available },
  { metric: 'k8s_replicaset_desired', kind: 'scaling', object: 'replicaset', reading: { as: 'replica set' } },
  { metric: 'k8s_hpa_desired_replicas', kind: 'scaling', object: 'hpa', reading: replicas },
  ...(
    [
      ['ready', 'Ready'],
      ['memory_pressure', 'MemoryPressure'],
      ['disk_pressure', 'DiskPressure'],
      ['pid_pressure', 'PIDPressure'],
      ['network_unavailable', 'NetworkUnavailable'],
    ] as const
  ).map(
    ([name, condition]): MetricRule => ({
      metric: `k8s_node_condition_${name}`,
      kind: 'node',
      object: 'node',
      reading: { as: 'condition', condition },
    }),
  ),
];

/** Metrics of kube-state-metrics (docs/metrics of its repository). */
const ofKubeStateMetrics: readonly MetricRule[] = [
  ...['kube_pod_container_status_restarts_total', 'kube_pod_init_container_status_restarts_total'].map(
    (metric): MetricRule => ({ metric, kind: 'restart', object: 'pod', reading: { as: 'restarts' } }),
  ),
  { metric: 'kube_pod_container_status_ready', kind: 'probe', object: 'pod', reading: notReady },
  {
    metric: 'kube_pod_status_phase',
    kind: 'pod_failed',
    object: 'pod',
    reading: { as: 'label', label: 'phase', kinds: { Failed: 'pod_failed', Unknown: 'pod_failed' } },
  },
  {
    metric: 'kube_pod_status_reason',
    kind: 'eviction',
    object: 'pod',
    reading: {
      as: 'label',
      label: 'reason',
      kinds: { Evicted: 'eviction', NodeLost: 'eviction', Shutdown: 'eviction' },
    },
  },
  { metric: 'kube_job_status_failed', kind: 'job', object: 'job', reading: failedPods },
  { metric: 'kube_deployment_spec_replicas', kind: 'scaling', object: 'deployment', reading: replicas },
  {
    metric: 'kube_deployment_status_replicas_available',
    kind: 'pods',
    object: 'deployment',
    reading: available,
  },
  {
    metric: 'kube_deployment_status_observed_generation',
    kind: 'spec',
    object: 'deployment',
    reading: generation,
  },
  { metric: 'kube_statefulset_replicas', kind: 'scaling', object: 'statefulset', reading: replicas },
  {
    metric: 'kube_statefulset_status_replicas_ready',
    kind: 'pods',
    object: 'statefulset',
    reading: available,
  },
  {
    metric: 'kube_statefulset_status_observed_generation',
    kind: 'spec',
    object: 'statefulset',
    reading: generation,
  },
  {
    metric: 'kube_daemonset_status_desired_number_scheduled',
    kind: 'scaling',
    object: 'daemonset',
    reading: replicas,
  },
  { metric: 'kube_daemonset_status_number_ready', kind: 'pods', object: 'daemonset', reading: available },
  {
    metric: 'kube_replicaset_spec_replicas',
    kind: 'scaling',
    object: 'replicaset',
    reading: { as: 'replica set' },
  },
  {
    metric: 'kube_horizontalpodautoscaler_status_desired_replicas',
    kind: 'scaling',
    object: 'hpa',
    reading: replicas,
  },
  {
    metric: 'kube_node_status_condition',
    kind: 'node',
    object: 'node',
    reading: { as: 'condition by label' },
  },
  {
    metric: 'kube_node_spec_unschedulable',
    kind: 'node',
    object: 'node',
    reading: { as: 'condition', condition: 'Unschedulable' },
  },
];

/** The receiver's gauges had the unit 1 before its version 0.88, and are stored with its suffix then. */
const withSuffix = ofCollector.map((rule): MetricRule => ({ ...rule, metric: `${rule.metric}_ratio` }));

export const metricRules: readonly MetricRule[] = [...ofCollector, ...withSuffix, ...ofKubeStateMetrics];

/** Says with the value 1 why a container ended, by its label `reason`. */
export const lastTerminatedReason = 'kube_pod_container_status_last_terminated_reason';

/** Has a series for each container, with its image. */
export const containerInfo = 'kube_pod_container_info';
