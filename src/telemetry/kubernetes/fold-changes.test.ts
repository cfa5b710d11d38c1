import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ChangeKind, Observation } from './change.ts';
import { foldChanges, strongest } from './fold-changes.ts';

const minute = 60_000_000_000n;
const start = 1_770_372_000_000_000_000n;
const at = (minutes: number): bigint => start + BigInt(Math.round(minutes * 60)) * 1_000_000_000n;

const observation = (kind: ChangeKind, minutes: number, more: Partial<Observation> = {}): Observation => ({
  kind,
  topic: '',
  source: 'event',
  origin: '',
  cluster: 'eu',
  namespace: 'shop',
  workload: 'cart',
  node: '',
  first: at(minutes),
  last: at(minutes),
  count: 1,
  reason: '',
  message: '',
  pod: '',
  container: '',
  onNode: '',
  steps: [],
  continues: false,
  ...more,
});

const scaled = (minutes: number, direction: 'up' | 'down', name: string, from: string, to: string) =>
  observation('scaling', minutes, { reason: 'ScalingReplicaSet', replicaSet: { name, from, to, direction } });

test('an OOM kill that a metric counts, and the back-off that events tell, are one change', () => {
  const changes = foldChanges([
    observation('oom_kill', 2, {
      source: 'metric',
      origin: 'kube_pod_container_status_restarts_total',
      reason: 'OOMKilled',
      count: 2,
      pod: 'cart-1',
      container: 'app',
      steps: [{ name: 'restarts', from: '3', to: '5' }],
    }),
    observation('restart', 3, {
      last: at(9),
      reason: 'BackOff',
      message: 'Back-off restarting failed container',
      count: 27,
      pod: 'cart-1',
      container: 'app',
      onNode: 'node-7',
      continues: true,
    }),
  ]);
  expect(changes).toEqual([
    {
      kind: 'oom_kill',
      topic: '',
      cluster: 'eu',
      namespace: 'shop',
      workload: 'cart',
      node: '',
      first: at(2),
      last: at(9),
      continues: true,
      reasons: [
        { reason: 'BackOff', count: 27 },
        { reason: 'OOMKilled', count: 2 },
      ],
      message: 'Back-off restarting failed container',
      pods: [{ name: 'cart-1', change: undefined }],
      containers: ['app'],
      onNodes: ['node-7'],
      paths: [{ name: 'restarts', values: ['3', '5'] }],
      sources: ['event', 'metric'],
    },
  ]);
});

test('two metrics that count the same are counted once, two pods are added up', () => {
  const restart = (origin: string, pod: string, minutes: number) =>
    observation('restart', minutes, {
      source: 'metric',
      origin,
      reason: 'restarted',
      count: 3,
      pod,
      steps: [{ name: 'restarts', from: '0', to: '3' }],
    });
  const [change, ...others] = foldChanges([
    restart('k8s_container_restarts', 'cart-1', 1),
    restart('kube_pod_container_status_restarts_total', 'cart-1', 1.5),
    restart('k8s_container_restarts', 'cart-2', 2),
  ]);
  expect(others).toEqual([]);
  expect(change).toMatchObject({ reasons: [{ reason: 'restarted', count: 6 }], paths: [] });
});

test('replica sets tell a rollout from scaling, and a rollback from a rollout', () => {
  const rollout = [scaled(0, 'up', 'cart-b', '0', '2'), scaled(1, 'down', 'cart-a', '2', '0')];
  expect(foldChanges(rollout)).toMatchObject([
    { kind: 'rollout', paths: [{ name: 'replicaset', values: ['cart-a', 'cart-b'] }] },
  ]);
  const back = [scaled(2, 'up', 'cart-a', '0', '2'), scaled(3, 'down', 'cart-b', '2', '0')];
  expect(foldChanges([...rollout, ...back])).toMatchObject([
    { kind: 'rollout', paths: [{ name: 'replicaset', values: ['cart-a', 'cart-b', 'cart-a'] }] },
  ]);
  expect(
    foldChanges([scaled(0, 'up', 'cart-b', '1', '3'), scaled(1, 'up', 'cart-b', '3', '5')]),
  ).toMatchObject([{ kind: 'scaling', paths: [{ name: 'replicas', values: ['1', '3', '5'] }] }]);
});

