import { expect, test } from 'vitest';
import { pointLines } from './points.ts';

const table = { timeName: 'bucket start', unit: undefined, groupBy: ['#'] };

test('summaries without points say that they hold partial buckets', () => {
  const notesOf = (partial: { first: boolean; last: boolean }) =>
    pointLines({ ...table, partial }, [], []).notes;
  expect(notesOf({ first: true, last: false })).toEqual([
    'the first bucket is partial: cut by the window or by now',
  ]);
  expect(notesOf({ first: true, last: true })).toEqual([
    'the first and last buckets are partial: cut by the window or by now',
  ]);
  expect(notesOf({ first: false, last: false })).toEqual([]);
});
