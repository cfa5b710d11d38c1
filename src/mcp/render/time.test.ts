import { describe, expect, test } from 'vitest';
import { bucketTexts, exact, stepText, timeTexts, windowText } from './time.ts';

const ns = (iso: string, nanoseconds = 0) => BigInt(Date.parse(iso)) * 1_000_000n + BigInt(nanoseconds);

test('a window has its date once, and all its digits', () => {
  const from = ns('2023-01-29T08:41:00Z');
  expect(windowText({ from, to: ns('2023-01-29T10:30:00Z') })).toBe('2023-01-29 08:41:00 to 10:30:00 UTC');
  expect(windowText({ from, to: ns('2023-01-30T00:00:00Z') })).toBe(
    '2023-01-29 08:41:00 to 2023-01-30 00:00:00 UTC',
  );
  expect(windowText({ from, to: from + 250_000_001n })).toBe('2023-01-29 08:41:00 to 08:41:00.250000001 UTC');
});

test('exact', () => {
  expect(exact(0n)).toBe('1970-01-01 00:00:00');
  expect(exact(1_674_981_729_487_160_534n)).toBe('2023-01-29 08:42:09.487160534');
});

describe('times of a column', () => {
  test('leave out the date that all have, and show as many digits as tell them apart', () => {
    const time = ns('2023-01-29T08:42:09.487Z');
    expect(timeTexts([time, time + 1_000_000n])).toEqual({
      texts: ['08:42:09.487', '08:42:09.488'],
      date: '2023-01-29',
    });
    expect(timeTexts([time, time + 999n]).texts).toEqual(['08:42:09.487000000', '08:42:09.487000999']);
    expect(timeTexts([time, time + 1000n]).texts).toEqual(['08:42:09.487000', '08:42:09.487001']);
    expect(timeTexts([time, time, null]).texts).toEqual(['08:42:09.487', '08:42:09.487', null]);
  });

  test('are cut, not rounded up', () => {
    expect(timeTexts([ns('2023-01-29T08:42:09.999Z', 999_999)]).texts).toEqual(['08:42:09.999']);
  });

  test('have the date where it differs', () => {
    expect(timeTexts([ns('2023-01-30T00:00:00Z'), ns('2023-01-29T23:59:59Z')])).toEqual({
      texts: ['2023-01-30 00:00:00.000', '2023-01-29 23:59:59.000'],
      date: undefined,
    });
  });
});

test('buckets have the date where it changes, and seconds where they matter', () => {
  const start = Date.parse('2023-01-29T23:50:00Z') / 1000;
  expect(bucketTexts([start, start + 300, start + 600])).toEqual([
    '2023-01-29 23:50',
    '23:55',
    '2023-01-30 00:00',
  ]);
  expect(bucketTexts([start, start + 30])).toEqual(['2023-01-29 23:50:00', '23:50:30']);
  expect(bucketTexts([start + 0.5])).toEqual(['2023-01-29 23:50:00.500']);
});

test.each([
  [30, '30s'],
  [90, '90s'],
  [300, '5m'],
  [7200, '2h'],
  [86_400, '1d'],
  [0.5, '500ms'],
])('a step of %d seconds is %s', (seconds, text) => {
  expect(stepText(seconds)).toBe(text);
});
