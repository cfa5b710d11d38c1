import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { allChanges, changesTold, kubeStateMetrics, oomKill } from '../kubernetes/kube-state-metrics.ts';
import { openTarget, type Target } from './target.ts';

describe.each(['prometheus', 'victoria-metrics'] as const)('%s', (name) => {
  let target: Target;
  beforeAll(async () => {
    target = await openTarget(name, 'kubernetes', kubeStateMetrics);
  });
  afterAll(() => target?.close());

  test('tells of restarts, replicas and nodes', async () => {
    expect((await changesTold(target.store)).changes).toEqual(allChanges);
  });

  test('tells of one namespace', async () => {
    const { changes } = await changesTold(target.store, { namespace: 'bank' });
    expect(changes.map(({ what }) => what)).toEqual(['scaling bank/ledger']);
  });

  test('tells a key that is limited to a namespace of that alone', async () => {
    expect((await changesTold(target.store, {}, { namespaces: ['shop'] })).changes).toEqual([oomKill]);
  });
});
