import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { searchResult } from '../../../test/mcp/stub-queries.ts';
import type { SearchOrder } from '../../query/requests.ts';
import { parseTime } from '../../telemetry/time.ts';
import { searchText } from './search.ts';

const presentation = { maxTokens: 25_000, notes: [], mark: () => '483920' };
const start = 1_674_988_190_000_000_000n;

interface Page {
  readonly from: bigint;
  readonly to: bigint;
}

/** The rows (their ids) of a page as a store gives them, and how the answer says to go on. */
function read(
  times: readonly number[],
  { from, to }: Page,
  limit: number,
  order: SearchOrder,
): { ids: number[]; more: string | undefined } {
  const sign = order === 'newest' ? -1 : 1;
  const rows = times
    .map((time, id) => ({ timestamp: start + BigInt(time), id }))
    .filter(({ timestamp }) => timestamp >= from && timestamp < to)
    .sort((a, b) => sign * Number(a.timestamp - b.timestamp) || a.id - b.id);
  const shown = rows.slice(0, limit);
  const records = shown.map(({ timestamp, id }) => ({ timestamp, '@id': String(id) }));
  const text = searchText(searchResult('logs', records, { matched: rows.length, order }), presentation);
  return {
    ids: shown.map(({ id }) => id),
    more: text.split('\n').find((line) => line.startsWith('more: ')),
  };
}

describe('how to go on', () => {
  test.each<[SearchOrder, number[], number, string | undefined]>([
    ['newest', [0, 1], 2, undefined],
    [
      'newest',
      [0, 1, 2],
      2,
      'more: 1 more matches: go on with to_time 2023-01-29T10:29:50.000000002Z; rows at that instant come again',
    ],
    [
      'oldest',
      [0, 1, 2, 3],
      2,
      'more: 2 more match: go on with from_time 2023-01-29T10:29:50.000000001Z; rows at that instant come again',
    ],
    ['newest', [0, 1, 2], 1, 'more: 2 more match: narrow the filter, or raise limit (up to 10)'],
    ['oldest', [5, 5, 5, 6], 2, 'more: 2 more match: narrow the filter, or raise limit (up to 10)'],
    ['newest', new Array<number>(12).fill(7), 10, 'more: 2 more match: narrow the filter'],
    ['slowest', [0, 1, 2], 2, 'more: 1 more matches: narrow the filter, or use analyze-logs'],
  ])('%s of %j, %i shown', (order, times, limit, more) => {
    expect(read(times, { from: 0n, to: start * 2n }, limit, order).more).toBe(more);
  });

  test('leads on to every row until one instant fills an answer, and never in a circle', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(12), { minLength: 1, maxLength: 40 }),
        fc.integer({ min: 1, max: 10 }),
        fc.constantFrom<SearchOrder>('newest', 'oldest'),
        (times, limit, order) => {
          let page: Page = { from: 0n, to: start * 2n };
          const seen = new Set<number>();
          for (let pages = 1; ; pages++) {
            expect(pages).toBeLessThanOrEqual(times.length);
            const { ids, more } = read(times, page, limit, order);
            for (const id of ids) seen.add(id);
            const [, end, time] = more?.match(/go on with (from|to)_time ([^;\s]+)/) ?? [];
            if (end === undefined || time === undefined) {
              const instants = new Set(ids.map((id) => times[id]));
              if (more === undefined) expect(seen.size).toBe(times.length);
              else expect(instants.size).toBe(1);
              return;
            }
            page = { ...page, [end]: parseTime(time, 0n).time };
          }
        },
      ),
      { seed: 9, numRuns: 300 },
    );
  });
});

describe('the line of the filter', () => {
  const lineOf = (filter: string) =>
    searchText(searchResult('logs', [], { filter, filterRewritten: true }), presentation).split('\n')[1];

  test.each([
    ["body = 'tie\\\\'", "filter: body = 'tie\\\\'"],
    ["body LIKE '%C:\\new\\%'", "filter: body LIKE '%C:\\new\\%'"],
    ["body =~ '\\d+\\n\\\\u'", "filter: body =~ '\\d+\\n\\\\u'"],
  ])('can be copied back: %s', (filter, line) => {
    expect(lineOf(filter)).toBe(line);
  });

  test('has hidden characters as RE2 writes them, and says so', () => {
    const filter = "body =~ 'a\nb\u202ec\u001b'";
    const text = searchText(searchResult('logs', [], { filter, filterRewritten: true }), presentation);
    expect(text.split('\n').slice(1, 3)).toEqual([
      "filter: body =~ 'a\\nb\\x{202e}c\\x{1b}'",
      "the filter holds hidden characters, shown as \\n, \\t, \\r and \\x{hex}: a regular expression takes them so, other values don't",
    ]);
  });
});

test('a pattern that a note suggests can be copied back', () => {
  const notes = ["for a part of it write '%tie\\\\\\%'"];
  expect(searchText(searchResult('logs', [], { notes }), presentation)).toContain(
    "note: for a part of it write '%tie\\\\\\%'",
  );
});
