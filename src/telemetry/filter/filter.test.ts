import { describe, expect, test } from 'vitest';
import type { Signal } from '../fields.ts';
import type { Filter } from './ast.ts';
import { parseFilter, type ResolvedFilter, resolveFilter } from './filter.ts';

const now = BigInt(Date.parse('2025-06-30T14:05:00Z')) * 1_000_000n;

function resolve(signal: Signal, text: string, attributes: readonly string[] = []): ResolvedFilter {
  return resolveFilter(parseFilter(text), { signal, attributes: new Set(attributes), now });
}

const logs = (text: string, attributes?: readonly string[]) => resolve('logs', text, attributes);
const traces = (text: string, attributes?: readonly string[]) => resolve('traces', text, attributes);

/** The filter with the names of its fields, and without the places. */
function plain(filter: Filter | undefined): unknown {
  const text = JSON.stringify(filter, (key, value: unknown) => {
    if (key === 'span') return undefined;
    if (key === 'field') return (value as { name: string }).name;
    return typeof value === 'bigint' ? `${value}n` : value;
  });
  return text === undefined ? undefined : JSON.parse(text);
}

const string = (value: string) => ({ type: 'string', value });
const number = (value: number) => ({ type: 'number', value });
const compare = (field: string, operator: string, value: unknown) => ({
  kind: 'comparison',
  field,
  operator,
  value,
});

describe('the documented examples', () => {
  test.each<[Signal, string, string]>([
    ['logs', 'namespace = "default" AND level = ERROR', "namespace = 'default' AND level = 'ERROR'"],
    ['traces', 'protocol_type = HTTP OR status = error', "protocol_type = 'HTTP' OR status = 'error'"],
    ['traces', 'pod_name IN ("service-a", "service-b")', "pod_name IN ('service-a', 'service-b')"],
    ['traces', 'duration > 1000', 'duration > 1us'],
    ['logs', 'message LIKE "%timeout%"', "body LIKE '%timeout%'"],
    ['logs', '@custom_field = value', "@custom_field = 'value'"],
    [
      'traces',
      "status = 'error' AND (workload = 'api-server' OR workload = 'auth-service')",
      "status = 'error' AND (workload = 'api-server' OR workload = 'auth-service')",
    ],
    [
      'logs',
      "body LIKE '%timeout%' AND body NOT LIKE '%healthcheck%'",
      "body LIKE '%timeout%' AND body NOT LIKE '%healthcheck%'",
    ],
    ['traces', 'duration_ms > 500', 'duration_ms > 500'],
    ['traces', 'duration > 500ms', 'duration > 500ms'],
    ['traces', 'duration >= 1.5s', 'duration >= 1500ms'],
    [
      'traces',
      'return_code >= 500 AND return_code LIKE "5%"',
      "return_code >= 500 AND return_code LIKE '5%'",
    ],
  ])('%s: %s', (signal, text, normalised) => {
    expect(resolve(signal, text).text).toBe(normalised);
  });
});

describe('no filter', () => {
  test.each(['', '   \n', 'WHERE', ' where ; ', ';'])('%j', (text) => {
    expect(logs(text)).toMatchObject({ filter: undefined, text: '', rewritten: false });
  });
});

describe('logic', () => {
  const [a, b, c] = ['a', 'b', 'c'].map((name) => compare(name, '=', number(1)));
  const attributes = ['a', 'b', 'c'];

  test.each<[string, unknown]>([
    ['a=1 OR b=1 AND c=1', { kind: 'or', terms: [a, { kind: 'and', terms: [b, c] }] }],
    ['(a=1 OR b=1) AND c=1', { kind: 'and', terms: [{ kind: 'or', terms: [a, b] }, c] }],
    ['NOT a=1 AND b=1', { kind: 'and', terms: [{ kind: 'not', term: a }, b] }],
    ['not (a=1 or b=1)', { kind: 'not', term: { kind: 'or', terms: [a, b] } }],
    ['a=1 AND (b=1 AND c=1)', { kind: 'and', terms: [a, { kind: 'and', terms: [b, c] }] }],
    ['((a=1))', a],
    ['a=1 AnD b=1 aNd c=1', { kind: 'and', terms: [a, b, c] }],
  ])('%s', (text, expected) => {
    const { filter, text: normalised } = logs(text, attributes);
    expect(plain(filter)).toEqual(expected);
    expect(plain(logs(normalised).filter)).toEqual(expected);
  });
});

