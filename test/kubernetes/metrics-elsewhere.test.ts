import { expect, test } from 'vitest';
import type { Limits } from '../../src/access/principal.ts';
import { InputError } from '../../src/telemetry/input-error.ts';
import { MemoryMetricStore, samplesFrom } from '../support/memory-metric-store.ts';
import { clock, metricQueries } from '../support/metric-queries.ts';

/** Metrics of a store that has no tables of ours: as behind a Prometheus-compatible API. */

const half = 30_000;
/** Two hours before the clock, a sample every 30 seconds. */
const start = clock - 240 * half;
const by = (at: number, before: number, after: number) =>
  samplesFrom(
    start,
    half,
    Array.from({ length: 241 }, (_, i) => (i < at ? before : after)),
  );

function clusterMetrics(): MemoryMetricStore {
  const store = new MemoryMetricStore();
  const scraped = { job: 'kube-state-metrics', instance: '10.1.2.3:8080' };
  const pod = { ...scraped, namespace: 'shop', pod: 'cart-7c9d8bcdf-x2x4z', container: 'app', uid: 'u1' };
  store.add({ __name__: 'kube_pod_container_status_restarts_total', ...pod }, by(200, 3, 4));
  store.add(
    { __name__: 'kube_pod_container_status_last_terminated_reason', ...pod, reason: 'Error' },
    by(0, 1, 1).slice(0, 200),
  );
  store.add(
    { __name__: 'kube_pod_container_status_last_terminated_reason', ...pod, reason: 'OOMKilled' },
    by(0, 1, 1).slice(200),
  );
  const bank = { ...scraped, namespace: 'bank', deployment: 'ledger' };
  store.add({ __name__: 'kube_deployment_spec_replicas', ...bank }, by(180, 2, 0));
  store.add({ __name__: 'kube_deployment_status_observed_generation', ...bank }, by(180, 7, 8));
  for (const [status, before, after] of [
    ['true', 1, 0],
    ['unknown', 0, 1],
  ] as const) {
    const condition = { ...scraped, node: 'node-1', condition: 'Ready', status };
    store.add({ __name__: 'kube_node_status_condition', ...condition }, by(190, before, after));
  }
  return store;
}

async function told(store: MemoryMetricStore, request: object = {}, limits: Limits = {}) {
  const { changes, notes } = await metricQueries(store).kubernetesChanges(
    { fromTime: 'now-1h', ...request },
    {
      principal: { keyId: 'k1', name: 'tests', roles: ['query'], limits },
      signal: new AbortController().signal,
    },
  );
  return {
    notes,
    changes: changes.map(({ kind, first, namespace, workload, node, reasons, paths, sources }) => ({
      at: (Number(first / 1_000_000n) - start) / half,
      what: `${kind} ${namespace}/${workload}${node}`,
      reasons: reasons.map(({ reason, count }) => `${reason} ×${count}`),
      paths: paths.map(({ name, values }) => `${name} ${values.join('>')}`),
      sources,
    })),
  };
}

const oomKill = {
  at: 200,
  what: 'oom_kill shop/cart',
  reasons: ['OOMKilled ×1'],
  paths: ['restarts 3>4'],
  sources: ['metric'],
};

test('kube-state-metrics alone tell of restarts, replicas and nodes', async () => {
  const { changes, notes } = await told(clusterMetrics());
  expect(changes).toEqual([
    {
      at: 180,
      what: 'scaling bank/ledger',
      reasons: [],
      paths: ['generation 7>8', 'replicas 2>0'],
      sources: ['metric'],
    },
    { at: 190, what: 'node /node-1', reasons: [], paths: ['Ready >unknown'], sources: ['metric'] },
    oomKill,
  ]);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toContain('the window holds no Kubernetes events');
});

test('a key that is limited to a namespace sees what is of it', async () => {
  expect((await told(clusterMetrics(), {}, { namespaces: ['shop'] })).changes).toEqual([oomKill]);
  expect((await told(clusterMetrics(), { namespace: 'bank' }, { namespaces: ['shop'] })).changes).toEqual([]);
});

test('a store that lists no names for limited keys is asked for each metric', async () => {
  const store = clusterMetrics();
  store.labelValues = () => Promise.reject(new InputError('The store can not limit lists of labels.'));
  expect((await told(store, {}, { namespaces: ['shop'] })).changes).toEqual([oomKill]);
});

test('a metric of which there is too much leaves the others', async () => {
  const store = clusterMetrics();
  const { evaluate } = store;
  store.evaluate = (query, options) =>
    query.text.includes('kube_node') ? Promise.reject(new InputError('too many')) : evaluate(query, options);
  const { changes, notes } = await told(store);
  expect(changes.map(({ what }) => what)).toEqual(['scaling bank/ledger', 'oom_kill shop/cart']);
  expect(notes).toContain(
    'of kube_node_status_condition there is more than could be read: narrow the window, or give a namespace',
  );
});
