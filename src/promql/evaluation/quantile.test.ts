import fc from 'fast-check';
import { expect, test } from 'vitest';
import { quantile } from './quantile.ts';

/** The quantile by its definition, with NaN below all numbers. */
function byDefinition(q: number, values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number(Number.isNaN(b)) - Number(Number.isNaN(a));
    return a - b;
  });
  const rank = q * (sorted.length - 1);
  const [low, high] = [Math.floor(rank), Math.ceil(rank)];
  const weight = rank - low;
  const [a = Number.NaN, b = a] = [sorted[low], sorted[high]];
  return a * (1 - weight) + b * weight;
}

const value = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant(Number.NaN));

test('a quantile is that of the sorted values, of few and of many', () => {
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 150 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, q) => {
        const copy = Float64Array.from([...values, 1e9, 1e9]);
        const expected = byDefinition(q, values);
        const isClose = Number.isNaN(expected) ? Number.NaN : expect.closeTo(expected, 9);
        expect(quantile(q, copy, values.length)).toEqual(isClose);
      },
    ),
  );
});

test('outside 0 to 1 it is infinite; without values it is NaN', () => {
  const values = Float64Array.of(1, 2);
  expect(quantile(-0.1, values, 2)).toBe(Number.NEGATIVE_INFINITY);
  expect(quantile(1.1, values, 2)).toBe(Number.POSITIVE_INFINITY);
  expect(quantile(Number.NaN, values, 2)).toBeNaN();
  expect(quantile(0.5, values, 0)).toBeNaN();
});