test('an event that does not know what was before learns it from a metric', () => {
  const to = (from: string, minutes: number) =>
    observation('scaling', minutes, { steps: [{ name: 'replicas', from, to: '5' }] });
  expect(foldChanges([to('', 0), to('2', 0.5)])).toMatchObject([
    { paths: [{ name: 'replicas', values: ['2', '5'] }] },
  ]);
});

test('what is long apart, of another place, kind or topic is not one change', () => {
  const changes = foldChanges([
    observation('restart', 0),
    observation('restart', 11),
    observation('restart', 0, { namespace: 'bank' }),
    observation('restart', 0, { cluster: 'us' }),
    observation('probe', 0),
    observation('warning', 0, { topic: 'FailedSync' }),
    observation('warning', 0, { topic: 'DNSConfigForming' }),
  ]);
  expect(changes).toHaveLength(7);
  expect(changes.at(-1)).toMatchObject({ kind: 'restart', first: at(11) });
});

test('when not all fit, the strongest are kept, in order of time', () => {
  const changes = foldChanges([
    observation('pods', 0),
    observation('rollout', 5, { workload: 'web' }),
    observation('oom_kill', 9),
    observation('probe', 1),
  ]);
  expect(strongest(changes, 3).map(({ kind }) => kind)).toEqual(['probe', 'rollout', 'oom_kill']);
});

const arbitrary = fc
  .record({
    kind: fc.constantFrom<ChangeKind>('restart', 'oom_kill', 'scaling', 'pods', 'probe', 'warning'),
    minutes: fc.integer({ min: 0, max: 90 }),
    length: fc.integer({ min: 0, max: 5 }),
    workload: fc.constantFrom('cart', 'web'),
    source: fc.constantFrom('event' as const, 'metric' as const, 'telemetry' as const),
    reason: fc.constantFrom('', 'BackOff', 'Unhealthy'),
    count: fc.integer({ min: 1, max: 9 }),
    pod: fc.constantFrom('', 'cart-1', 'cart-2'),
    message: fc.constantFrom('', 'a', 'b'),
    steps: fc.constantFrom(
      [],
      [{ name: 'replicas', from: '1', to: '2' }],
      [{ name: 'replicas', from: '2', to: '1' }],
    ),
  })
  .map(({ kind, minutes, length, ...more }) =>
    observation(kind, minutes, { ...more, last: at(minutes + length) }),
  );

test('the order of observations changes nothing; each is in one change, which spans it', () => {
  const mixed = fc
    .array(arbitrary, { maxLength: 25 })
    .chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length })),
    );
  fc.assert(
    fc.property(mixed, ([all, shuffled]) => {
      const changes = foldChanges(all);
      expect(foldChanges(shuffled)).toEqual(changes);
      for (const one of all) {
        const spanning = changes.filter(
          (change) =>
            change.workload === one.workload &&
            change.first <= one.first &&
            change.last >= one.last &&
            change.sources.includes(one.source) &&
            (one.pod === '' || change.pods.some(({ name }) => name === one.pod)),
        );
        expect(spanning.length).toBeGreaterThan(0);
      }
      const total = (reason: string, counts: readonly { reason: string; count: number }[]): number =>
        counts.filter((one) => one.reason === reason).reduce((sum, { count }) => sum + count, 0);
      expect(
        total(
          'Unhealthy',
          changes.flatMap(({ reasons }) => reasons),
        ),
      ).toBe(total('Unhealthy', all));
      // Changes of one kind in one place are further apart than their gap.
      for (const [i, a] of changes.entries()) {
        for (const b of changes.slice(i + 1)) {
          if (a.kind !== 'probe' || b.kind !== 'probe' || a.workload !== b.workload) continue;
          expect(b.first - a.last).toBeGreaterThan(10n * minute);
        }
      }
    }),
    { numRuns: 200, seed: 1 },
  );
});
