import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseFilter } from '../filter.ts';
import { suggestFilter } from './suggestion.ts';

describe('what a filter was meant to be', () => {
  test.each<[sent: string, meant: string | undefined]>([
    ['level:error service:"check out"', "level = 'error' AND service = 'check out'"],
    [
      '-level:info AND (pod:web* OR _exists_:trace_id)',
      "level != 'info' AND (pod LIKE 'web%' OR trace_id IS NOT NULL)",
    ],
    ["service='a' && body contains 'it''s = \"x\" && y'", "service='a' AND body LIKE '%it''s = \"x\" && y%'"],
    [
      '{"bool": {"must": [{"term": {"level": "ERROR"}}, {"range": {"body_length": {"gte": 10, "lt": 20}}}]}}',
      "level = 'ERROR' AND body_length >= 10 AND body_length < 20",
    ],
    [
      '{"$or": [{"level": {"$in": ["ERROR", "FATAL"]}}, {"body_length": {"$gt": 5}}]}',
      "(level IN ('ERROR', 'FATAL') OR body_length > 5)",
    ],
    ['[{"key": "http.route", "op": "!=", "value": "/"}]', "http.route != '/'"],
    [
      '{app="x", namespace=~"a.*"} != "debug" |~ "time.?out" | json | status="a"',
      "service='x' AND namespace=~'a.*' AND body NOT LIKE '%debug%' AND body =~ 'time.?out' AND level='a'",
    ],
    ['level = ERROR OR level = WARN || level = FATAL', 'level = ERROR OR level = WARN OR level = FATAL'],
    ["namespace = 'a' AND level IN [ERROR", undefined],
    ['((', undefined],
    ['', undefined],
  ])('%s', (sent, meant) => {
    expect(suggestFilter(sent, 'logs')).toBe(meant);
  });

  test('of spans, words are looked for in their names', () => {
    expect(suggestFilter('"GET /"', 'traces')).toBe("operation_name LIKE '%GET /%'");
  });

  test('is always a filter, and comes quickly, whatever was sent', () => {
    const piece = fc.constantFrom(
      ...[
        'level',
        'body',
        ':',
        '=',
        '!=',
        '(',
        ')',
        '[',
        ']',
        '{',
        '}',
        '|',
        '|=',
        '&&',
        '"',
        "'",
        '`',
        '\\"',
        ',',
      ],
      ...[
        ' ',
        ' AND ',
        ' OR ',
        'NOT ',
        'IN ',
        'LIKE ',
        'x',
        '5s',
        '1,000',
        '@a',
        '-',
        '*',
        '..',
        '<',
        'now()',
        '/x/',
      ],
    );
    const text = fc.oneof(
      fc.array(piece, { maxLength: 60 }).map((pieces) => pieces.join('')),
      fc.string({ maxLength: 200 }),
    );
    fc.assert(
      fc.property(text, fc.constantFrom('logs' as const, 'traces' as const), (sent, signal) => {
        const suggestion = suggestFilter(sent, signal);
        if (suggestion !== undefined) expect(() => parseFilter(suggestion)).not.toThrow();
      }),
      { numRuns: 2000 },
    );
  });

  test('is not looked for in long filters', () => {
    for (const part of ['a:b ', '"', '(', '[', '1,', 'level ', 'not ', '/*', '{']) {
      const long = part.repeat(16_000);
      expect(suggestFilter(long, 'logs')).toBeUndefined();
      suggestFilter(long.slice(0, 1000), 'logs');
    }
  });

  test('stands in the error, behind what is wrong', () => {
    expect(() => parseFilter('level = ERROR && body contains "x"', 'logs')).toThrow(
      /^&& can't stand here\. Write: level = ERROR AND body LIKE '%x%'$/,
    );
  });
});
