import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { upperTail } from './binomial.ts';
import { compareCounts, correctedForMany, dispersionOf } from './compare-counts.ts';

/** The sum of the terms, with whole numbers as numerators: exact up to the last division. */
function exactUpperTail(k: number, n: number, [a, b]: readonly [number, number]): number {
  let sum = 0n;
  let ways = 1n;
  for (let i = 0; i <= n; i += 1) {
    if (i >= k) sum += ways * BigInt(a) ** BigInt(i) * BigInt(b - a) ** BigInt(n - i);
    ways = (ways * BigInt(n - i)) / BigInt(i + 1);
  }
  const scale = 10n ** 60n;
  return Number((sum * scale) / BigInt(b) ** BigInt(n)) / 1e60;
}

describe('the tail of a binomial distribution', () => {
  test('is the sum of its terms', () => {
    const cases = fc
      .tuple(
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 1, max: 19 }),
      )
      .filter(([k, n]) => k <= n);
    fc.assert(
      fc.property(cases, ([k, n, a]) => {
        const exact = exactUpperTail(k, n, [a, 20]);
        fc.pre(exact > 1e-40);
        expect(Math.abs(upperTail(k, n, a / 20) / exact - 1)).toBeLessThan(1e-8);
      }),
    );
  });

  test('is half of a symmetric one of a million trials', () => {
    // For odd n and p = 1/2, P(X >= (n + 1) / 2) is 1/2 by symmetry.
    expect(upperTail(500_001, 1_000_001, 0.5)).toBeCloseTo(0.5, 6);
  });
});

describe('a comparison of counts', () => {
  const hour = { window: 3600, baseline: 3600 };

  test('says which way each went, by rates', () => {
    const changes = compareCounts(
      [
        { count: 40, baseline: 0 },
        { count: 0, baseline: 120 },
        { count: 90, baseline: 60 },
        { count: 20, baseline: 300 },
        { count: 10, baseline: 30 },
        { count: 0, baseline: 0 },
      ],
      { window: 3600, baseline: 3 * 3600 },
    );
    expect(changes.map(({ change, factor, significant }) => [change, factor, significant])).toEqual([
      ['new', null, true],
      ['gone', 0, true],
      ['more', 4.5, true],
      ['fewer', 0.2, true],
      ['same', 1, false],
      ['same', null, false],
    ]);
  });

  test('has the exact chance', () => {
    // All of 8 events in one of two equal windows: 2 of 256 ways.
    expect(compareCounts([{ count: 8, baseline: 0 }], hour)[0]?.pValue).toBeCloseTo(2 / 256, 12);
    // 3 events, all in the window that is a quarter of the time.
    const short = { window: 600, baseline: 1800 };
    expect(compareCounts([{ count: 3, baseline: 0 }], short)[0]?.pValue).toBeCloseTo(2 / 64, 12);
  });

  test('takes lines that come together for one event', () => {
    const [lines] = compareCounts([{ count: 80, baseline: 0, dispersion: 10 }], hour);
    expect(lines?.pValue).toBeCloseTo(2 / 256, 12);
  });

  test('finds no small change, however certain', () => {
    const [small] = compareCounts([{ count: 1_200_000, baseline: 1_000_000 }], hour);
    expect(small).toMatchObject({ change: 'more', factor: 1.2, significant: false });
    expect(small?.qValue).toBeLessThan(1e-9);
  });

  test('of a window with itself is empty', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1e6)), (counts) => {
        const changes = compareCounts(
          counts.map((count) => ({ count, baseline: count })),
          hour,
        );
        expect(changes.every(({ change, pValue }) => change === 'same' && pValue === 1)).toBe(true);
      }),
    );
  });

  test('is the same the other way round', () => {
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), (count, baseline) => {
        const [there] = compareCounts([{ count, baseline }], { window: 60, baseline: 600 });
        const [back] = compareCounts([{ count: baseline, baseline: count }], { window: 600, baseline: 60 });
        expect(there?.pValue).toBeCloseTo(back?.pValue ?? -1, 12);
        expect(there?.strength).toBeCloseTo(back?.strength ?? -1, 6);
      }),
    );
  });
});

test('p-values are corrected as in the paper of Benjamini and Hochberg', () => {
  // Their example of 15 tests (1995, section 3.2): at 0.05 the four smallest are rejected, and no fifth.
  const paper = [
    0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
    0.759, 1,
  ];
  const corrected = correctedForMany(paper);
  expect(corrected.filter((q) => q <= 0.05)).toHaveLength(4);
  expect(corrected[3]).toBeCloseTo((0.0095 * 15) / 4, 12);
  expect(correctedForMany([...paper].reverse())).toEqual([...corrected].reverse());
});

describe('dispersion', () => {
  test('is 1 for what does not vary, and at a change of level', () => {
    expect(dispersionOf([[5, 5, 5, 5]])).toBe(1);
    expect(dispersionOf([[2, 2, 2, 2, 4, 4, 4, 4]])).toBe(1);
    expect(dispersionOf([[], [3]])).toBe(1);
  });

  test('is the size of rare bursts', () => {
    // Differences of 10 twice: 2 · 100 / 2 = 100, against a mean of 1 for 9 differences.
    expect(dispersionOf([[0, 0, 0, 0, 10, 0, 0, 0, 0, 0]])).toBeCloseTo(100 / 9, 12);
  });
});
