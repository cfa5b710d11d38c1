import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { upperTail } from './distributions.ts';

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
