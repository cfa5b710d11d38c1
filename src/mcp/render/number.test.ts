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
