import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InputError } from './input-error.ts';
import {
  buckets,
  chooseEvaluationStep,
  chooseStep,
  evaluationTimes,
  formatTime,
  parseStep,
  parseTime,
  parseWindow,
} from './time.ts';

const ms = 1_000_000n;
const at = (iso: string): bigint => BigInt(Date.parse(iso)) * ms;
const now = at('2025-06-30T14:05:00Z') + 123_456_789n;
const hour = 3_600_000n * ms;

describe('parseTime', () => {
  test.each<[string | number, bigint]>([
    ['2023-01-29T09:20:00Z', at('2023-01-29T09:20:00Z')],
    ['2023-01-29T09:20:00', at('2023-01-29T09:20:00Z')],
    ['2023-01-29 09:20:00', at('2023-01-29T09:20:00Z')],
    ['2023-01-29 09:20', at('2023-01-29T09:20:00Z')],
    ['2023-01-29', at('2023-01-29T00:00:00Z')],
    ['2023-01-29t09:20:00z', at('2023-01-29T09:20:00Z')],
    ['2023-01-29 09:20:00 UTC', at('2023-01-29T09:20:00Z')],
    ['2023-01-29T09:20:00+02:00', at('2023-01-29T07:20:00Z')],
    ['2023-01-29T09:20:00-0530', at('2023-01-29T14:50:00Z')],
    ['2023-01-29T09:20:00+02', at('2023-01-29T07:20:00Z')],
    ['2023-01-29T09:20:00.5Z', at('2023-01-29T09:20:00.500Z')],
    ['2023-01-29T09:20:00,25Z', at('2023-01-29T09:20:00.250Z')],
    ['2023-01-29T09:20:00.123456789Z', at('2023-01-29T09:20:00Z') + 123_456_789n],
    ['2024-02-29', at('2024-02-29T00:00:00Z')],
    ['1970-01-01', 0n],
    ['2261-12-31T23:59:59.999999999Z', at('2262-01-01T00:00:00Z') - 1n],
    [1_674_984_000, at('2023-01-29T09:20:00Z')],
    ['1674984000', at('2023-01-29T09:20:00Z')],
    ['1674984000.25', at('2023-01-29T09:20:00.250Z')],
    [1_674_984_000_000, at('2023-01-29T09:20:00Z')],
    ['1674984000000000', at('2023-01-29T09:20:00Z')],
    ['1674984000000000001', at('2023-01-29T09:20:00Z') + 1n],
    ['100000000000', 100_000_000_000n * ms],
    [' 0 ', 0n],
  ])('%s', (input, time) => {
    expect(parseTime(input, now)).toEqual({ time, relative: false });
  });

  test.each<[string, bigint]>([
    ['now', now],
    ['NOW', now],
    ['now-15m', now - 900_000n * ms],
    ['now - 15m', now - 900_000n * ms],
    ['now-1h30m', now - hour - hour / 2n],
    ['now+5m', now + 300_000n * ms],
    ['+5m', now + 300_000n * ms],
    ['-24h', now - 24n * hour],
    ['2h', now - 2n * hour],
    ['-2h', now - 2n * hour],
    ['1d', now - 24n * hour],
    ['1w', now - 168n * hour],
    ['500ms', now - 500n * ms],
    ['1.5h', now - hour - hour / 2n],
  ])('%s counts from now', (input, time) => {
    expect(parseTime(input, now)).toEqual({ time, relative: true });
  });

  test.each([
    'yesterday',
    '',
    'now2h',
    'now-',
    '-',
    '2 hours',
    '2023-01',
    '2023-1-2',
    '29.01.2023',
    '12:00',
    '2023-02-29',
    '2023-02-30',
    '2023-13-01',
    '2023-01-29T24:00:00Z',
    '2023-01-29T09:60:00Z',
    '2023-01-29T09:20:60Z',
    '2023-01-29T09:20:00+24:00',
    '2023-01-29T09:20:00.1234567890Z',
    '1969-12-31T23:59:59Z',
    '2262-01-01',
    '-1',
    '1e400',
    '1e-999999x',
    '99999999999',
    'now-200000w',
    `now${' '.repeat(50_000)}x`,
    '0x10',
    'NaN',
    'Infinity',
  ])('%j is refused', (input) => {
    expect(() => parseTime(input, now)).toThrow(InputError);
  });

  test('says what would work', () => {
    expect(() => parseTime('yesterday', now)).toThrow(
      /"yesterday" is no time\. Did you mean now-1d\? Use ISO 8601 .*now-15m/,
    );
  });

  test('keeps every nanosecond of what formatTime writes', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: at('2262-01-01T00:00:00Z') - 1n }), (time) => {
        expect(parseTime(formatTime(time), now)).toEqual({ time, relative: false });
      }),
    );
  });
});

