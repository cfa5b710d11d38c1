import { describe, expect, test } from 'vitest';
import type { Cause } from '../telemetry/comparison/causes.ts';
import type { Change } from '../telemetry/comparison/changes.ts';
import { selectChanges } from './select-changes.ts';

const metric = (
  workload: string,
  subject: string,
  [before, after]: [number, number],
  pod = `${workload}-0`,
) =>
  ({
    ...{ kind: 'metric', unit: 'metric', workload, peer: '', pod, operation: '', level: '', subject },
    ...{ before, after, samples: [4, 4], onset: 0, sure: true, failingBelow: new Map() },
    test: { p: 1e-9, least: 0, delta: after > before ? 1 : -1, strength: 0.3 },
  }) satisfies Change;

/** What is listed of each: its number, the workload and the metric, and what it stands for. */
const listed = (changes: readonly Change[], causes: readonly Cause[] = []) =>
  selectChanges(changes, causes, 30).map(({ number, change, alike, likewise, alsoIn }) => [
    `${number} ${change.workload} ${change.subject}`,
    alike,
    likewise,
    alsoIn,
  ]);

describe('metrics', () => {
  test('of a pod that say the same are one entry', () => {
    const changes = [
      metric('cart', 'container_memory_working_set_bytes', [100, 200]),
      metric('cart', 'container_memory_rss', [90, 180]),
      metric('cart', 'container_memory_usage_bytes{container=app}', [110, 190]),
      metric('cart', 'container_memory_usage_bytes{container=log}', [11, 20]),
    ];
    expect(listed(changes)).toEqual([
      [
        '1 cart container_memory_working_set_bytes',
        3,
        ['container_memory_rss', 'container_memory_usage_bytes'],
        [],
      ],
    ]);
  });

  test.each([
    ['go the other way', metric('cart', 'container_memory_cache', [200, 100])],
    ['move by another factor', metric('cart', 'container_memory_swap', [1, 90])],
    ['measure something else', metric('cart', 'container_cpu_usage_seconds_total', [1, 2])],
  ])('that %s are entries of their own', (_, other) => {
    const changes = [metric('cart', 'container_memory_rss', [90, 180]), other];
    expect(listed(changes)).toHaveLength(2);
  });

  test('of several workloads are one entry, but for what a cause rests on', () => {
    const changes = ['web', 'cart', 'pay', 'web'].map((workload, i) =>
      metric(workload, 'queue_length', [1, 5], `${workload}-${i}`),
    );
    expect(listed(changes)).toEqual([['1 web queue_length', 3, [], ['cart', 'pay']]]);
    const [, evidence] = changes;
    if (evidence === undefined) throw new Error('there are four');
    const cause = {
      kind: 'resource pressure',
      workload: 'cart',
      peer: '',
      score: 0.3,
      explainedBy: '',
    } as const;
    expect(listed(changes, [{ ...cause, evidence: [evidence] }])).toEqual([
      ['1 web queue_length', 2, [], ['pay']],
      ['2 cart queue_length', 0, [], []],
    ]);
  });
});
