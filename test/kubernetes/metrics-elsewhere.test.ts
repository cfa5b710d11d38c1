import { expect, test } from 'vitest';
import { InputError } from '../../src/telemetry/input-error.ts';
import { MemoryMetricStore } from '../support/memory-metric-store.ts';
import { allChanges, changesTold, kubeStateMetrics, oomKill } from './kube-state-metrics.ts';

/** Metrics of a store that has no tables of ours: as behind a Prometheus-compatible API. */
function clusterMetrics(): MemoryMetricStore {
  const store = new MemoryMetricStore();
  for (const { labels, samples } of kubeStateMetrics()) store.add(labels, samples);
  return store;
}

test('kube-state-metrics alone tell of restarts, replicas and nodes', async () => {
  const { changes, notes } = await changesTold(clusterMetrics());
  expect(changes).toEqual(allChanges);
  expect(notes).toHaveLength(1);
  expect(notes[0]).toContain('neither the window nor the day before holds Kubernetes events');
});

test('a key that is limited to a namespace sees what is of it', async () => {
  const limits = { namespaces: ['shop'] };
  expect((await changesTold(clusterMetrics(), {}, limits)).changes).toEqual([oomKill]);
  expect((await changesTold(clusterMetrics(), { namespace: 'bank' }, limits)).changes).toEqual([]);
});

test('a store that lists no names for limited keys is asked for each metric', async () => {
  const store = clusterMetrics();
  store.labelValues = () => Promise.reject(new InputError('The store can not limit lists of labels.'));
  expect((await changesTold(store, {}, { namespaces: ['shop'] })).changes).toEqual([oomKill]);
});

test('a metric of which there is too much leaves the others', async () => {
  const store = clusterMetrics();
  const { evaluate } = store;
  store.evaluate = (query, options) =>
    query.text.includes('kube_node') ? Promise.reject(new InputError('too many')) : evaluate(query, options);
  const { changes, notes } = await changesTold(store);
  expect(changes.map(({ what }) => what)).toEqual(['scaling bank/ledger', 'oom_kill shop/cart']);
  expect(notes).toContain(
    'of kube_node_status_condition there is more than could be read: narrow the window, or give a namespace',
  );
});
