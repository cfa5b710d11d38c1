import { expect, test } from 'vitest';
import { type DurationParameters, durationMs } from './duration.ts';
import { parseQuery } from './parser.ts';

const parameters = { stepMs: 30_000, rangeMs: 3_600_000 };

function rangeOf(source: string, given: DurationParameters = parameters): number {
  const query = `a[${source}]`;
  const expr = parseQuery(query);
  if (expr.kind !== 'matrixSelector') throw new Error('no range');
  return durationMs(expr.range, given, query);
}

function offsetOf(source: string): number {
  const query = `a offset ${source}`;
  const expr = parseQuery(query);
  if (expr.kind !== 'vectorSelector' || expr.offset === undefined) throw new Error('no offset');
  return durationMs(expr.offset, parameters, query, { negative: true });
}

test.each([
  ['5m', 300_000],
  ['300', 300_000],
  ['1.5', 1500],
  ['0.29', 290],
  ['-5m + 10m', 300_000],
  ['(9m30s + 30s) * 3', 1_800_000],
  ['1h30m % 1h', 1_800_000],
  ['2 ^ 3 ^ 2', 512_000],
  ['-2 ^ 2 + 10', 6_000],
  ['1h / 7', 514_285],
  ['step() * 2', 60_000],
  ['max_of(range() / 4, 20m)', 1_200_000],
  ['min_of(step(), 1m)', 30_000],
])('[%s] is %d ms', (source, ms) => {
  expect(rangeOf(source)).toBe(ms);
});

test.each([
  ['-5m', -300_000],
  ['-(20 * 10s)', -200_000],
  ['--5m', 300_000],
  ['(5m) * 2', 600_000],
  ['-step()', -30_000],
  ['0', 0],
  ['-(0)', 0],
])('offset %s is %d ms', (source, ms) => {
  expect(offsetOf(source)).toBe(ms);
});

test.each([
  ['5m / (1 - 1)', 'Line 1, column 3: this duration is divided by 0'],
  ['5m % (1 - 1)', 'this duration is divided by 0'],
  ['(-5m)', 'comes out as -300s; a range and a step must be longer than 0'],
  ['1y * 1y', 'is longer than 292 years'],
  ['(0 - 8) ^ 0.5', 'comes out as no finite number'],
])('[%s] is an error', (source, message) => {
  expect(() => rangeOf(source)).toThrow(message);
});

test('an instant query has no step', () => {
  expect(() => rangeOf('step()', { stepMs: 0, rangeMs: 0 })).toThrow('are 0 in an instant query');
});
