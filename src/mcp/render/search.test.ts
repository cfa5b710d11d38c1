import { describe, expect, test } from 'vitest';
import { searchResult } from '../../../test/mcp/stub-queries.ts';
import type { SearchResult } from '../../query/results.ts';
import { searchJson, searchText } from './search.ts';

const presentation = { maxTokens: 25_000, notes: [], mark: () => '483920' };
const start = 1_674_988_190_000_000_000n;

describe('how to go on', () => {
  const records = Array.from({ length: 3 }, (_, i) => ({
    timestamp: start - BigInt(i),
    body: `record ${i}`,
  }));
  const cursors = ['after-0', 'after-1', 'after-2'];
  const linesOf = (more: Partial<SearchResult>) =>
    searchText(searchResult('logs', records, more), presentation)
      .split('\n')
      .filter((line, i) => i === 0 || line.startsWith('more: '));

  test.each<[string, Partial<SearchResult>, string, string | undefined]>([
    [
      'the last page',
      { matched: 3, cursors: ['after-0', 'after-1', null] },
      '3 of 3 logs; newest',
      undefined,
    ],
    ['the first', { matched: 10, cursors }, '3 of 10 logs; newest', '7 more match'],
    ['a page', { matched: 10, before: 6, cursors }, '7 to 9 of 10 logs; newest', '1 more matches'],
    [
      'a page that records come to',
      { matched: 9, before: 6, cursors },
      '7 to 9 of 9 logs; newest',
      'more match',
    ],
  ])('%s', (_, more, head, rest) => {
    const [first, ...others] = linesOf(more);
    expect(first?.startsWith(head)).toBe(true);
    expect(others).toEqual(
      rest === undefined ? [] : [`more: ${rest}: repeat the call with cursor "after-2"`],
    );
  });

  test('a page of what is gone', () => {
    const text = searchText(searchResult('logs', [], { matched: 9, before: 6 }), presentation);
    expect(text).toBe('none behind the first 6 of 9 logs; newest first; 2023-01-29 08:41:00 to 10:30:00 UTC');
  });

  test('behind the last row that fits', () => {
    const wide = Array.from({ length: 3 }, (_, i) => ({
      timestamp: start - BigInt(i),
      ...Object.fromEntries(
        Array.from({ length: 40 }, (_, j) => [`@a${j}`, `${i} ${j} ${'value '.repeat(20)}`]),
      ),
    }));
    const result = searchResult('logs', wide, { matched: 10, cursors });
    const limited = { ...presentation, maxTokens: 1200 };
    expect(JSON.parse(searchJson(result, limited))).toMatchObject({ returned: 1, next_cursor: 'after-0' });
    expect(searchText(result, limited)).toMatch(
      /^1 of 10 logs.*\n(.*\n)*more: 9 more match: repeat the call with cursor "after-0"$/,
    );
    expect(JSON.parse(searchJson(result, { ...presentation, maxTokens: 300 }))).toMatchObject({
      returned: 0,
      next_cursor: null,
    });
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
