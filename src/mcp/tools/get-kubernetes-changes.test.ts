import { expect, test } from 'vitest';
import { call, mark, stubQueries, window } from '../../../test/mcp/stub-queries.ts';
import { realTokens } from '../../../test/support/tokens.ts';
import type { KubernetesChangesResult } from '../../query/kubernetes-changes.ts';
import { type Change, changeKinds } from '../../telemetry/kubernetes/change.ts';
import { getKubernetesChanges } from './get-kubernetes-changes.ts';

const minute = 60_000_000_000n;
const at = (minutes: number): bigint => window.from + BigInt(minutes) * minute;

const change = (kind: Change['kind'], minutes: number, more: Partial<Change> = {}): Change => ({
  kind,
  topic: '',
  cluster: 'eu',
  namespace: 'shop',
  workload: 'cart',
  node: '',
  first: at(minutes),
  last: at(minutes),
  continues: false,
  reasons: [],
  message: '',
  pods: [],
  containers: [],
  onNodes: [],
  paths: [],
  sources: ['event'],
  ...more,
});

const result: KubernetesChangesResult = {
  changes: [
    change('rollout', 1, {
      paths: [{ name: 'app_version', values: ['1.0', '1.1', '1.2', '1.3', '1.4', '1.5', '1.6'] }],
      pods: [
        { name: 'cart-a', change: 'went' },
        { name: 'cart-b', change: 'came' },
        { name: 'cart-c', change: 'came and went' },
      ],
      sources: ['telemetry'],
    }),
    change('restart', 2, {
      last: at(20),
      continues: true,
      reasons: [
        { reason: 'BackOff', count: 27 },
        { reason: 'Killing', count: 1 },
      ],
      message: 'Back-off restarting\nfailed container',
      pods: ['d', 'e', 'f', 'g', 'h', 'i'].map((name) => ({ name: `cart-${name}`, change: undefined })),
      containers: ['app'],
      onNodes: ['node-7'],
      sources: ['event', 'metric'],
    }),
    change('oom_kill', 3, {
      namespace: '',
      workload: '',
      node: 'node-7',
      reasons: [{ reason: 'OOMKilling', count: 1 }],
    }),
    change('node', 4, {
      cluster: 'us',
      namespace: '',
      workload: '',
      node: 'node-8',
      topic: 'Ready',
      paths: [{ name: 'Ready', values: ['', 'false'] }],
      last: at(24 * 60),
    }),
  ],
  changesTotal: 6,
  events: 3,
  objects: 0,
  metrics: ['k8s_container_restarts'],
  pods: 9,
  kinds: changeKinds,
  unknownKinds: [],
  isUnknownPlace: false,
  window,
  now: undefined,
  notes: ['the notes of the question'],
};

const answer = (given: KubernetesChangesResult, args: object = {}) =>
  getKubernetesChanges(stubQueries({ kubernetesChanges: given })).answer(args, call(), mark);

test('compact', async () => {
  expect(await answer(result)).toMatchInlineSnapshot(`
    "4 of 6 changes, oldest first; from 3 events, 1 metric and 9 pods in spans and logs; 2023-01-29 08:41:00 to 10:30:00 UTC
    <untrusted-483920>
    08:42:00 rollout eu/shop/cart: app_version 1.0 → 1.1 → … → 1.4 → 1.5 → 1.6; came cart-b; went cart-a; came and went cart-c (telemetry)
    before 08:43:00 to 09:01:00 restart eu/shop/cart: BackOff ×27; Killing; in cart-d, cart-e, cart-f, cart-g, 2 more; container app; on node-7 (event, metric)
      Back-off restarting\\nfailed container
    08:44:00 oom_kill eu/node node-7: OOMKilling (event)
    08:45:00 to 2023-01-30 08:41:00 node us/node-8: Ready ? → false (event)
    </untrusted-483920>
    note: the notes of the question
    note: 2 weaker changes are left out: raise limit (up to 200), or narrow the window, or give namespace, workload or kinds"
  `);
});

