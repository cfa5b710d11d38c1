import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dateFunctions } from './date-functions.ts';

const names = [
  'year',
  'month',
  'day_of_month',
  'hour',
  'minute',
  'day_of_week',
  'day_of_year',
  'days_in_month',
];

function partsOf(seconds: number): number[] {
  return names.map((name) => dateFunctions.get(name)?.(seconds) ?? Number.NaN);
}

test('the parts of a time are those of a Date', () => {
  fc.assert(
    fc.property(fc.integer({ min: -8e12, max: 8e12 }), (seconds) => {
      const date = new Date(seconds * 1000);
      const year = date.getUTCFullYear();
      const month = date.getUTCMonth();
      const [start, next] = [new Date(0), new Date(0)];
      start.setUTCFullYear(year, 0, 1);
      next.setUTCFullYear(year, month + 1, 0);
      expect(partsOf(seconds)).toEqual([
        year,
        month + 1,
        date.getUTCDate(),
        date.getUTCHours(),
        date.getUTCMinutes(),
        date.getUTCDay(),
        Math.floor((date.getTime() - start.getTime()) / 86_400_000) + 1,
        next.getUTCDate(),
      ]);
    }),
    { numRuns: 1000 },
  );
});

// As Go 1.26 has them, with time.Unix(int64(seconds), 0).UTC().
test.each([
  [Number.NaN, [292277026596, 12, 4, 15, 30, 0, 339, 31]],
  [Number.POSITIVE_INFINITY, [292277026596, 12, 4, 15, 30, 0, 339, 31]],
  [1e18, [31688740476, 10, 23, 1, 46, 5, 297, 31]],
  [-1e18, [-31688736537, 3, 10, 22, 13, 2, 69, 31]],
  [5e15, [158445662, 7, 14, 8, 53, 5, 195, 31]],
])('%d is past all Dates', (seconds, parts) => {
  expect(partsOf(seconds)).toEqual(parts);
});
