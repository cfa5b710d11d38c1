import { describe, expect, it } from 'vitest';
import { type AttributeCounts, attributeQuestions, overRepresented } from './attributes.ts';
import { compareWindows } from './compare.ts';
import { histogramOf } from './histogram.ts';

const row = (
  attribute: string,
  value: string,
  [hits, all]: readonly [number, number],
  [otherHits, otherAll]: readonly [number, number],
): AttributeCounts => ({
  workload: 'shop',
  operation: 'GET /',
  outcome: 'failed',
  attribute,
  value,
  having: { hits, all },
  others: { hits: otherHits, all: otherAll },
});

describe('over-represented attributes', () => {
  it('are those that failed spans have more often, with what cannot be told from them', () => {
    const rows = [
      row('k8s.pod.name', 'shop-1', [40, 50], [2, 150]),
      row('pod.ip', '10.0.0.7', [40, 50], [2, 150]),
      row('k8s.pod.name', 'shop-2', [2, 150], [40, 50]),
      row('http.request.method', 'GET', [42, 200], [0, 0]),
      row('customer.region', 'eu', [22, 100], [20, 100]),
      ...Array.from({ length: 200 }, (_, i) => row('request.id', `${i}`, [i < 42 ? 1 : 0, 1], [41, 199])),
    ];
    const found = overRepresented(rows);
    expect(found.map(({ attribute, value, same }) => ({ attribute, value, same }))).toEqual([
      { attribute: 'pod.ip', value: '10.0.0.7', same: ['k8s.pod.name=shop-1'] },
    ]);
    expect(found[0]?.p).toBeLessThan(1e-12);
    expect(overRepresented(rows.toReversed())).toEqual(found);
  });

  it('are none of many that differ by chance', () => {
    // Each value has one failure in ten, or one more or less.
    const rows = Array.from({ length: 300 }, (_, i) => row('shelf', `${i}`, [9 + (i % 3), 100], [300, 2900]));
    expect(overRepresented(rows)).toEqual([]);
  });
});

it('are asked for operations that fail or are slower than nine of ten were', () => {
  const aggregates = (failed: number, times: readonly number[]) => ({
    ...{ stretches: 4, calls: [], unserved: [], patterns: [], lines: [], metrics: [], pods: [] },
    operations: [
      {
        workload: 'shop',
        operation: 'GET /',
        requests: [100, 100, 100, 100],
        failed: [failed, failed, failed, failed],
        failingBelow: new Map(),
        duration: [1, 2, 3, 4].map(() => histogramOf(times)),
        own: [1, 2, 3, 4].map(() => histogramOf([])),
      },
    ],
  });
  const usual = Array.from({ length: 100 }, (_, i) => 1e6 * (i + 1));
  const baseline = aggregates(0, usual);
  const window = aggregates(
    30,
    usual.map((time) => 3 * time),
  );
  const questions = attributeQuestions(compareWindows(baseline, window), baseline, window);
  expect(questions.map(({ outcome }) => outcome).sort()).toEqual(['failed', 'slow']);
  const slow = questions.find(({ outcome }) => outcome === 'slow');
  // The 90th value is 90 ms, known within 2 %, and the next bucket begins where it ends.
  expect(slow?.slowFrom).toBeGreaterThan(90e6);
  expect(slow?.slowFrom).toBeLessThan(94e6);
});