describe('operators', () => {
  test.each<[string, unknown]>([
    ['namespace == x', compare('namespace', '=', string('x'))],
    ['namespace <> x', compare('namespace', '!=', string('x'))],
    ['namespace>=x', compare('namespace', '>=', string('x'))],
    [
      'pod not in (a,"b")',
      { kind: 'in', field: 'pod_name', values: [string('a'), string('b')], negated: true },
    ],
    ['pod IS NULL', { kind: 'missing', field: 'pod_name', negated: false }],
    ['pod is not null', { kind: 'missing', field: 'pod_name', negated: true }],
    [
      'body_length BETWEEN 5 AND 10',
      { kind: 'between', field: 'body_length', low: number(5), high: number(10), negated: false },
    ],
    ["body =~ '\\d+'", { kind: 'match', field: 'body', pattern: '\\d+', ignoreCase: false, negated: false }],
    ["level !~ 'err'", { kind: 'match', field: 'level', pattern: 'err', ignoreCase: true, negated: true }],
    [
      "body ilike '%é_'",
      { kind: 'like', field: 'body', parts: ['%', { literal: 'é' }, '_'], ignoreCase: true, negated: false },
    ],
    [
      "level LIKE 'E%'",
      { kind: 'like', field: 'level', parts: [{ literal: 'E' }, '%'], ignoreCase: true, negated: false },
    ],
  ])('%s', (text, expected) => {
    expect(plain(logs(text).filter)).toEqual(expected);
  });
});

describe('strings', () => {
  test.each<[string, string]>([
    [`'it''s'`, "it's"],
    [`"it's"`, "it's"],
    [`"say ""hi"""`, 'say "hi"'],
    [`'it\\'s'`, "it's"],
    [`'a\\"b'`, 'a"b'],
    [`'a\\\\b'`, 'a\\b'],
    [`'\\d+\\n'`, '\\d+\\n'],
    [`'ends\\\\'`, 'ends\\'],
    [`“curly”`, 'curly'],
    [`‘it is’`, 'it is'],
    ['ts-basic-service', 'ts-basic-service'],
    ['/api/v1', '/api/v1'],
    ['10.0.0.1', '10.0.0.1'],
    ['5xx', '5xx'],
    ['550e8400-e29b-41d4-a716-446655440000', '550e8400-e29b-41d4-a716-446655440000'],
    ['2023-01-29', '2023-01-29'],
    ["'\uD800'", '\uFFFD'],
    ["'--'", '--'],
    ["'{name:String}'", '{name:String}'],
    ["'\0'", '\0'],
  ])('%s', (literal, value) => {
    const { filter, text } = logs(`@x = ${literal}`);
    expect(plain(filter)).toEqual(compare('x', '=', string(value)));
    expect(plain(logs(text).filter)).toEqual(compare('x', '=', string(value)));
  });
});

describe('LIKE patterns', () => {
  test.each<[string, unknown[]]>([
    ["'%a_b%'", ['%', { literal: 'a' }, '_', { literal: 'b' }, '%']],
    ["'%%%'", ['%']],
    ["'50\\%'", [{ literal: '50%' }]],
    ["'a\\_b'", [{ literal: 'a_b' }]],
    ["'a\\b'", [{ literal: 'a\\b' }]],
    ["'a\\\\\\\\b'", [{ literal: 'a\\b' }]],
    ["'a\\\\'", [{ literal: 'a\\' }]],
    ["'a\\\\%'", [{ literal: 'a%' }]],
    ["''", []],
    ['timeout', [{ literal: 'timeout' }]],
    ['%timeout%', ['%', { literal: 'timeout' }, '%']],
  ])('%s', (pattern, parts) => {
    const { filter, text } = logs(`body LIKE ${pattern}`);
    expect(plain(filter)).toMatchObject({ parts });
    expect(plain(logs(text).filter)).toMatchObject({ parts });
  });
});