test.each([
  [0n, '1970-01-01T00:00:00Z'],
  [1n, '1970-01-01T00:00:00.000000001Z'],
  [1_000n, '1970-01-01T00:00:00.000001Z'],
  [120_000_000n, '1970-01-01T00:00:00.120Z'],
  [123_456_000n, '1970-01-01T00:00:00.123456Z'],
  [at('2023-01-29T09:20:00Z'), '2023-01-29T09:20:00Z'],
])('formatTime(%s)', (ns, text) => {
  expect(formatTime(ns)).toBe(text);
});

describe('parseWindow', () => {
  test('is the last hour by default', () => {
    expect(parseWindow({}, now)).toEqual({
      window: { from: now - hour, to: now },
      relative: true,
      notes: [],
    });
    expect(parseWindow({ fromTime: '', toTime: undefined }, now).window.to).toBe(now);
  });

  test('starts an hour before to_time where only that is given', () => {
    const to = at('2023-01-29T09:20:00Z');
    expect(parseWindow({ toTime: '2023-01-29T09:20:00Z' }, now)).toEqual({
      window: { from: to - hour, to },
      relative: false,
      notes: [],
    });
    expect(parseWindow({ toTime: 60 }, now).window).toEqual({ from: 0n, to: 60_000n * ms });
  });

  test('takes what is given', () => {
    const window = { from: at('2023-01-29T09:20:00Z'), to: at('2023-01-29T09:25:00Z') };
    const given = { fromTime: '2023-01-29T09:20:00Z', toTime: 1_674_984_300 };
    expect(parseWindow(given, now)).toEqual({ window, relative: false, notes: [] });
    expect(parseWindow({ fromTime: '2023-01-29' }, now).relative).toBe(true);
    expect(parseWindow({ fromTime: '2023-01-29', toTime: 'now' }, now).relative).toBe(true);
  });

  test('refuses a window that holds nothing, and says which it was', () => {
    const same = { fromTime: '2023-01-29T09:20:00Z', toTime: '2023-01-29T09:20:00Z' };
    expect(() => parseWindow(same, now)).toThrow(
      'The window is empty: from_time (2023-01-29T09:20:00Z) must be before to_time (2023-01-29T09:20:00Z).',
    );
    expect(() => parseWindow({ fromTime: 'now+1h' }, now)).toThrow(/now because none was given/);
    expect(() => parseWindow({ fromTime: 'now', toTime: 'now-1h' }, now)).toThrow(InputError);
  });

  test('names the parameter that is wrong', () => {
    expect(() => parseWindow({ fromTime: 'x' }, now)).toThrow(/^from_time: "x" is no time/);
    expect(() => parseWindow({ toTime: 'x' }, now)).toThrow(/^to_time: "x" is no time/);
  });

  test('notes a number whose digits JSON did not keep', () => {
    const { notes } = parseWindow({ fromTime: Number('1674984000000000001'), toTime: 'now' }, now);
    expect(notes).toEqual([expect.stringContaining('send it as a string')]);
  });
});

test.each<[string | number, number]>([
  ['30s', 30_000],
  ['5m', 300_000],
  ['1h30m', 5_400_000],
  [60, 60_000],
  ['60', 60_000],
  [0.5, 500],
  ['1d', 86_400_000],
  ['250ms', 250],
])('parseStep(%j)', (input, expected) => {
  expect(parseStep(input)).toBe(expected);
});

test.each(['', '0', '-5m', 'x', '5x', '0.0001s', 'now', '1e300', '1us'])(
  'parseStep(%j) is refused',
  (input) => {
    expect(() => parseStep(input)).toThrow(InputError);
  },
);

