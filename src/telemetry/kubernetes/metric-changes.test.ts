import { expect, test } from 'vitest';
import { limitedTo } from '../../../test/support/scope.ts';
import type { Scope } from '../scope.ts';
import { metricObservations, type ReasonAt } from './metric-changes.ts';
import { metricRules } from './metric-rules.ts';

const minute = 60_000;
const start = 1_770_372_000_000;
const window = { from: BigInt(start) * 1_000_000n, to: BigInt(start + 60 * minute) * 1_000_000n };
const end = start + 60 * minute - minute;
const everything = limitedTo();

/** A sample each minute, from five minutes before the window on. */
function observe(
  metric: string,
  labels: Readonly<Record<string, string>>,
  values: readonly number[],
  { scope = everything, reasonAt = () => '' }: { scope?: Scope; reasonAt?: ReasonAt } = {},
) {
  const rule = metricRules.find((one) => one.metric === metric);
  if (rule === undefined) throw new Error(`there is no rule for ${metric}`);
  const series = {
    label: (name: string) => labels[name] ?? '',
    times: values.map((_, i) => start + (i - 5) * minute),
    values,
  };
  return metricObservations(rule, series, { window, scope, end, reasonAt });
}

const pod = { cluster: 'eu', namespace: 'shop', pod: 'cart-7c9d8bcdf-x2x4z', container: 'app' };
const always = (value: number) => Array.from({ length: 65 }, () => value);
const from = (at: number, before: number, after: number) =>
  Array.from({ length: 65 }, (_, i) => (i - 5 < at ? before : after));
const time = (minutes: number): bigint => BigInt(start + minutes * minute) * 1_000_000n;

test('restarts are counted, with the reason that is known', () => {
  const [one, ...more] = observe('kube_pod_container_status_restarts_total', pod, from(10, 3, 5), {
    reasonAt: ({ container }, at) => (container === 'app' && at === start + 10 * minute ? 'OOMKilled' : ''),
  });
  expect(more).toEqual([]);
  expect(one).toMatchObject({
    kind: 'oom_kill',
    reason: 'OOMKilled',
    count: 2,
    first: time(10),
    workload: 'cart',
    container: 'app',
    steps: [{ name: 'restarts', from: '3', to: '5' }],
  });
  expect(observe('k8s_container_restarts', pod, from(10, 3, 0))).toEqual([]);
});

test('nothing changed where nothing changes, or before the window', () => {
  for (const { metric } of metricRules) {
    const labels = {
      ...pod,
      node: 'n',
      deployment: 'cart',
      replicaset: 'cart-7c9d8bcdf',
      condition: 'Ready',
    };
    expect(observe(metric, labels, always(1)), metric).toEqual([]);
    expect(observe(metric, labels, from(-2, 0, 1)), metric).toEqual([]);
  }
});

test('labels of the scraped target do not hide those of the object', () => {
  const labels = {
    namespace: 'monitoring',
    pod: 'kube-state-metrics-0',
    exported_namespace: 'shop',
    exported_pod: 'cart-1',
  };
  expect(observe('kube_pod_container_status_restarts_total', labels, from(10, 0, 1))).toMatchObject([
    { namespace: 'shop', pod: 'cart-1', workload: 'cart' },
  ]);
  const scope = limitedTo({ namespaces: ['monitoring'] });
  expect(observe('kube_pod_container_status_restarts_total', labels, from(10, 0, 1), { scope })).toEqual([]);
});

test('a key that is limited to namespaces sees no node', () => {
  const node = { node: 'node-1', namespace: 'shop' };
  expect(observe('k8s_node_condition_disk_pressure', node, from(10, 0, 1))).toMatchObject([
    {
      kind: 'node',
      namespace: '',
      node: 'node-1',
      topic: 'DiskPressure',
      steps: [{ from: 'false', to: 'true' }],
    },
  ]);
  const scope = limitedTo({ namespaces: ['shop'] });
  expect(observe('k8s_node_condition_disk_pressure', node, from(10, 0, 1), { scope })).toEqual([]);
});

test('a container that is not ready is told, unless its pod goes', () => {
  const ready = (...values: readonly number[]) => observe('k8s_container_ready', pod, values);
  expect(ready(...from(58, 1, 0))).toMatchObject([{ kind: 'probe', reason: 'not ready', first: time(58) }]);
  expect(ready(...from(10, 1, 0).slice(0, 17))).toEqual([]);
  expect(ready(...from(10, 0, 1))).toEqual([]);
});

test('replica sets and autoscalers without a name are not mixed up', () => {
  const series = { cluster: 'eu', namespace: 'shop' };
  expect(observe('k8s_hpa_desired_replicas', { ...series, workload: 'x' }, from(10, 2, 5))).toEqual([]);
  expect(observe('k8s_replicaset_desired', series, from(10, 2, 5))).toEqual([]);
  expect(
    observe('kube_replicaset_spec_replicas', { ...series, replicaset: 'cart-7c9d8bcdf' }, from(10, 2, 0)),
  ).toMatchObject([
    { workload: 'cart', replicaSet: { name: 'cart-7c9d8bcdf', from: '2', to: '0', direction: 'down' } },
  ]);
  expect(observe('k8s_deployment_desired', { ...series, workload: 'cart' }, from(10, 2, 5))).toMatchObject([
    { workload: 'cart', steps: [{ name: 'replicas', from: '2', to: '5' }] },
  ]);
});

test('of the series of a condition the one that becomes 1 tells', () => {
  const condition = (status: string) => ({ node: 'node-1', condition: 'Ready', status });
  expect(observe('kube_node_status_condition', condition('true'), from(10, 1, 0))).toEqual([]);
  expect(observe('kube_node_status_condition', condition('unknown'), from(10, 0, 1))).toMatchObject([
    { topic: 'Ready', steps: [{ name: 'Ready', from: '', to: 'unknown' }] },
  ]);
});

test('a label that says why, and a value that says what', () => {
  const reason = (name: string) => ({ ...pod, k8s_container_status_reason: name });
  expect(observe('k8s_container_status_reason', reason('OOMKilled'), from(10, 0, 1))).toMatchObject([
    { kind: 'oom_kill', reason: 'OOMKilled' },
  ]);
  expect(observe('k8s_container_status_reason', reason('Completed'), from(10, 0, 1))).toEqual([]);
  expect(observe('k8s_pod_phase', pod, from(10, 2, 4))).toMatchObject([
    { kind: 'pod_failed', reason: 'Failed' },
  ]);
  expect(observe('k8s_pod_phase', pod, from(10, 1, 2))).toEqual([]);
});