describe('values by field', () => {
  test.each<[Signal, string, unknown]>([
    ['traces', 'duration > 500ms', compare('duration', '>', number(500_000_000))],
    ['traces', 'duration > 500 ms', compare('duration', '>', number(500_000_000))],
    ['traces', 'duration >= 1.1s', compare('duration', '>=', number(1_100_000_000))],
    ['traces', 'duration > 1m30s', compare('duration', '>', number(90_000_000_000))],
    ['traces', 'duration > "1500us"', compare('duration', '>', number(1_500_000))],
    ['traces', 'duration_ms > 1.5s', compare('duration_ms', '>', number(1500))],
    ['traces', 'duration_ms > 250us', compare('duration_ms', '>', number(0.25))],
    ['logs', 'body_length > "100"', compare('body_length', '>', number(100))],
    ['logs', 'body_length > 2KiB', compare('body_length', '>', number(2048))],
    ['logs', '@size > 10KB', compare('size', '>', number(10_000))],
    ['logs', '@size >= 1.5MiB', compare('size', '>=', number(1_572_864))],
    ['traces', 'return_code >= 500', compare('return_code', '>=', number(500))],
    ['traces', 'return_code = "500"', compare('return_code', '=', string('500'))],
    ['traces', 'pod_name = 5', compare('pod_name', '=', number(5))],
    ['traces', 'pod_name = 5s', compare('pod_name', '=', string('5s'))],
    ['traces', '@x = -2.5e-3', compare('x', '=', number(-0.0025))],
    ['traces', '@x = 12345678901234567890', compare('x', '=', string('12345678901234567890'))],
    ['traces', '@x > 12345678901234567890', compare('x', '>', number(Number('12345678901234567890')))],
    ['logs', 'level = warning', compare('level', '=', string('WARN'))],
    ['logs', 'level >= Critical', compare('level', '>=', string('FATAL'))],
    ['traces', 'kind = SERVER', compare('role', '=', string('server'))],
    [
      'logs',
      'timestamp > now-15m',
      compare('timestamp', '>', { type: 'time', value: `${now - 900_000_000_000n}n` }),
    ],
    [
      'logs',
      'timestamp <= 2023-01-29T09:20:00.000000001Z',
      compare('timestamp', '<=', { type: 'time', value: '1674984000000000001n' }),
    ],
    [
      'logs',
      "timestamp = '2023-01-29 09:20:00'",
      compare('timestamp', '=', { type: 'time', value: '1674984000000000000n' }),
    ],
    [
      'logs',
      'timestamp > 1674984000',
      compare('timestamp', '>', { type: 'time', value: '1674984000000000000n' }),
    ],
  ])('%s: %s', (signal, text, expected) => {
    const { filter, text: normalised } = resolve(signal, text);
    expect(plain(filter)).toEqual(expected);
    expect(plain(resolve(signal, normalised).filter)).toEqual(expected);
  });
});

describe('names', () => {
  test('bare names that are no built-in fields are reported, each once', () => {
    const parsed = parseFilter(
      'http.route = a OR status = b OR NOT http.route = c AND @status = d AND pod = e',
    );
    expect(parsed.unknownNames('traces')).toEqual(['http.route']);
    expect(parsed.unknownNames('logs')).toEqual(['http.route', 'status']);
    expect(parseFilter('').unknownNames('logs')).toEqual([]);
  });

  test('an attribute in the window works without @, with a note', () => {
    const { filter, text, notes, rewritten } = traces('http.route = /api/v1', ['http.route']);
    expect(filter).toMatchObject({ field: { kind: 'attribute', name: 'http.route' } });
    expect({ text, notes, rewritten }).toEqual({
      text: "@http.route = '/api/v1'",
      notes: ['http.route is an attribute here: @http.route'],
      rewritten: true,
    });
  });

  test.each<[string, string]>([
    ['@"customer id" = x', 'customer id'],
    ["@'customer id' = x", 'customer id'],
    ['@http.route = x', 'http.route'],
    ['@k8s.pod.uid = x', 'k8s.pod.uid'],
    ['@namespace = x', 'namespace'],
    ['@"a""b\\\\" = x', 'a"b\\'],
  ])('%s', (text, name) => {
    const resolved = logs(text);
    expect(resolved.filter).toMatchObject({ field: { kind: 'attribute', name } });
    expect(logs(resolved.text).filter).toMatchObject({ field: { kind: 'attribute', name } });
  });

  test('a built-in name or alias wins over an attribute of that name', () => {
    const { filter } = logs('service.name = x', ['service.name']);
    expect(filter).toMatchObject({ field: { kind: 'builtin', name: 'service' } });
  });
});
