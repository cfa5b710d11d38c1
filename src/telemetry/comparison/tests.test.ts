import { describe, expect, it } from 'vitest';
import { heldTests } from './correction.ts';
import { compareCounts } from './count-test.ts';
import { type ByStretch, dispersionOfCounts, drawnTo, EVEN } from './dispersion.ts';
import { distributionOf } from './distribution.ts';
import { normalScore, normalTail, studentTail } from './distributions.ts';
import { histogramOf } from './histogram.ts';
import { compareLevels, median } from './level-test.ts';
import { onsetOf } from './onset.ts';
import { compareShares } from './share-test.ts';
import { compareValues } from './value-test.ts';

const valuesOf = (values: readonly number[]) => distributionOf([histogramOf(values)]);

describe('distributions', () => {
  it('have the tails that tables give', () => {
    expect(normalTail(1.959964)).toBeCloseTo(0.025, 6);
    expect(normalTail(-1.644854)).toBeCloseTo(0.95, 6);
    expect(normalScore(0.005)).toBeCloseTo(2.575829, 4);
    expect(studentTail(1, 1)).toBeCloseTo(0.25, 9);
    expect(studentTail(2.015048, 5)).toBeCloseTo(0.05, 6);
    expect(studentTail(4.032143, 5)).toBeCloseTo(0.005, 6);
  });
});

describe('shares', () => {
  it("are compared by Fisher's mid-p: 1 and 3 of 4 give 2 (16/2 + 1) / 70", () => {
    const test = compareShares({ hits: [1, 3], of: [4, 4] });
    expect(test.p).toBeCloseTo(18 / 70, 9);
    expect(test.least).toBeCloseTo(1 / 70, 9);
    expect(test.delta).toBe(0.5);
    expect(test.strength).toBe(0);
  });

  it('are compared in one direction where one is asked for', () => {
    expect(compareShares({ hits: [1, 3], of: [4, 4] }, EVEN, 'more').p).toBeCloseTo(9 / 70, 9);
    expect(compareShares({ hits: [1, 3], of: [4, 4] }, EVEN, 'fewer').p).toBeCloseTo(61 / 70, 9);
    // All four hits in the window: half of 1/70, the least that four hits can give.
    expect(compareShares({ hits: [0, 4], of: [4, 4] }, EVEN, 'more')).toMatchObject({
      p: expect.closeTo(1 / 140, 9),
      least: expect.closeTo(1 / 140, 9),
    });
  });

  it('are as strong as the difference that is sure', () => {
    // Score intervals of 90 %: 0 of 100 up to 0.02634, 50 of 100 from 0.41876.
    expect(compareShares({ hits: [0, 50], of: [100, 100] }).strength).toBeCloseTo(
      0.5 - Math.hypot(0.5 - 0.41886, 0.02634),
      3,
    );
  });

  it('say nothing without a hit, without a miss, and without a side', () => {
    expect(compareShares({ hits: [0, 0], of: [9, 9] }).p).toBe(1);
    expect(compareShares({ hits: [9, 9], of: [9, 9] }).p).toBe(1);
    expect(compareShares({ hits: [0, 9], of: [0, 9] }).p).toBe(1);
  });

  it('count for less where the baseline varies more than chance', () => {
    const dispersionOf = (row: ByStretch) => drawnTo({ factor: 1, freedom: 0 }, row);
    expect(
      dispersionOf([
        [5, 5, 5, 5],
        [10, 10, 10, 10],
      ]).factor,
    ).toBe(1);
    // Four stretches of 10 at a share of one half: each term is 25 / 2.5, over 3 degrees of freedom.
    const dispersion = dispersionOf([
      [0, 10, 0, 10],
      [10, 10, 10, 10],
    ]);
    expect(dispersion.factor).toBeCloseTo(40 / 3, 9);
    expect(dispersion.freedom).toBe(3);
    const shares = { hits: [20, 40], of: [100, 100] } as const;
    const wide = compareShares(shares, { factor: 4, freedom: Number.POSITIVE_INFINITY });
    expect(wide.p).toBeGreaterThan(compareShares(shares).p);
    // An estimate of three degrees of freedom is no certain one.
    expect(compareShares(shares, { factor: 4, freedom: 3 }).p).toBeGreaterThan(wide.p);
  });
});

describe('values', () => {
  it('are compared by Mann and Whitney: all of five above five others is one way of 252', () => {
    const test = compareValues(valuesOf([1, 2, 3, 4, 5]), valuesOf([10, 20, 30, 40, 50]));
    expect(test.p).toBeCloseTo(4 / 252, 9);
    expect(test.delta).toBe(1);
  });

  it('show a change of the slowest alone', () => {
    const usual = Array.from({ length: 200 }, (_, i) => 100 + (i % 50));
    const test = compareValues(valuesOf(usual), valuesOf(usual.map((v, i) => (i % 7 === 0 ? v * 20 : v))));
    expect(test.at).toBe(0.95);
    expect(test.p).toBeLessThan(1e-6);
  });
});

describe('levels', () => {
  it('of three samples move by many times their spread, or not at all', () => {
    expect(median([3, 1, 2, 10])).toBe(2.5);
    const p = (baseline: readonly number[], window: readonly number[]): number =>
      compareLevels(Float64Array.from(baseline), Float64Array.from(window), 0, 0.05, {
        spread: 0,
        freedom: 0,
      }).p;
    expect(p([0.9, 1, 1.1], [4.9, 5, 5.2])).toBeLessThan(1e-3);
    expect(p([1, 3, 5], [2, 4, 6])).toBeGreaterThan(0.3);
  });
});

