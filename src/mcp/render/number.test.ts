import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { numberTexts, numberTextsInOneUnit, percent } from './number.ts';

describe('durations', () => {
  test.each([
    [0, '0 ns'],
    [512, '512 ns'],
    [1_500, '1.5 us'],
    [33_123_456, '33.1 ms'],
    [999_999_600, '1 s'],
    [1_240_000_000, '1.24 s'],
    [119_000_000_000, '119 s'],
    [150_000_000_000, '2.5 m'],
    [9_000_000_000_000, '2.5 h'],
    [-1_500, '-1.5 us'],
  ])('%d ns is %s', (ns, text) => {
    expect(numberTexts([ns], 'ns').texts).toEqual([text]);
    expect(numberTexts([ns / 1e6], 'ms').texts).toEqual([text]);
  });

  test('say whether digits were left out', () => {
    expect(numberTexts([1_240_000_000], 'ns').rounded).toBe(false);
    expect(numberTexts([1_240_000_001], 'ns').rounded).toBe(true);
  });
});

describe('units of metrics', () => {
  test.each([
    [536_870_912, 'bytes', '512 MiB'],
    [1500, 'bytes', '1.465 KiB'],
    [999, 'bytes', '999 B'],
    [0, 'bytes', '0 B'],
    [3 * 1024 ** 4, 'bytes per second', '3 TiB/s'],
    [1.24, 'seconds', '1.24 s'],
    [0.0123, 'seconds', '12.3 ms'],
    [0, 'seconds', '0 ns'],
    [0.375, 'ratio', '37.5 %'],
    [0.375, 'percent', '0.375 %'],
    [Number.NaN, 'seconds', 'NaN'],
    [Number.POSITIVE_INFINITY, 'bytes', '+Inf'],
  ] as const)('%d %s is %s', (value, unit, text) => {
    expect(numberTexts([value], unit).texts).toEqual([text]);
  });
});

/** What a text says, in units of the smallest scale. */
function amountIn(text: string): number {
  const sizes: Record<string, number> = {
    ...{ h: 3600e9, m: 60e9, s: 1e9, ms: 1e6, us: 1e3, ns: 1, '%': 1 },
    ...{ B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 },
  };
  const [number = '', unit = ''] = text.replace('/s', '').split(' ');
  return Number(number) * (sizes[unit] ?? 1);
}

test('texts of a column have the order of the numbers', () => {
  const value = fc.oneof(
    fc.double({ min: -1e15, max: 1e15, noNaN: true }),
    fc.double({ min: 0, max: 2000, noNaN: true }),
    fc.integer({ min: 1000, max: 1030 }),
  );
  const unit = fc.constantFrom('ns', 'ms', 'seconds', 'bytes', 'bytes per second', 'ratio', undefined);
  fc.assert(
    fc.property(fc.array(value, { maxLength: 20 }), unit, (values, unit) => {
      const sorted = [...values].sort((a, b) => a - b);
      const amounts = numberTexts(sorted, unit).texts.map((text) => amountIn(text ?? ''));
      for (const [i, amount] of amounts.entries()) {
        const before = amounts[i - 1] ?? Number.NEGATIVE_INFINITY;
        expect(amount).toBeGreaterThanOrEqual(before);
      }
      const shown = numberTextsInOneUnit(sorted, unit).texts.map(Number);
      expect([...shown].sort((a, b) => a - b)).toEqual(shown);
    }),
    { seed: 11, numRuns: 1000 },
  );
});

describe('plain numbers', () => {
  test.each([
    [93_436, '93436'],
    [-0, '0'],
    [12.345678, '12.35'],
    [12345.678, '12346'],
    [0.000012345678, '0.00001235'],
    [9_007_199_254_740_991, '9007199254740991'],
  ])('%d is %s', (value, text) => {
    expect(numberTexts([value], undefined).texts).toEqual([text]);
  });
});

test('no value is null', () => {
  expect(numberTexts([null, 1], 'ns').texts).toEqual([null, '1 ns']);
});

test('different values are different texts, whatever it takes', () => {
  expect(numberTexts([372_012_345, 372_012_346, 5_000_000_000], 'ns').texts).toEqual([
    '372.01234 ms',
    '372.01235 ms',
    '5 s',
  ]);
  const value = fc.oneof(
    fc.nat(),
    fc.double({ min: 0, max: 1e15, noNaN: true }),
    fc.nat(100).map((n) => n / 7),
  );
  fc.assert(
    fc.property(
      fc.uniqueArray(value, { maxLength: 20 }),
      fc.constantFrom('ns', undefined),
      (values, unit) => {
        const { texts } = numberTexts(values, unit);
        expect(new Set(texts).size).toBe(new Set(values.map((v) => v + 0)).size);
      },
    ),
    { seed: 5, numRuns: 500 },
  );
});

test('a table of durations has one unit, that of the largest', () => {
  expect(numberTextsInOneUnit([1_500_000_000, 2_345_678, null, 0], 'ns')).toEqual({
    texts: ['1.5', '0.002346', null, '0'],
    unit: 's',
    rounded: true,
  });
  expect(numberTextsInOneUnit([3, 4.5], undefined)).toEqual({
    texts: ['3', '4.5'],
    unit: undefined,
    rounded: false,
  });
});

test.each([
  [1, '100 %'],
  [0, '0 %'],
  [0.579, '57.9 %'],
  [0.9996, '> 99.9 %'],
  [0.0004, '< 0.1 %'],
  [0.375, '37.5 %'],
])('the share %d is %s', (share, text) => {
  expect(percent(share)).toBe(text);
});
