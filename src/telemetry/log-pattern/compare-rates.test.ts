import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareRates, correctedForMany } from './compare-rates.ts';

describe('a comparison of rates', () => {
  const hour = { window: 3600, baseline: 3600 };

  test('says which way each went, by rates', () => {
    const changes = compareRates(
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
    // All of 8 events in one of two equal windows: 2 of 256 ways, each of which counts half (mid-p).
    expect(compareRates([{ count: 8, baseline: 0 }], hour)[0]?.pValue).toBeCloseTo(1 / 256, 12);
    // 3 events, all in the window that is a quarter of the time.
    const short = { window: 600, baseline: 1800 };
    expect(compareRates([{ count: 3, baseline: 0 }], short)[0]?.pValue).toBeCloseTo(1 / 64, 12);
  });

  test('takes lines that come together for one event', () => {
    const dispersion = { factor: 10, freedom: Number.POSITIVE_INFINITY };
    const [lines] = compareRates([{ count: 80, baseline: 0, dispersion }], hour);
    expect(lines?.pValue).toBeCloseTo(1 / 256, 6);
  });

  test('finds no small change, however certain', () => {
    const [small] = compareRates([{ count: 1_200_000, baseline: 1_000_000 }], hour);
    expect(small).toMatchObject({ change: 'more', factor: 1.2, significant: false });
    expect(small?.qValue).toBeLessThan(1e-9);
  });

  test('of a window with itself is empty', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(1e6)), (counts) => {
        const changes = compareRates(
          counts.map((count) => ({ count, baseline: count })),
          hour,
        );
        expect(changes.every(({ change, pValue }) => change === 'same' && pValue > 1 - 1e-6)).toBe(true);
      }),
    );
  });

  test('is the same the other way round', () => {
    // Rates that are the same, but for the last digit of a division.
    const examples: [number, number][] = [[1, 10]];
    fc.assert(
      fc.property(fc.nat(5000), fc.nat(5000), (count, baseline) => {
        const [there] = compareRates([{ count, baseline }], { window: 60, baseline: 600 });
        const [back] = compareRates([{ count: baseline, baseline: count }], { window: 600, baseline: 60 });
        expect(there?.pValue).toBeCloseTo(back?.pValue ?? -1, 12);
        expect(there?.strength).toBeCloseTo(back?.strength ?? -1, 6);
      }),
      { examples },
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