test('JSON', async () => {
  const json = JSON.parse(await answer(result, { format: 'json' }));
  expect(json).toMatchObject({
    changes_total: 6,
    changes_shown: 4,
    looked_at: { events: 3, objects: 0, metrics: ['k8s_container_restarts'], pods: 9 },
  });
  expect(json.changes[1]).toEqual({
    first: '2023-01-29T08:43:00Z',
    last: '2023-01-29T09:01:00Z',
    since_before_window: true,
    kind: 'restart',
    topic: null,
    cluster: 'eu',
    namespace: 'shop',
    workload: 'cart',
    paths: [],
    reasons: [
      { reason: 'BackOff', count: 27 },
      { reason: 'Killing', count: 1 },
    ],
    message: 'Back-off restarting\nfailed container',
    pods_total: 6,
    pods: ['d', 'e', 'f', 'g', 'h', 'i'].map((name) => ({ name: `cart-${name}`, change: null })),
    containers: ['app'],
    on_nodes: ['node-7'],
    sources: ['event', 'metric'],
  });
  expect(json.changes[3]).toMatchObject({
    node: 'node-8',
    paths: [{ name: 'Ready', values: [null, 'false'] }],
  });
  expect(json.changes[3]).not.toHaveProperty('workload');
});

test('where nothing is found, the head says of what that is known', async () => {
  const none = { ...result, changes: [], changesTotal: 0, events: 0, metrics: [], notes: [] };
  const head = async (more: Partial<KubernetesChangesResult>) =>
    (await answer({ ...none, ...more })).split('; from ')[0];
  expect(await head({})).toBe('no changes');
  expect(await head({ unknownKinds: ['oom_kill', 'spec'] })).toBe(
    'no changes seen; nothing stored would tell of oom_kill and spec',
  );
  expect(
    await head({ unknownKinds: changeKinds.filter((kind) => kind !== 'rollout' && kind !== 'pods') }),
  ).toBe('no changes of rollout and pods; nothing stored would tell of other kinds than rollout and pods');
  expect(await head({ unknownKinds: changeKinds })).toBe(
    'whether anything changed is not known; nothing stored would tell of any kind',
  );
  expect(await head({ kinds: ['oom_kill', 'restart'], unknownKinds: ['oom_kill', 'restart'] })).toBe(
    'whether anything changed is not known; nothing stored would tell of oom_kill and restart',
  );
  expect(await head({ isUnknownPlace: true, unknownKinds: changeKinds })).toBe(
    'nothing is known of this place, neither changes nor that there were none',
  );
  expect((await answer({ ...result, unknownKinds: ['job'] })).split('\n')[0]).toContain(
    'oldest first; nothing stored would tell of job; from 3 events',
  );
  const json = JSON.parse(await answer({ ...none, unknownKinds: ['job'] }, { format: 'json' }));
  expect(json.unknown_kinds).toEqual(['job']);
});

test('arguments reach the query', async () => {
  const queries = stubQueries({ kubernetesChanges: result });
  await getKubernetesChanges(queries).answer({ deployment: 'cart', kind: 'restart, node' }, call(), mark);
  expect(queries.requests).toEqual([
    {
      fromTime: undefined,
      toTime: undefined,
      namespace: undefined,
      workload: 'cart',
      cluster: undefined,
      kinds: ['restart', 'node'],
      limit: 50,
    },
  ]);
});

test('keeps to the budget, leaves the weakest out, and counts them', async () => {
  const changes = Array.from({ length: 60 }, (_, i) =>
    change(i % 20 === 0 ? 'oom_kill' : 'pods', i, {
      workload: `workload-${i}-${'x'.repeat(150)}`,
      message: 'y'.repeat(1000),
      pods: [{ name: `pod-${'z'.repeat(200)}`, change: 'came' }],
    }),
  );
  const large = { ...result, changes, changesTotal: 80 };
  for (const format of ['compact', 'json']) {
    const text = await answer(large, { max_tokens: 1000, format });
    expect(realTokens(text)).toBeLessThanOrEqual(1000);
    expect(text).toMatch(/\d+ weaker changes are left out: raise max_tokens/);
    expect(text).toContain('oom_kill');
  }
});
