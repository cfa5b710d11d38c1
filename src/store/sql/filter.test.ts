import { describe, expect, test } from 'vitest';
import type { Signal } from '../../telemetry/fields.ts';
import { parseFilter, resolveFilter } from '../../telemetry/filter/filter.ts';
import type { SignalTable } from '../schema/signal-table.ts';
import { conditionOf, numericTextExcluded } from './filter.ts';
import { sql } from './sql.ts';

const table: SignalTable = {
  signal: 'logs',
  name: sql`logs`,
  time: sql`Timestamp`,
  fields: {
    timestamp: sql`Timestamp`,
    body: sql`Body`,
    body_length: sql`Length`,
    namespace: sql`Namespace`,
    level: sql`Level`,
    duration: sql`Duration`,
    return_code: sql`Code`,
  },
  ownAttributes: sql`Own`,
  resourceAttributes: sql`Resource`,
  bodyTokens: sql`lower(Body)`,
  columns: new Set(),
};

function read(text: string, signal: Signal = 'logs') {
  const { filter } = resolveFilter(parseFilter(text), { signal, attributes: new Set(), now: 0n });
  if (filter === undefined) throw new Error('no filter');
  return filter;
}

const condition = (text: string, signal?: Signal): string => conditionOf(read(text, signal), table).text;

describe('the fast form of each pattern', () => {
  test.each([
    ["namespace LIKE 'a%'", "startsWith(Namespace, 'a')"],
    ["namespace LIKE '%a'", "endsWith(Namespace, 'a')"],
    ["namespace LIKE '%a%'", "position(Namespace, 'a') > 0"],
    ["namespace LIKE 'a'", "Namespace = 'a'"],
    ["namespace LIKE '%'", "Namespace != ''"],
    ["namespace LIKE ''", '0'],
    [
      "namespace LIKE 'é%b'",
      "(startsWith(Namespace, 'é') AND endsWith(Namespace, 'b') AND length(Namespace) >= 3)",
    ],
    ["namespace LIKE 'a_b'", "match(Namespace, '(?s-i)^a.b$')"],
    [
      "namespace LIKE '%abc%def%'",
      "(position(Namespace, 'abc') > 0 AND match(Namespace, '(?s-i)^.*abc.*def.*$'))",
    ],
    ["namespace ILIKE '%error%'", "positionCaseInsensitive(Namespace, 'error') > 0"],
    ["namespace ILIKE '%task%'", "match(Namespace, '(?is)^.*task.*$')"],
    ["namespace ILIKE '%é%'", "match(Namespace, '(?is)^.*é.*$')"],
    ["namespace ILIKE '%5%'", "position(Namespace, '5') > 0"],
    ["namespace =~ 'a b'", "position(Namespace, 'a b') > 0"],
    ["namespace =~ 'a.b'", "(Namespace != '' AND match(Namespace, '(?s-i)a.b'))"],
    ["level =~ 'e.r'", "(Level != '' AND match(Level, '(?is)e.r'))"],
    ["namespace !~ 'a.b'", "NOT ((Namespace != '' AND match(Namespace, '(?s-i)a.b')))"],
  ])('%s', (text, expected) => {
    expect(condition(text)).toBe(expected);
  });
});

describe('values', () => {
  test.each([
    ['level >= warn', "lower(Level) IN ('warn', 'error', 'fatal', 'panic')"],
    ['level < TRACE', '0'],
    ['level = error', "lower(Level) = 'error'"],
    ["namespace < 'b'", "(Namespace != '' AND Namespace < 'b')"],
    ["namespace > 'b'", "Namespace > 'b'"],
    ['timestamp >= 1674984000', 'Timestamp >= fromUnixTimestamp64Nano(1674984000000000000)'],
    ['body_length IN (1, 2.5, 1e20)', 'Length IN (1, 2.5e+0, 1e+20)'],
    [
      '@x = 5',
      "((mapContains(Own, 'x') OR mapContains(Resource, 'x')) AND ifNull(toFloat64OrNull(if(Own['x'] != '', Own['x'], Resource['x'])) = 5, 0))",
    ],
    ['namespace > 5', 'ifNull(toFloat64OrNull(Namespace) > 5 AND toFloat64OrNull(Namespace) < inf, 0)'],
    ["@x = 'a'", "(Own['x'] = 'a' OR (Own['x'] = '' AND Resource['x'] = 'a'))"],
    ["@x = ''", "if(Own['x'] != '', Own['x'], Resource['x']) = ''"],
    ['body_length IS NULL', '0'],
    ['body_length IS NOT NULL', '1'],
  ])('%s', (text, expected) => {
    expect(condition(text)).toBe(expected);
  });

  test('text of a client is in quotes only', () => {
    const text = `@"k' OR 1=1 --" = 'v'') OR 1=1 /*\\\\' AND @x =~ '{a:String}\\''`;
    const quoted = /'(?:[^'\\]|\\.)*'/gs;
    expect(condition(text).replaceAll(quoted, 'S')).toBe(
      '((Own[S] = S OR (Own[S] = S AND Resource[S] = S)) AND ((mapContains(Own, S) OR mapContains(Resource, S)) AND (if(Own[S] != S, Own[S], Resource[S]) != S AND match(if(Own[S] != S, Own[S], Resource[S]), S))))',
    );
  });
});

describe('an index of words is asked for words that must be there', () => {
  const words = (text: string): string[] =>
    [...condition(text).matchAll(/hasToken\(lower\(Body\), '(\w+)'\)/g)].map(([, word = '']) => word);

  test.each<[string, string[]]>([
    ["body LIKE '%Get Route By Ids Failed%'", ['route', 'ids', 'by']],
    ["body LIKE 'Get Route%'", ['get']],
    ["body LIKE '%Get Route'", ['route']],
    ["body = 'Get Route'", ['route', 'get']],
    ["body =~ 'the Route by'", ['route']],
    ["body LIKE '%timeout%'", []],
    ["body LIKE '% é timeout é %'", ['timeout']],
    ["body LIKE '% étimeout %'", []],
    ["body LIKE '% timeouté %'", []],
    ["body LIKE '% time_out %'", []],
    ["body ILIKE '% Task Error Kill %'", ['error']],
    ["body ILIKE '% timeout %'", ['timeout']],
    ["body NOT LIKE '% timeout %'", []],
    ["body != 'timeout'", []],
    ["namespace LIKE '% timeout %'", []],
    ["@body LIKE '% timeout %'", []],
    ["body LIKE '% a b c dd ee ff gg hhh %'", ['hhh', 'dd', 'ee', 'ff']],
  ])('%s', (text, expected) => {
    expect(words(text)).toEqual(expected);
  });

  test('only where the table has one', () => {
    const { bodyTokens: _, ...plain } = table;
    expect(conditionOf(read("body = 'timeout'"), plain).text).toBe("Body = 'timeout'");
  });
});

describe('rows that a text which is no number leaves out', () => {
  const excluded = (text: string): boolean => numericTextExcluded(read(text, 'traces'), table) !== undefined;

  test.each<[string, boolean]>([
    ['return_code >= 500', true],
    ['return_code = 500', true],
    ['return_code IN (200, "ok")', true],
    ['return_code BETWEEN 1 AND 2', true],
    ['NOT return_code != 500', true],
    ['@x > 5 OR @y = "a"', true],
    ['return_code != 500', false],
    ['NOT return_code >= 500', false],
    ['return_code NOT IN (500)', false],
    ['return_code >= "500"', false],
    ['duration > 500', false],
    ["@x LIKE '5%'", false],
  ])('%s: %s', (text, expected) => {
    expect(excluded(text)).toBe(expected);
  });
});