describe('chooseStep', () => {
  const from = at('2023-01-29T09:00:00Z');
  test.each([
    [60n, 1_000],
    [61n, 2_000],
    [3600n, 60_000],
    [6n * 3600n, 600_000],
    [24n * 3600n, 1_800_000],
    [7n * 86_400n, 10_800_000],
  ])('%s s from a full hour', (seconds, step) => {
    expect(chooseStep({ from, to: from + seconds * 1000n * ms })).toBe(step);
  });

  test('makes at most 60 buckets of every window', () => {
    const time = fc.bigInt({ min: 0n, max: at('2262-01-01T00:00:00Z') - 2n });
    fc.assert(
      fc.property(time, fc.bigInt({ min: 1n, max: 10n ** 18n }), (start, length) => {
        const window = { from: start, to: start + length };
        const grid = buckets(window, chooseStep(window), window.to);
        expect(grid.length).toBeGreaterThan(0);
        expect(grid.length).toBeLessThanOrEqual(60);
      }),
    );
  });
});

describe('buckets', () => {
  test('start at multiples of the step and are clipped to the window', () => {
    const from = at('2023-01-29T09:02:30Z');
    const to = at('2023-01-29T09:10:00Z');
    const minute = 60_000n * ms;
    expect(buckets({ from, to }, 300_000, now)).toEqual([
      { start: from - (minute * 5n) / 2n, from, to: at('2023-01-29T09:05:00Z'), partial: true },
      { start: at('2023-01-29T09:05:00Z'), from: at('2023-01-29T09:05:00Z'), to, partial: false },
    ]);
  });

  test('end at now', () => {
    const from = at('2023-01-29T09:00:00Z');
    const to = from + hour;
    const clock = from + 90_000n * ms;
    const grid = buckets({ from, to }, 60_000, clock);
    expect(grid.map(({ partial }) => partial)).toEqual([false, true]);
    expect(grid.at(-1)?.to).toBe(clock);
    expect(buckets({ from, to }, 60_000, from)).toEqual([]);
  });

  test('cover the window without a gap', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 13n }),
        fc.bigInt({ min: 1n, max: 10n ** 12n }),
        fc.integer({ min: 1000, max: 10_000_000 }),
        (from, length, step) => {
          const window = { from, to: from + length };
          const grid = buckets(window, step, now);
          expect(grid[0]?.from).toBe(window.from);
          expect(grid.at(-1)?.to).toBe(window.to);
          for (const [i, bucket] of grid.entries()) {
            expect(bucket.start % (BigInt(step) * ms)).toBe(0n);
            expect(bucket.from).toBeLessThan(bucket.to);
            expect(bucket.partial).toBe(bucket.to - bucket.from !== BigInt(step) * ms);
            if (i > 0) expect(bucket.from).toBe(grid[i - 1]?.to);
          }
        },
      ),
    );
  });

  test('are not made by the million', () => {
    expect(() => buckets({ from: 0n, to: now }, 1, now)).toThrow(RangeError);
  });
});

describe('evaluation times', () => {
  test('are all multiples of the step in the window, both ends included', () => {
    const milliseconds = fc.record({
      from: fc.bigInt({ min: 0n, max: 100_000n }),
      length: fc.bigInt({ min: 0n, max: 20_000n }),
      below: fc.bigInt({ min: 0n, max: 999_999n }),
      step: fc.integer({ min: 1, max: 7_000 }),
    });
    fc.assert(
      fc.property(milliseconds, ({ from, length, below, step }) => {
        const window = { from: from * ms + below, to: (from + length) * ms + below };
        const expected: number[] = [];
        for (let time = 0; BigInt(time) * ms <= window.to; time += step) {
          if (BigInt(time) * ms >= window.from) expected.push(time);
        }
        const { start, end, count } = evaluationTimes(window, step);
        expect(count).toBe(expected.length);
        if (count > 0) expect([start, end]).toEqual([expected[0], expected.at(-1)]);
      }),
    );
  });

  test.each([
    ['2023-01-29T09:00:00Z', '2023-01-29T10:00:00Z', 120_000],
    ['2023-01-29T09:00:00.001Z', '2023-01-29T10:00:00Z', 60_000],
    ['2023-01-29T09:00:00Z', '2023-01-29T09:00:59Z', 1_000],
    ['2023-01-29T09:00:00Z', '2023-01-30T09:00:00Z', 1_800_000],
  ])('from %s to %s, at most 60: every %i ms', (from, to, step) => {
    expect(chooseEvaluationStep({ from: at(from), to: at(to) })).toBe(step);
  });
});
