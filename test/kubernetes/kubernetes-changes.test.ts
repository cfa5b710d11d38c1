import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestEngine, type TestEngine } from '../support/store.ts';
import { at, cart, lines, series } from './incident.ts';
import { k8sEvents, k8sObjects, logs, metrics, spans } from './otlp.ts';
import { type ClusterWorld, openClusterWorld } from './world.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
}, 60_000);
afterAll(() => engine?.close());

const hour = { from_time: '2026-02-06T10:00:00Z', to_time: '2026-02-06T11:00:00Z' };

describe('an incident', () => {
  let world: ClusterWorld;
  beforeAll(async () => {
    world = await openClusterWorld(engine, { database: 'incident', clock: at(90) });
    const pod = {
      kind: 'Pod',
      namespace: 'shop',
      name: 'cart-6b8f9d7c4-hj4kl',
      fieldPath: 'spec.containers{app}',
    };
    const backOff = (minutes: number, count: number) => ({
      time: at(minutes),
      began: at(22),
      about: pod,
      reason: 'BackOff',
      message: 'Back-off restarting failed container app in pod cart-6b8f9d7c4-hj4kl_shop',
      count,
      uid: 'b1',
      node: 'node-1',
      cluster: 'eu',
    });
    await world.send(
      'logs',
      k8sEvents([
        {
          time: at(20),
          about: { kind: 'Deployment', namespace: 'shop', name: 'cart' },
          reason: 'ScalingReplicaSet',
          message: 'Scaled up replica set cart-6b8f9d7c4 from 0 to 1',
          type: 'Normal',
          count: 1,
          uid: 's1',
          cluster: 'eu',
        },
        {
          time: at(20, 30),
          about: { kind: 'Deployment', namespace: 'shop', name: 'cart' },
          reason: 'ScalingReplicaSet',
          message: 'Scaled down replica set cart-7c9d8bcdf from 1 to 0',
          type: 'Normal',
          count: 1,
          uid: 's2',
          cluster: 'eu',
        },
        backOff(22, 1),
        backOff(30, 9),
        backOff(45, 27),
      ]),
    );
    await world.send(
      'logs',
      k8sObjects([
        {
          time: at(40),
          about: { kind: 'Node', name: 'node-1' },
          reason: 'NodeNotReady',
          message: 'Node node-1 status is now: NodeNotReady',
          type: 'Normal',
          count: 1,
          uid: 'n1',
          cluster: 'eu',
        },
      ]),
    );
    await world.send(
      'logs',
      logs(lines(cart('cart-7c9d8bcdf-x2x4z', '1.0.0', 'cart-7c9d8bcdf'), at(-40), at(20, 20))),
    );
    await world.send(
      'traces',
      spans(lines(cart('cart-6b8f9d7c4-hj4kl', '1.1.0', 'cart-6b8f9d7c4'), at(21), at(90))),
    );
    await world.send(
      'metrics',
      metrics([
        series(
          'k8s.container.restarts',
          {
            'k8s.cluster.name': 'eu',
            'k8s.namespace.name': 'shop',
            'k8s.pod.name': 'cart-6b8f9d7c4-hj4kl',
            'k8s.container.name': 'app',
          },
          [at(20), at(60)],
          (time) => (time < at(23) ? 0 : time < at(30) ? 1 : 3),
          { unit: '{restart}' },
        ),
        series(
          'k8s.node.condition_ready',
          { 'k8s.cluster.name': 'eu', 'k8s.node.name': 'node-1' },
          [at(0), at(60)],
          (time) => (time < at(40) ? 1 : 0),
        ),
        series(
          'k8s.deployment.desired',
          { 'k8s.cluster.name': 'eu', 'k8s.namespace.name': 'shop', 'k8s.deployment.name': 'cart' },
          [at(0), at(60)],
          () => 1,
          { unit: '{pod}' },
        ),
      ]),
    );
  }, 60_000);
  afterAll(() => world?.close());

  test('is one list in order of time', async () => {
    expect(await world.ask(hour)).toMatchInlineSnapshot(`
      "3 changes, oldest first; from 4 events, 3 metrics and 2 pods in spans and logs; 2026-02-06 10:00:00 to 11:00:00 UTC
      <untrusted-123456>
      10:20:00 to 10:21:00 rollout shop/cart: replicaset cart-7c9d8bcdf → cart-6b8f9d7c4; app_version 1.0.0 → 1.1.0; ScalingReplicaSet ×2; came cart-6b8f9d7c4-hj4kl; went cart-7c9d8bcdf-x2x4z; on node-1 (event, telemetry)
      10:22:00 to 10:45:00 restart shop/cart: restarts 0 → 1 → 3; BackOff ×27; restarted ×3; in cart-6b8f9d7c4-hj4kl; container app; on node-1 (event, metric)
        Back-off restarting failed container app in pod cart-6b8f9d7c4-hj4kl_shop
      10:40:00 to 10:40:14 node node-1: Ready true → false; NodeNotReady (event, metric)
      </untrusted-123456>"
    `);
  });
});
