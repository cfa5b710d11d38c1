import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oneInFor } from './sampling.ts';

test('of one record in so many there are as many as may be, and no more', () => {
  expect([0, 200, 201, 400, 401, 800].map((records) => oneInFor(records, 200))).toEqual([1, 1, 2, 2, 4, 4]);
  fc.assert(
    fc.property(fc.nat(1e9), fc.integer({ min: 1, max: 1e6 }), (records, most) => {
      const oneIn = oneInFor(records, most);
      expect(Number.isInteger(Math.log2(oneIn))).toBe(true);
      expect(records / oneIn).toBeLessThanOrEqual(most);
      if (oneIn > 1) expect((2 * records) / oneIn).toBeGreaterThan(most);
    }),
  );
});
