import type { SentEvent, SentLine, SentSeries, Values } from './otlp.ts';

/** 2025-02-06T10:00:00Z, ms since the epoch. */
export const ten = Date.UTC(2025, 1, 6, 10);
const second = 1000;
const minute = 60 * second;
export const at = (minutes: number, seconds = 0): number => ten + minutes * minute + seconds * second;

const times = (from: number, to: number, step: number): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, i) => from + i * step);

/** A line every 20 seconds. */
export const lines = (resource: Values, from: number, to: number): SentLine[] =>
  times(from, to, 20 * second).map((time) => ({ time, resource }));

/** A sample every 30 seconds, of a value by time. */
export const series = (
  name: string,
  resource: Values,
  [from, to]: readonly [number, number],
  value: (time: number) => number,
  more: Partial<SentSeries> = {},
): SentSeries => ({
  name,
  resource,
  points: times(from, to, 30 * second).map((time) => [time, value(time)]),
  ...more,
});

export const cart = (pod: string, version: string, replicaSet: string): Values => ({
  'k8s.cluster.name': 'eu',
  'k8s.namespace.name': 'shop',
  'k8s.deployment.name': 'cart',
  'k8s.replicaset.name': replicaSet,
  'k8s.pod.name': pod,
  'k8s.node.name': 'node-1',
  'service.name': 'cart',
  'service.version': version,
});

const app = {
  kind: 'Pod',
  namespace: 'shop',
  name: 'cart-6b8f9d7c4-hj4kl',
  fieldPath: 'spec.containers{app}',
};
const deployment = { kind: 'Deployment', namespace: 'shop', name: 'cart' };
const scaled = { about: deployment, reason: 'ScalingReplicaSet', type: 'Normal', count: 1 } as const;

/** Of a rollout to a version that dies of its memory limit, as the k8s_events receiver sends them. */
export const incidentEvents: readonly SentEvent[] = [
  { ...scaled, time: at(20), message: 'Scaled up replica set cart-6b8f9d7c4 from 0 to 1', uid: 's1' },
  { ...scaled, time: at(20, 30), message: 'Scaled down replica set cart-7c9d8bcdf from 1 to 0', uid: 's2' },
  ...[
    [22, 1],
    [30, 9],
    [45, 27],
  ].map(([minutes = 0, count = 0]) => ({
    time: at(minutes),
    began: at(22),
    about: app,
    reason: 'BackOff',
    message: 'Back-off restarting failed container app in pod cart-6b8f9d7c4-hj4kl_shop',
    count,
    uid: 'b1',
    node: 'node-1',
  })),
  {
    time: at(35),
    about: { kind: 'Pod', namespace: 'shop', name: 'web-5d5c9b8f6-k2l4m' },
    reason: 'FailedScheduling',
    message: '0/3 nodes are available: 3 Insufficient memory.',
    count: 1,
    uid: 'f1',
  },
  {
    time: at(50),
    about: { kind: 'Pod', namespace: 'bank', name: 'ledger-0' },
    reason: 'Unhealthy',
    message: 'Readiness probe failed: connection refused',
    count: 3,
    began: at(49),
    uid: 'u1',
    node: 'node-2',
  },
].map((event) => ({ ...event, cluster: 'eu' }));

/** As the k8sobjects receiver sends it. */
export const nodeEvent: SentEvent = {
  time: at(40),
  about: { kind: 'Node', name: 'node-1' },
  reason: 'NodeNotReady',
  message: 'Node node-1 status is now: NodeNotReady',
  type: 'Normal',
  count: 1,
  uid: 'n1',
  cluster: 'eu',
};

const container = { namespace: 'shop', pod: app.name, container: 'app' };
const kubeState = { 'service.name': 'kube-state-metrics' };
const restarts = (time: number): number => (time < at(23) ? 0 : time < at(30) ? 1 : 3);
const inEu = { 'k8s.cluster.name': 'eu', 'k8s.namespace.name': 'shop' };

/** Of the same, of the k8s_cluster receiver and of kube-state-metrics. */
export const incidentMetrics: readonly SentSeries[] = [
  series(
    'k8s.container.restarts',
    { ...inEu, 'k8s.pod.name': app.name, 'k8s.container.name': 'app' },
    [at(20), at(60)],
    restarts,
    { unit: '{restart}' },
  ),
  series('kube_pod_container_status_restarts_total', kubeState, [at(20), at(60)], restarts, {
    attributes: container,
    isCounter: true,
  }),
  series('kube_pod_container_status_last_terminated_reason', kubeState, [at(23), at(60)], () => 1, {
    attributes: { ...container, reason: 'OOMKilled' },
  }),
  ...[
    ['cart-7c9d8bcdf-x2x4z', '1.0.0', at(-20), at(20)],
    ['cart-6b8f9d7c4-hj4kl', '1.1.0', at(20, 30), at(60)],
  ].map(([pod, version, from, to]) =>
    series('kube_pod_container_info', kubeState, [Number(from), Number(to)], () => 1, {
      attributes: { ...container, pod: String(pod), image: `registry.local/shop/cart:${version}` },
    }),
  ),
  series(
    'k8s.node.condition_ready',
    { 'k8s.cluster.name': 'eu', 'k8s.node.name': 'node-1' },
    [at(0), at(60)],
    (time) => (time < at(40) ? 1 : 0),
  ),
  series(
    'k8s.deployment.desired',
    { ...inEu, 'k8s.deployment.name': 'web' },
    [at(0), at(60)],
    (time) => (time < at(34) ? 2 : 5),
    { unit: '{pod}' },
  ),
];

/** Of the same: the old pod logs, the new one has spans. */
export const oldPod = lines(cart('cart-7c9d8bcdf-x2x4z', '1.0.0', 'cart-7c9d8bcdf'), at(-40), at(20, 20));
export const newPod = lines(cart('cart-6b8f9d7c4-hj4kl', '1.1.0', 'cart-6b8f9d7c4'), at(21), at(90));
