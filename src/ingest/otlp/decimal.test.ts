import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decimal } from './decimal.ts';

test.each([
  [0, '0'],
  [-0, '-0'],
  [1, '1'],
  [0.005, '0.005'],
  [-2.5, '-2.5'],
  [1e21, '1000000000000000000000'],
  [1.25e23, '125000000000000000000000'],
  [1e-7, '0.0000001'],
  [-1.5e-9, '-0.0000000015'],
  [Number.POSITIVE_INFINITY, '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
  [Number.NaN, 'NaN'],
])('%d is written %s', (value, text) => {
  expect(decimal(value)).toBe(text);
});

test('what is written reads back as the same number, and has no exponent', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      expect(Number(decimal(value))).toBe(value);
      expect(decimal(value)).toMatch(/^-?\d+(?:\.\d+)?$/);
    }),
  );
});
