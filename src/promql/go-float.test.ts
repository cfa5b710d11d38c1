import { describe, expect, test } from 'vitest';
import { formatDecimal, formatGeneral, formatOpenMetrics, parseFloatText } from './go-float.ts';

// What Go 1.26 prints with %f (shortest), %g and %.2g.
test.each([
  [105, '105', '105', '1e+02'],
  [115, '115', '115', '1.2e+02'],
  [1234.5, '1234.5', '1234.5', '1.2e+03'],
  [0.00001234, '0.00001234', '1.234e-05', '1.2e-05'],
  [1e6, '1000000', '1e+06', '1e+06'],
  [123456, '123456', '123456', '1.2e+05'],
  [1234567.5, '1234567.5', '1.2345675e+06', '1.2e+06'],
  [0.15, '0.15', '0.15', '0.15'],
  [-105, '-105', '-105', '-1e+02'],
  [0.0001, '0.0001', '0.0001', '0.0001'],
  [0.000125, '0.000125', '0.000125', '0.00013'],
  [99.5, '99.5', '99.5', '1e+02'],
  [9.95, '9.95', '9.95', '9.9'],
  [1e21, '1000000000000000000000', '1e+21', '1e+21'],
  [0, '0', '0', '0'],
  [-0, '-0', '-0', '-0'],
  [Number.NaN, 'NaN', 'NaN', 'NaN'],
  [Number.POSITIVE_INFINITY, '+Inf', '+Inf', '+Inf'],
  [Number.NEGATIVE_INFINITY, '-Inf', '-Inf', '-Inf'],
])('%d is written as Go does', (value, decimal, general, short) => {
  expect(formatDecimal(value)).toBe(decimal);
  expect(formatGeneral(value)).toBe(general);
  expect(formatGeneral(value, 2)).toBe(short);
});

test.each([
  [1, '1.0'],
  [0, '0.0'],
  [-0, '0.0'],
  [0.5, '0.5'],
  [1e6, '1e+06'],
  [100, '100.0'],
  [Number.NaN, 'NaN'],
  [Number.NEGATIVE_INFINITY, '-Inf'],
])('%d is written as OpenMetrics does', (value, text) => {
  expect(formatOpenMetrics(value)).toBe(text);
});

describe('a text', () => {
  test.each([
    ['0.5', 0.5],
    ['+5', 5],
    ['-1e3', -1000],
    ['.5', 0.5],
    ['5.', 5],
    ['+Inf', Number.POSITIVE_INFINITY],
    ['inf', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
    ['NaN', Number.NaN],
    ['0x1p-2', 0.25],
    ['-0X1.8p1', -3],
  ])('%j is the float %d', (text, value) => {
    expect(parseFloatText(text)).toBe(value);
  });

  test.each(['', ' 1', '1 ', 'le', '1e', '0x1', '-NaN', '1,5', '--1', '1e999', '0xp1'])(
    '%j is no float',
    (text) => {
      expect(parseFloatText(text)).toBeUndefined();
    },
  );
});
