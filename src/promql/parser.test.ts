import { describe, expect, test } from 'vitest';
import { InputError } from '../telemetry/input-error.ts';
import type { Expr } from './ast.ts';
import { parseQuery, parseSelector } from './parser.ts';

function errorOf(query: string): { readonly message: string; readonly marked: string | undefined } {
  try {
    parseQuery(query);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const { message, place } = error;
    return { message, marked: place?.text.slice(place.start, place.end) };
  }
  throw new Error(`${query} was accepted`);
}

/** The tree as text with every operation between brackets. */
function grouped(expr: Expr): string {
  if (expr.kind === 'binary') return `[${grouped(expr.left)} ${expr.op} ${grouped(expr.right)}]`;
  if (expr.kind === 'unary') return `[${expr.op}${grouped(expr.expr)}]`;
  if (expr.kind === 'number') return String(expr.value);
  if (expr.kind === 'vectorSelector') return expr.name ?? '{}';
  return expr.kind;
}

test.each([
  ['a or b and c unless d', '[a or [[b and c] unless d]]'],
  ['a == b + c * d ^ e', '[a == [b + [c * [d ^ e]]]]'],
  ['2 ^ 3 ^ 2', '[2 ^ [3 ^ 2]]'],
  ['-2 ^ 2', '[-[2 ^ 2]]'],
  ['2 ^ -1 * 3', '[[2 ^ -1] * 3]'],
  ['-a * b', '[[-a] * b]'],
  ['a - b - c', '[[a - b] - c]'],
  ['a atan2 b % c', '[[a atan2 b] % c]'],
  ['a </ b >/ 2', '[[a </ b] >/ 2]'],
  ['m offset 5m * 2', '[m * 2]'],
])('%s groups as %s', (query, expected) => {
  expect(grouped(parseQuery(query))).toBe(expected);
});

test('a selector keeps what was written, and its places', () => {
  const query = 'rate(up{job=~"a.*", "my label"!=`x`}[5m] smoothed @ end() offset -1m)';
  expect(parseQuery(query)).toEqual({
    kind: 'call',
    type: 'vector',
    name: 'rate',
    span: { start: 0, end: query.length },
    args: [
      {
        kind: 'matrixSelector',
        type: 'matrix',
        span: { start: 5, end: query.length - 1 },
        range: { kind: 'literal', seconds: 300, units: true, span: { start: 37, end: 39 } },
        selector: {
          kind: 'vectorSelector',
          type: 'vector',
          name: 'up',
          matchers: [
            { label: 'job', op: '=~', value: 'a.*' },
            { label: 'my label', op: '!=', value: 'x' },
            { label: '__name__', op: '=', value: 'up' },
          ],
          offset: { kind: 'literal', seconds: -60, units: true, span: { start: 65, end: 68 } },
          at: { kind: 'end' },
          extension: 'smoothed',
          span: { start: 5, end: 36 },
        },
      },
    ],
  });
});

test('matching, grouping and fills are part of the operation between vectors', () => {
  const expr = parseQuery('a >= bool on (x, "y z") group_right (w) fill_right (-1) fill_left (5m) b');
  expect(expr).toMatchObject({
    kind: 'binary',
    op: '>=',
    returnBool: true,
    opSpan: { start: 2, end: 4 },
    matching: {
      cardinality: 'one-to-many',
      on: true,
      labels: ['x', 'y z'],
      include: ['w'],
      fillLeft: 300,
      fillRight: -1,
    },
  });
  expect(parseQuery('a unless b')).toMatchObject({ matching: { cardinality: 'many-to-many', on: false } });
  expect(parseQuery('a * 2')).toMatchObject({ type: 'vector', matching: undefined });
});

