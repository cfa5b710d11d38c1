import { expect, test } from 'vitest';
import { formatDuration, formatNumber, parseDuration, parseNumber } from './number-literal.ts';

test.each([
  ['0', 0],
  ['1_000', 1000],
  ['1.', 1],
  ['.5e3', 500],
  ['1E-2', 0.01],
  ['1_0.5', 10.5],
  ['0x1F', 31],
  ['0x_1f', 31],
  ['017', 15],
  ['0_17', 15],
  ['089', 89],
  ['9223372036854775808', 2 ** 63],
  ['INF', Number.POSITIVE_INFINITY],
  ['nan', Number.NaN],
])('%s is the number %d', (text, value) => {
  expect(parseNumber(text)).toBe(value);
});

test.each(['', '1__0', '1_', '1e', '0x', '1e400', '0xffffffffffffffff', '0x1p3', '1.5.5', '-1', '５'])(
  '%s is no number',
  (text) => {
    expect(parseNumber(text)).toBeUndefined();
  },
);

test.each([
  ['1y2w3d4h5m6s7ms', 33_019_506.007, '382d4h5m6s7ms'],
  ['90s', 90, '1m30s'],
  ['14d', 1_209_600, '2w'],
  ['365d', 31_536_000, '1y'],
  ['1500ms', 1.5, '1s500ms'],
  ['0s', 0, '0s'],
])('%s is %d seconds and prints as %s', (text, seconds, printed) => {
  expect(parseDuration(text)).toBe(seconds);
  expect(formatDuration(seconds * 1000)).toBe(printed);
});

test.each(['', '5', '5m1h', '1m1m', '1.5h', '-5m', '5M', '300y', '5 m'])('%s is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test('numbers and durations print with their sign', () => {
  expect([-0, -1.5, 1e21, Number.NEGATIVE_INFINITY].map(formatNumber)).toEqual([
    '-0',
    '-1.5',
    '1e+21',
    '-Inf',
  ]);
  expect(formatDuration(-90_000)).toBe('-1m30s');
});
