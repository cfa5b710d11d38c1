import fc from 'fast-check';
import { expect, test } from 'vitest';
import { leavesOf } from './object-state.ts';
import { specChanges } from './spec-changes.ts';

const template = (...containers: readonly object[]) => ({ template: { spec: { containers } } });
const between = (before: object, after: object) => specChanges(leavesOf(before), leavesOf(after));

test.each<[string, object, object, readonly object[]]>([
  [
    'the image of one container',
    template({ name: 'app', image: 'docker.io/library/redis:7.2' }),
    template({ name: 'app', image: 'docker.io/library/redis:7.4' }),
    [{ kind: 'rollout', step: { name: 'image', from: 'redis:7.2', to: 'redis:7.4' } }],
  ],
  [
    'the image of one of two',
    template({ name: 'app', image: 'a:1' }, { name: 'proxy', image: 'envoy:1' }),
    template({ name: 'app', image: 'a:1' }, { name: 'proxy', image: 'envoy:2' }),
    [{ kind: 'rollout', step: { name: 'image of proxy', from: 'envoy:1', to: 'envoy:2' } }],
  ],
  [
    'a limit that is set',
    template({ name: 'app', image: 'a:1', resources: { requests: { cpu: '1' } } }),
    template({ name: 'app', image: 'a:1', resources: { requests: { cpu: '1' }, limits: { cpu: '2' } } }),
    [{ kind: 'rollout', step: { name: 'limits.cpu', from: 'none', to: '2' } }],
  ],
  [
    'variables',
    template({
      name: 'app',
      env: [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
        { name: 'C', value: '3' },
      ],
    }),
    template({
      name: 'app',
      env: [
        { name: 'NEW', value: '0' },
        { name: 'A', value: '1' },
        { name: 'B', valueFrom: { secretKeyRef: { name: 'db', key: 'b' } } },
      ],
    }),
    [
      { kind: 'rollout', reason: 'env B changed' },
      { kind: 'rollout', reason: 'env C removed' },
      { kind: 'rollout', reason: 'env NEW added' },
    ],
  ],
  [
    'a ConfigMap that another one takes the place of',
    template({ name: 'app', envFrom: [{ configMapRef: { name: 'old' } }] }),
    template({ name: 'app', envFrom: [{ configMapRef: { name: 'new' } }] }),
    [
      { kind: 'rollout', reason: 'env from ConfigMap new added' },
      { kind: 'rollout', reason: 'env from ConfigMap old removed' },
    ],
  ],
  [
    'a volume of another ConfigMap',
    { template: { spec: { volumes: [{ name: 'settings', configMap: { name: 'old' } }] } } },
    { template: { spec: { volumes: [{ name: 'settings', configMap: { name: 'new' } }] } } },
    [{ kind: 'rollout', step: { name: 'volumes[settings].configMap.name', from: 'old', to: 'new' } }],
  ],
  [
    'replicas, strategy and a pause',
    { replicas: 2, strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%' } } },
    { replicas: 3, strategy: { type: 'Recreate' }, paused: true },
    [
      { kind: 'scaling', step: { name: 'replicas', from: '2', to: '3' } },
      { kind: 'spec', step: { name: 'paused', from: 'none', to: 'true' } },
      { kind: 'spec', step: { name: 'strategy.rollingUpdate.maxSurge', from: '25%', to: 'none' } },
      { kind: 'spec', step: { name: 'strategy.type', from: 'RollingUpdate', to: 'Recreate' } },
    ],
  ],
  [
    'a restart that somebody asked for, and a version',
    { template: { metadata: { labels: { 'app.kubernetes.io/version': '1' }, annotations: {} } } },
    {
      template: {
        metadata: {
          labels: { 'app.kubernetes.io/version': '2' },
          annotations: { 'kubectl.kubernetes.io/restartedAt': '2025-02-06T10:00:00Z' },
        },
      },
    },
    [
      { kind: 'rollout', reason: 'restart asked for' },
      { kind: 'rollout', step: { name: 'app.kubernetes.io/version', from: '1', to: '2' } },
    ],
  ],
  [
    'many fields',
    {},
    { other: Array.from({ length: 11 }, (_, i) => i) },
    [
      ...[0, 10, 1, 2, 3, 4, 5, 6].map((i) => ({
        kind: 'spec',
        step: { name: `other[${i}]`, from: 'none', to: String(i) },
      })),
      { kind: 'spec', reason: '3 more fields changed' },
    ],
  ],
])('%s', (_, before, after, expected) => {
  expect(between(before, after)).toEqual(expected);
});

test('values of variables, arguments and other strings are never told', () => {
  const secret = fc.string({ minLength: 6, maxLength: 12, unit: fc.constantFrom('Q', 'Z') });
  const spec = fc
    .record({ value: secret, args: fc.array(secret, { maxLength: 3 }), path: secret, annotation: secret })
    .map(({ value, args, path, annotation }) => ({
      template: {
        metadata: { annotations: { 'checksum/config': annotation } },
        spec: {
          hostname: path,
          containers: [
            { name: 'app', args, env: [{ name: 'A', value }], livenessProbe: { httpGet: { path } } },
          ],
        },
      },
    }));
  fc.assert(
    fc.property(spec, spec, (before, after) => {
      const changes = between(before, after);
      expect(JSON.stringify(changes)).not.toMatch(/[QZ]{6}/);
      expect(changes.length > 0).toBe(JSON.stringify(before) !== JSON.stringify(after));
    }),
    { numRuns: 100 },
  );
});
