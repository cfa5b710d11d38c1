import { describe, expect, test } from 'vitest';
import { formatDuration, parseDecimal, parseDuration, toNumber, wholeNanoseconds } from './duration.ts';

describe('parseDuration', () => {
  test.each([
    ['30s', 30_000_000_000n],
    ['5m', 300_000_000_000n],
    ['1h30m', 5_400_000_000_000n],
    ['1d', 86_400_000_000_000n],
    ['2w', 1_209_600_000_000_000n],
    ['250ms', 250_000_000n],
    ['1.5s', 1_500_000_000n],
    ['1.1s', 1_100_000_000n],
    ['0.3us', 300n],
    ['7µs', 7_000n],
    ['-5m', -300_000_000_000n],
    ['-1h30m', -5_400_000_000_000n],
    ['+5m', 300_000_000_000n],
    ['1h0.5s', 3_600_500_000_000n],
    ['0.9ns', 0n],
  ])('%s', (text, expected) => {
    const duration = parseDuration(text);
    expect(duration && wholeNanoseconds(duration)).toBe(expected);
  });

  test.each(['', '5', 's', '5 s', '5x', '5sm', '1m1h', '1h1h', '1h-5m', 'h1', '5S', '1..5s', '-', '1e3s'])(
    '%j is none',
    (text) => expect(parseDuration(text)).toBeUndefined(),
  );
});

describe('parseDecimal', () => {
  test.each(['0', '-0.5', '+12', '1e5', '.5', '5.', '1.25E-3', '00012', '123456789012345678901234567890'])(
    '%s keeps all digits',
    (text) => {
      const decimal = parseDecimal(text);
      expect(decimal && toNumber(decimal)).toBe(Number(text));
    },
  );

  test.each(['', '.', 'e5', '1e', '--1', '1_0', '0x1', 'inf', '1 ', '٣', '9'.repeat(401)])(
    '%j is none',
    (text) => {
      expect(parseDecimal(text)).toBeUndefined();
    },
  );

  test('a tiny exponent costs nothing', () => {
    const tiny = parseDecimal('9e-999999');
    expect(tiny && wholeNanoseconds(tiny)).toBe(0n);
  });
});

test.each([
  [0n, '0ns'],
  [1n, '1ns'],
  [1_000n, '1us'],
  [1_500n, '1500ns'],
  [500_000_000n, '500ms'],
  [1_500_000_000n, '1500ms'],
  [60_000_000_000n, '1m'],
  [5_400_000_000_000n, '90m'],
  [-3_600_000_000_000n, '-1h'],
])('formatDuration(%s)', (ns, expected) => {
  expect(formatDuration(ns)).toBe(expected);
});
