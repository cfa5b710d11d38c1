import { expect, test } from 'vitest';
import { eventObservation, type KubernetesEvent } from './event.ts';

const event = (reason: string, message: string, more: Partial<KubernetesEvent> = {}): KubernetesEvent => ({
  cluster: 'eu',
  namespace: 'shop',
  objectKind: 'Pod',
  objectName: 'cart-7c9d8bcdf-x2x4z',
  fieldPath: '',
  node: 'node-1',
  type: 'Warning',
  reason,
  message,
  first: 1n,
  last: 2n,
  count: 3,
  continues: false,
  ...more,
});
const node = { objectKind: 'Node', objectName: 'node-1', namespace: '' };

/** Messages as the components of Kubernetes write them. */
test.each<[KubernetesEvent, object | undefined]>([
  [
    event('BackOff', 'Back-off restarting failed container app in pod x'),
    { kind: 'restart', pod: 'cart-7c9d8bcdf-x2x4z' },
  ],
  [event('BackOff', 'Back-off pulling image "cart:2"'), { kind: 'image_pull' }],
  [event('Failed', 'Failed to pull image "cart:2": not found'), { kind: 'image_pull' }],
  [event('Failed', 'Error: ErrImagePull'), { kind: 'image_pull' }],
  [event('Failed', 'Error: cannot start container'), { kind: 'warning', topic: 'Failed' }],
  [
    event('Killing', 'Container app failed liveness probe, will be restarted', { type: 'Normal' }),
    { kind: 'restart' },
  ],
  [event('Killing', 'Stopping container app', { type: 'Normal' }), undefined],
  [event('Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 503'), { kind: 'probe' }],
  [
    event('FailedScheduling', '0/5 nodes are available: 5 Insufficient cpu.'),
    { kind: 'scheduling', workload: 'cart' },
  ],
  [event('Evicted', 'The node was low on resource: memory.'), { kind: 'eviction' }],
  [event('FailedMount', 'MountVolume.SetUp failed for volume "x"'), { kind: 'volume' }],
  [
    event('DNSConfigForming', 'Nameserver limits were exceeded'),
    { kind: 'warning', topic: 'DNSConfigForming' },
  ],
  [event('Scheduled', 'Successfully assigned shop/cart to node-1', { type: 'Normal' }), undefined],
  [event('constructor', 'x', { type: 'Normal' }), undefined],
  [
    event('Unhealthy', 'Liveness probe failed', { fieldPath: 'spec.containers{app}' }),
    { container: 'app', onNode: 'node-1', count: 3, first: 1n, last: 2n },
  ],
  [
    event('OOMKilling', 'Memory cgroup out of memory: Killed process 4711 (java)', node),
    { kind: 'oom_kill', node: 'node-1', workload: '', namespace: '' },
  ],
  [
    event('NodeNotReady', 'Node node-1 status is now: NodeNotReady', node),
    { kind: 'node', topic: 'Ready', steps: [{ name: 'Ready', from: '', to: 'false' }] },
  ],
  [
    event('NodeHasDiskPressure', 'Node node-1 status is now: NodeHasDiskPressure', node),
    { topic: 'DiskPressure', message: '' },
  ],
  [event('Rebooted', 'Node node-1 has been rebooted, boot id: 1', node), { kind: 'node', topic: 'Rebooted' }],
  // The node controller sends this of pods.
  [event('NodeNotReady', 'Node is not ready'), { kind: 'warning', workload: 'cart' }],
  [
    event('ScalingReplicaSet', 'Scaled up replica set cart-6b8f9d7c4 from 1 to 3', {
      objectKind: 'Deployment',
      objectName: 'cart',
      type: 'Normal',
    }),
    {
      kind: 'scaling',
      replicaSet: { name: 'cart-6b8f9d7c4', from: '1', to: '3', direction: 'up' },
      message: '',
    },
  ],
  [
    event('ScalingReplicaSet', 'Scaled down replica set cart-6b8f9d7c4 to 0 from 3', {
      objectKind: 'Deployment',
      objectName: 'cart',
      type: 'Normal',
    }),
    { replicaSet: { name: 'cart-6b8f9d7c4', from: '3', to: '0', direction: 'down' } },
  ],
  [
    event('ScalingReplicaSet', 'Scaled up replica set cart-6b8f9d7c4 to 3', {
      objectKind: 'Deployment',
      objectName: 'cart',
      type: 'Normal',
    }),
    { replicaSet: { name: 'cart-6b8f9d7c4', from: '', to: '3', direction: 'up' } },
  ],
  [
    event(
      'SuccessfulRescale',
      'New size: 5; reason: cpu resource utilization (percentage of request) above target',
      { objectKind: 'HorizontalPodAutoscaler', objectName: 'cart', type: 'Normal' },
    ),
    { kind: 'scaling', steps: [{ name: 'replicas', from: '', to: '5' }] },
  ],
  [
    event('SuccessfulCreate', 'Created pod: cart-6b8f9d7c4-hj4kl', {
      objectKind: 'ReplicaSet',
      objectName: 'cart-6b8f9d7c4',
      type: 'Normal',
    }),
    { kind: 'pods', pod: 'cart-6b8f9d7c4-hj4kl', podChange: 'came', workload: 'cart' },
  ],
  [
    event('SuccessfulDelete', 'delete Pod ledger-2 in StatefulSet ledger successful', {
      objectKind: 'StatefulSet',
      objectName: 'ledger',
      type: 'Normal',
    }),
    { kind: 'pods', pod: 'ledger-2', podChange: 'went', workload: 'ledger' },
  ],
  [
    event('SuccessfulCreate', 'Created pod: cleanup-28391230-x2x4z', {
      objectKind: 'Job',
      objectName: 'cleanup-28391230',
      type: 'Normal',
    }),
    undefined,
  ],
  [
    event('BackoffLimitExceeded', 'Job has reached the specified backoff limit', {
      objectKind: 'Job',
      objectName: 'cleanup-28391230',
    }),
    { kind: 'job', workload: 'cleanup' },
  ],
])('%o', (one, expected) => {
  const found = eventObservation(one);
  if (expected === undefined) expect(found).toBeUndefined();
  else expect(found).toMatchObject(expected);
});
