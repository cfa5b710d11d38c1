import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { readArguments } from './arguments.ts';

const schema = z.strictObject({
  queryType: z.enum(['instant', 'range']).default('instant'),
  from_time: z.string().optional(),
  limit: z.int().min(1).max(10).default(10),
  groupBy: z.array(z.string()).max(3).describe('for example ["workload"]').optional(),
  aggregation: z.object({ function: z.string(), digits: z.int().min(0).max(9).optional() }).optional(),
  keyword: z.string().optional(),
});
const json = z.toJSONSchema(schema, { io: 'input' });
const aliases = { search_keywords: 'keyword', constructor: 'keyword' };

const read = (args: unknown) => readArguments(schema, json, aliases, args);
const inputOf = (args: unknown) => read(args).input;
function errorOf(args: unknown): string {
  try {
    read(args);
  } catch (error) {
    return error instanceof Error ? `${error.name}: ${error.message}` : 'no error';
  }
  throw new Error('it was taken');
}

test('defaults', () => {
  expect(read({})).toEqual({ input: { queryType: 'instant', limit: 10 }, notes: [] });
  expect(read({ limit: null, groupBy: undefined, aggregation: null })).toEqual(read({}));
});

describe('what models send is read', () => {
  test.each([
    [{ limit: '7' }, { limit: 7 }],
    [{ limit: ' 7.0 ' }, { limit: 7 }],
    [{ queryType: ' RANGE' }, { queryType: 'range' }],
    [{ from_time: 1674981660 }, { from_time: '1674981660' }],
    [{ groupBy: 'workload' }, { groupBy: ['workload'] }],
    [{ groupBy: 'workload, @"a,b" ,level' }, { groupBy: ['workload', '@"a,b"', 'level'] }],
    [{ groupBy: '["workload","level"]' }, { groupBy: ['workload', 'level'] }],
    [{ groupBy: '[not json' }, { groupBy: ['[not json'] }],
    [{ groupBy: '' }, { groupBy: [] }],
    [{ aggregation: '{"function":"p95","digits":"2"}' }, { aggregation: { function: 'p95', digits: 2 } }],
    [{ aggregation: { function: 'p95', digits: null } }, { aggregation: { function: 'p95' } }],
    [{ search_keywords: 'cpu' }, { keyword: 'cpu' }],
  ])('%j', (args, expected) => {
    expect(inputOf(args)).toMatchObject(expected);
    expect(read(args).notes).toEqual([]);
  });
});

describe('a note says', () => {
  test('that a number was lowered', () => {
    expect(read({ limit: 500 })).toMatchObject({
      input: { limit: 10 },
      notes: ['limit 500 was lowered to 10, the most there is'],
    });
    expect(read({ limit: '500' }).input.limit).toBe(10);
    expect(read({ aggregation: { function: 'x', digits: 10 } }).notes).toEqual([
      'aggregation.digits 10 was lowered to 9, the most there is',
    ]);
  });

  test('that a JSON number had lost digits before it came', () => {
    const sent = JSON.parse('{"from_time":1674981729487160534}');
    expect(read(sent).notes).toEqual([
      'from_time has more digits than a JSON number keeps: send it as a string to have it exact',
    ]);
  });
});

describe('an error says what would work', () => {
  test.each([
    [
      { query_typ: 'x' },
      'there is no parameter "query_typ". Did you mean "queryType"? The parameters are queryType, from_time, limit, groupBy, aggregation, keyword',
    ],
    [{ zzz: 1 }, 'there is no parameter "zzz". The parameters are'],
    [{ search_keyword: 1 }, 'Did you mean "search_keywords"?'],
    [{ toString: 1 }, 'there is no parameter "toString"'],
    [JSON.parse('{"__proto__":1}'), 'there is no parameter "__proto__"'],
    [{ keyword: 'a', search_keywords: 'b' }, '"keyword" is given twice, once as "search_keywords"'],
    [{ limit: 'ten' }, '"limit" takes a whole number from 1 to 10, not "ten"'],
    [{ limit: 0 }, '"limit" takes a whole number from 1 to 10, not 0'],
    [{ limit: 2.5 }, '"limit" takes a whole number from 1 to 10, not 2.5'],
    [{ limit: true }, 'not true'],
    [{ limit: {} }, 'not an object'],
    [{ queryType: 'rang' }, '"queryType" takes "instant" or "range", not "rang". Did you mean "range"?'],
    [{ groupBy: 5 }, '"groupBy" takes a list of at most 3 names (for example ["workload"]), not 5'],
    [
      { groupBy: ['a', 'b', 'c', 'd'] },
      '"groupBy" takes a list of at most 3 names (for example ["workload"]), not 4',
    ],
    [{ groupBy: 'a,b,c,d,e' }, '(for example ["workload"]), not 5'],
    [{ groupBy: ['a', { x: 1 }] }, '"groupBy[1]" takes text, not an object'],
    [{ aggregation: 'p95' }, '"aggregation" takes an object, not "p95"'],
    [{ aggregation: {} }, '"aggregation.function" is required; it takes text'],
    [{ from_time: ['x'] }, '"from_time" takes text, not a list'],
    [
      { limit: 0, queryType: 'x' },
      '"queryType" takes "instant" or "range", not "x"; "limit" takes a whole number',
    ],
    [[], 'the arguments have to be an object'],
    ['{}', 'the arguments have to be an object'],
  ])('%j', (args, message) => {
    expect(errorOf(args)).toContain(`InputError: `);
    expect(errorOf(args)).toContain(message);
  });

  test('and stays short and quick whatever was sent', () => {
    expect(errorOf({ limit: 'x'.repeat(100_000) }).length).toBeLessThan(300);
    expect(errorOf({ ['x'.repeat(100_000)]: 1 }).length).toBeLessThan(300);
    const deep = '['.repeat(1000) + ']'.repeat(1000);
    expect(errorOf({ groupBy: deep })).toContain('"groupBy[0]" takes text, not a list');
    expect(errorOf({ groupBy: 'a,'.repeat(100_000) }).length).toBeLessThan(300);
    expect(inputOf({ groupBy: '"'.repeat(100_001) }).groupBy).toHaveLength(1);
  });
});