describe('an error says what would be right', () => {
  test.each([
    [
      'rate(up)',
      'up',
      'Line 1, column 6: rate() takes a range vector, and this is an instant vector; give it a range: up[5m]',
    ],
    [
      'sum by (job) (up) +\n  rats(up[5m])',
      'rats',
      'Line 2, column 3: there is no function rats; the nearest name is rate',
    ],
    ['SUM(rate(x[5M]))', '5M', 'units are lower case: 5m'],
    ['up{job="a"', '', 'Line 1, column 11: the query ends here, where a comma or } should stand'],
    ['up{job=="a"}', '==', 'labels are compared with one =, not with =='],
    ['up = 1', '=', 'values are compared with =='],
    ['up =~ "a"', '=~', 'labels are matched between braces'],
    ['up{job=~"a("}', '"a("', 'no regular expression (RE2): missing closing )'],
    ['up + “x”', '“', 'is no quotation mark of PromQL'],
    ['topk(up)', 'topk(up)', 'topk is written topk(number, vector), and here it has 1 argument'],
    ['round(a, 1, 2)', 'round(a, 1, 2)', 'round() takes 1 to 2 arguments'],
    ['a and 1', 'a and 1', 'and takes two instant vectors; vector(…) makes one'],
    ['1 > 2', '>', 'two scalars are compared with bool: > bool'],
    ['a + bool b', '+', 'bool only goes with =='],
    ['a * group_left b', 'group_left', 'needs on (…) or ignoring (…) in front of it'],
    ['a * on (x) group_left (x) b', '*', "can't be both in on (…) and in group_left"],
    ['a * on (x) bool b', 'bool', 'the order is bool, on (…)'],
    ['sum(a) offset 5m', 'offset', 'only goes right behind a selector or a subquery'],
    ['a offset 5m [5m]', '[5m]', 'the range comes before the offset'],
    ['(a)[5m]', '[5m]', 'a subquery has a colon: (…)[5m:]'],
    ['{job=~".*"}', '{job=~".*"}', 'this would select every series'],
    ['on', 'on', 'a metric of that name is written {"on"}'],
    ['sum by (without) (a)', 'without', 'as a label it needs quotes: "without"'],
    ['a[1m30h]', '1m30h', 'come in this order, each once'],
    ['a[5m:0]', '0', 'must be longer than 0'],
    ['größe', 'ö', "can't stand in a name without quotes"],
    ['info(a, b)', 'b', 'the second argument of info() is labels between braces'],
    ['"a\\q"', '\\q', 'is no escape sequence'],
    ['', '', 'the query is empty'],
  ])('%s', (query, marked, message) => {
    const error = errorOf(query);
    expect(error.message).toContain(message);
    expect(error.marked).toBe(marked);
  });

  test('columns count characters, and lines from 1', () => {
    expect(errorOf('{"😀"}\n+ {"日"} $').message).toMatch(/^Line 2, column 9: /);
  });
});

describe('no query is too much', () => {
  test.each([
    ['parentheses', `${'('.repeat(60_000)}1${')'.repeat(60_000)}`],
    ['signs', `${'-'.repeat(100_000)}1`],
    ['powers', `${'2^'.repeat(60_000)}2`],
    ['operators', `${'a or '.repeat(20_000)}a`],
    ['durations', `a[${'('.repeat(50_000)}5m${')'.repeat(50_000)}]`],
    ['sums of durations', `a[${'1m+'.repeat(30_000)}5m]`],
    ['length', 'a'.repeat(200_000)],
    ['repeats in patterns', `{${'a=~"x{1000}",'.repeat(5000)}}`],
    ['half a character', 'up{job="\ud800"}'],
  ])('%s', (_, query) => {
    expect(() => parseQuery(query)).toThrow(InputError);
  });

  test('what people write fits', () => {
    expect(parseQuery(`${'a or '.repeat(400)}a`).type).toBe('vector');
    expect(parseQuery(`${'abs('.repeat(200)}a${')'.repeat(200)}`).type).toBe('vector');
    const pods = Array.from({ length: 3000 }, (_, i) => `checkout-${i}`).join('|');
    expect(parseQuery(`up{pod=~"${pods}"}`).type).toBe('vector');
  });
});

test('a selector alone has its matchers and nothing behind it', () => {
  expect(parseSelector('up{job="a"}')).toEqual([
    { label: 'job', op: '=', value: 'a' },
    { label: '__name__', op: '=', value: 'up' },
  ]);
  expect(() => parseSelector('up[5m]')).toThrow('the end of the selector');
  expect(() => parseSelector('{job=~".*"}')).toThrow('this would select every series');
  expect(() => parseSelector('1')).toThrow('a metric or {');
});