describe('counts', () => {
  it('are binomial with the share of the time: 0 and 5 in equal times have the mid-p 1/32', () => {
    const test = compareCounts({ events: [0, 5], over: [60, 60] });
    expect(test.p).toBeCloseTo(1 / 32, 9);
    expect(test.least).toBeCloseTo(1 / 32, 9);
    expect(test.delta).toBe(1);
  });

  it('say next to nothing of one event', () => {
    const test = compareCounts({ events: [0, 1], over: [60, 60] });
    expect(test.p).toBeCloseTo(1 / 2, 9);
    expect(test.strength).toBe(0);
  });

  it('that come ten at a time are a tenth of the events, judged by what is known of that', () => {
    const counts = { events: [0, 80], over: [60, 60] } as const;
    // As 8 events: the mid-p 1/256, and Student's distribution where the dispersion is estimated.
    const known = compareCounts(counts, { factor: 10, freedom: Number.POSITIVE_INFINITY });
    expect(known.p).toBeCloseTo(1 / 256, 6);
    // The two-sided normal score of 1/256 is 2.8857; P(|T| > 2.8857) of 5 degrees of freedom.
    expect(compareCounts(counts, { factor: 10, freedom: 5 }).p).toBeCloseTo(0.0344, 3);
  });

  it('of millions are told from chance, however small it is', () => {
    const counts = { events: [1_000_000, 1_200_000], over: [60, 60] } as const;
    expect(compareCounts(counts).p).toBeLessThan(1e-300);
    // A difference of 200,000 whose standard deviation is the root of 2.2 million · 10,000: a score of 1.348.
    expect(compareCounts(counts, { factor: 1e4, freedom: Number.POSITIVE_INFINITY }).p).toBeCloseTo(0.178, 2);
  });

  it('are compared by rate where the times differ', () => {
    expect(compareCounts({ events: [30, 10], over: [300, 100] })).toMatchObject({ delta: 0, strength: 0 });
  });
});

describe('the dispersion of counts', () => {
  const quiet = new Array<number>(10).fill(0);

  it('is 1 for what does not vary, where nothing is known, and at a step within the window', () => {
    expect(dispersionOfCounts([5, 5, 5, 5], [5, 5, 5, 5])).toEqual(EVEN);
    expect(dispersionOfCounts([], [3])).toEqual(EVEN);
    expect(dispersionOfCounts(quiet, [0, 0, 40, 40])).toEqual(EVEN);
    expect(dispersionOfCounts(quiet, [40, 40, 40, 0])).toEqual(EVEN);
  });

  it('is the size of bursts of the window', () => {
    // Two differences of 10, of which the greatest is left out: 100 / 2, against a mean of 1. Of nine squares of normal
    // values the greatest is 3.617 in the mean: 2 ln 9 − ln ln 9 − ln π + 2 · 0.5772.
    const { factor, freedom } = dispersionOfCounts(quiet, [0, 0, 0, 0, 10, 0, 0, 0, 0, 0]);
    expect(factor).toBeCloseTo(50 / (9 - 3.6169), 3);
    expect(freedom).toBe(8);
    // At the end it may be a burst or a beginning, and is taken for a burst: 100 / 2 over nine differences.
    expect(dispersionOfCounts(quiet, [0, 0, 0, 0, 0, 0, 0, 0, 0, 10])).toEqual({
      factor: 50 / 9,
      freedom: 9,
    });
  });

  it('is that of waves of the baseline, more where they last', () => {
    const flat = new Array<number>(16).fill(4);
    // Of one at a time each neighbour is opposite, and sums vary less than independent counts.
    expect(dispersionOfCounts([2, 6, 2, 6, 2, 6, 2, 6, 2, 6, 2, 6, 2, 6, 2, 6], flat)).toEqual(EVEN);
    const long = [2, 2, 2, 2, 6, 6, 6, 6, 2, 2, 2, 2, 6, 6, 6, 6];
    // Residuals of ±1, so a variance of 16 / 15; products with lag 1, 2 and 3 add up to 9, 2 and −5.
    const variance = 16 / 15;
    const covariances = [9 / 15, 2 / 14, -5 / 13].map((own) => own + variance / 16);
    const expected = covariances.reduce((all, own, i) => all + 2 * (1 - (i + 1) / 4) * own, variance);
    expect(dispersionOfCounts(long, flat).factor).toBeCloseTo(expected, 9);
  });
});

describe('many tests', () => {
  it('hold by Holm', () => {
    const tests = [0.03, 0.01, 0.02].map((p) => ({ p, least: 0 }));
    expect(heldTests(tests, 0.05)).toEqual([true, true, true]);
    // 0.01 is at most 0.035 / 3, but 0.02 is above 0.035 / 2, and there it stops.
    expect(heldTests(tests, 0.035)).toEqual([false, true, false]);
    expect(heldTests(tests, 0.029)).toEqual([false, false, false]);
  });

  it('are not burdened by those that could never hold', () => {
    const hopeless = Array.from({ length: 1000 }, () => ({ p: 0.5, least: 0.25 }));
    expect(heldTests([{ p: 0.01, least: 0.001 }, ...hopeless], 0.02)[0]).toBe(true);
  });
});

describe('the onset', () => {
  it('is the stretch from which on the share differs', () => {
    expect(onsetOf([1, 0, 1, 9, 10, 8], [10, 10, 10, 10, 10, 10], 1)).toBe(3);
    expect(onsetOf([5, 95, 96], [100, 100, 100], 1)).toBe(1);
  });
});
