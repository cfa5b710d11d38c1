import { afterAll, beforeAll, expect, test } from 'vitest';
import { incidentEvents, incidentMetrics, newPod, nodeEvent, oldPod } from '../kubernetes/incident.ts';
import { k8sEvents, k8sObjects, logs, metrics, spans } from '../kubernetes/otlp.ts';
import { type Assistant, connect } from '../support/assistants.ts';
import { createKey } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';

let product: Product;
let assistant: Assistant;
let ofShop: Assistant;

beforeAll(async () => {
  product = await startProduct();
  for (const [path, body] of [
    ['/v1/logs', k8sEvents(incidentEvents, 'events/v1')],
    ['/v1/logs', k8sObjects([nodeEvent])],
    ['/v1/logs', logs(oldPod)],
    ['/v1/traces', spans(newPod)],
    ['/v1/metrics', metrics(incidentMetrics)],
  ] as const) {
    const response = await fetch(new URL(path, product.otlpUrl), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    expect(await response.text()).toBe('{}');
  }
  assistant = await connect('modern', product.mcpUrl, await createKey(product.dataDir));
  ofShop = await connect('modern', product.mcpUrl, await createKey(product.dataDir, '--namespace', 'shop'));
});

afterAll(async () => {
  await assistant?.close();
  await ofShop?.close();
  expect(await product?.stop()).toEqual({ code: 0, signal: null });
});

const hour = { from_time: '2025-02-06T10:00:00Z', to_time: '2025-02-06T11:00:00Z' };

/** The mark of the fences is random. */
async function ask(by: Assistant, args: object): Promise<string> {
  const { text, isError } = await by.call('get-kubernetes-changes', { ...hour, ...args });
  expect(isError).toBe(false);
  return text.replaceAll(/untrusted-\w+/g, 'untrusted');
}

test('events, metrics and telemetry of one incident are one list in order of time', async () => {
  expect(await ask(assistant, {})).toMatchInlineSnapshot(`
    "6 changes, oldest first; nothing stored would tell of pod_failed, config and spec; from 6 events, 6 metrics and 2 pods in spans and logs; 2025-02-06 10:00:00 to 11:00:00 UTC
    <untrusted>
    10:20:00 to 10:21:00 rollout shop/cart: replicaset cart-7c9d8bcdf → cart-6b8f9d7c4; app_version 1.0.0 → 1.1.0; image cart:1.0.0 → cart:1.1.0; ScalingReplicaSet ×2; came cart-6b8f9d7c4-hj4kl; went cart-7c9d8bcdf-x2x4z; on node-1 (event, metric, telemetry)
    10:22:00 to 10:45:00 oom_kill shop/cart: restarts 0 → 1 → 3; BackOff ×27; OOMKilled ×3; in cart-6b8f9d7c4-hj4kl; container app (event, metric)
      Back-off restarting failed container app in pod cart-6b8f9d7c4-hj4kl_shop
    10:34:00 scaling shop/web: replicas 2 → 5 (metric)
    10:35:00 scheduling shop/web: FailedScheduling; in web-5d5c9b8f6-k2l4m (event)
      0/3 nodes are available: 3 Insufficient memory.
    10:40:00 node node-1: Ready true → false; NodeNotReady (event, metric)
    10:49:00 to 10:50:00 probe bank/ledger: Unhealthy ×3; in ledger-0 (event)
      Readiness probe failed: connection refused
    </untrusted>"
  `);
});

test('of one workload, with the node that its pods are on', async () => {
  expect(
    await ask(assistant, { workload: 'cart', kinds: ['restart', 'oom_kill', 'node'] }),
  ).toMatchInlineSnapshot(`
    "2 changes, oldest first; from 4 events, 6 metrics and 2 pods in spans and logs; 2025-02-06 10:00:00 to 11:00:00 UTC
    <untrusted>
    10:22:00 to 10:45:00 oom_kill shop/cart: restarts 0 → 1 → 3; BackOff ×27; OOMKilled ×3; in cart-6b8f9d7c4-hj4kl; container app (event, metric)
      Back-off restarting failed container app in pod cart-6b8f9d7c4-hj4kl_shop
    10:40:00 node node-1: Ready true → false; NodeNotReady (event, metric)
    </untrusted>"
  `);
});

test('a key that is limited to a namespace sees that, and no node', async () => {
  expect(await ask(ofShop, {})).toMatchInlineSnapshot(`
    "4 changes, oldest first; nothing stored would tell of pod_failed, node, config and spec; from 4 events, 5 metrics and 2 pods in spans and logs; 2025-02-06 10:00:00 to 11:00:00 UTC
    <untrusted>
    10:20:00 to 10:21:00 rollout shop/cart: replicaset cart-7c9d8bcdf → cart-6b8f9d7c4; app_version 1.0.0 → 1.1.0; image cart:1.0.0 → cart:1.1.0; ScalingReplicaSet ×2; came cart-6b8f9d7c4-hj4kl; went cart-7c9d8bcdf-x2x4z; on node-1 (event, metric, telemetry)
    10:22:00 to 10:45:00 oom_kill shop/cart: restarts 0 → 1 → 3; BackOff ×27; OOMKilled ×3; in cart-6b8f9d7c4-hj4kl; container app (event, metric)
      Back-off restarting failed container app in pod cart-6b8f9d7c4-hj4kl_shop
    10:34:00 scaling shop/web: replicas 2 → 5 (metric)
    10:35:00 scheduling shop/web: FailedScheduling; in web-5d5c9b8f6-k2l4m (event)
      0/3 nodes are available: 3 Insufficient memory.
    </untrusted>
    note: nodes are in no namespace, so this key sees nothing of them; of events it sees those whose resource has k8s.namespace.name, which older versions of the k8s_events receiver leave to the groupbyattrs processor"
  `);
});

test('a window in which nothing happened', async () => {
  expect(
    await ask(assistant, { from_time: '2025-02-06T10:53:00Z', to_time: '2025-02-06T10:58:00Z' }),
  ).toMatchInlineSnapshot(
    `"no changes seen; nothing stored would tell of pod_failed, config and spec; from 0 events, 6 metrics and 1 pod in spans and logs; 2025-02-06 10:53:00 to 10:58:00 UTC"`,
  );
});

test('as JSON', async () => {
  const json = JSON.parse(await ask(assistant, { format: 'json', namespace: 'bank' }));
  expect(json).toEqual({
    window: { from: '2025-02-06T10:00:00Z', to: '2025-02-06T11:00:00Z' },
    changes_total: 1,
    changes_shown: 1,
    looked_at: { events: 2, objects: 0, metrics: expect.any(Array), pods: 0 },
    unknown_kinds: ['pod_failed', 'config', 'spec'],
    changes: [
      {
        first: '2025-02-06T10:49:00Z',
        last: '2025-02-06T10:50:00Z',
        since_before_window: false,
        kind: 'probe',
        topic: null,
        cluster: 'eu',
        namespace: 'bank',
        workload: 'ledger',
        paths: [],
        reasons: [{ reason: 'Unhealthy', count: 3 }],
        message: 'Readiness probe failed: connection refused',
        pods_total: 1,
        pods: [{ name: 'ledger-0', change: null }],
        containers: [],
        on_nodes: [],
        sources: ['event'],
      },
    ],
    notes: expect.any(Array),
  });
});
