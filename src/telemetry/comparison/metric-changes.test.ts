import { describe, expect, it } from 'vitest';
import type { Aggregates, MetricAggregate } from './aggregates.ts';
import { compareWindows } from './compare.ts';

const aggregates = (metrics: readonly MetricAggregate[]): Aggregates => ({
  ...{ stretches: 6, operations: [], calls: [], unserved: [], patterns: [], lines: [], pods: [] },
  metrics,
});

/** A gauge of a pod with these values, one a stretch. */
const gauge = (workload: string, values: readonly number[]): MetricAggregate => ({
  ...{ workload, pod: `${workload}-0`, name: 'queue', labels: '', kind: 'gauge' },
  samples: values.map((value, i) => [i, value]),
});

/** Six values around a level, which are not all the same. */
const around = (level: number): number[] => [0, 1, 2, 3, 4, 5].map((i) => level * (1 + 0.01 * i));

/** The changes of workloads whose metric goes from a level to another. */
function changed(levels: readonly (readonly [before: number, after: number])[]) {
  const side = (of: 0 | 1) =>
    aggregates(levels.map((level, i) => gauge(`w${String(i).padStart(2, '0')}`, around(level[of]))));
  return compareWindows(side(0), side(1));
}

describe('the strength of a metric', () => {
  it.each([
    [3, 4, 0.225],
    [6, 6, 0.43],
    [12, 12, 0.604],
    [40, 40, 0.787],
  ])('that is ten times as high, of %i and %i values, is %f', (n0, n1, strength) => {
    // 1 less 1.645 times 2 √((n0 + n1 + 1) / (12 n0 n1)): what ranks of as many values make sure.
    const values = (n: number, level: number) => Array.from({ length: n }, (_, i) => level * (1 + 0.001 * i));
    const [change] = compareWindows(
      aggregates([gauge('shop', values(n0, 1))]),
      aggregates([gauge('shop', values(n1, 10))]),
    );
    expect(change?.test.strength).toBeCloseTo(strength, 2);
  });
});

describe('a metric of many workloads', () => {
  const even = Array.from({ length: 8 }, (): [number, number] => [10, 10]);
  const [rise, fall]: [number, number][] = [
    [10, 100],
    [100, 10],
  ];
  if (rise === undefined || fall === undefined) throw new Error('there are two');

  it('is told where it moved in one, or from one to another', () => {
    expect(changed([rise, ...even]).map(({ workload }) => workload)).toEqual(['w00']);
    expect(changed([rise, fall, ...even]).map(({ workload }) => workload)).toEqual(['w00', 'w01']);
    expect(changed([rise, rise, rise, ...even])).toHaveLength(3);
  });

  it('is less sure the more it moved the other way elsewhere, and not told where that is as often', () => {
    const [alone] = changed([rise, rise, rise, rise, ...even]);
    const [doubtful] = changed([rise, rise, rise, rise, fall, fall, ...even]);
    // Four rose, and one more than one fell: a quarter may be chance.
    expect(doubtful?.test.strength).toBeCloseTo(0.75 * (alone?.test.strength ?? 0), 9);
    expect(changed([rise, rise, fall, fall, fall, ...even]).map(({ workload }) => workload)).toEqual([
      'w02',
      'w03',
      'w04',
    ]);
  });
});
