import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Signal } from '../fields.ts';
import { parseFilter, type ResolvedFilter, resolveFilter } from './filter.ts';

const resolve = (signal: Signal, text: string): ResolvedFilter =>
  resolveFilter(parseFilter(text), { signal, attributes: new Set(), now: 1_751_292_300_000_000_000n });

describe('notes', () => {
  test.each<[Signal, string, string[]]>([
    ['logs', 'message = a OR message = b', ['message is body here']],
    [
      'logs',
      'WHERE level = ERROR;',
      ['WHERE in front of the filter was ignored', 'the semicolon at the end of the filter was ignored'],
    ],
    ['logs', 'namespace = “a”', ['curly quotes were read as straight ones']],
    ['logs', 'level = WARNING', ['level WARNING is WARN here']],
    [
      'logs',
      'level = err',
      [
        "level has no value 'err' (did you mean ERROR?); its values are TRACE, DEBUG, INFO, WARN, ERROR, FATAL, PANIC",
      ],
    ],
    [
      'logs',
      'format = JSON',
      ["format has no value 'JSON' (did you mean json?); its values are json, klog, logfmt, nginx, text"],
    ],
    ['logs', 'namespace = service', ["service on the right is the text 'service', not the field"]],
    ['logs', "namespace = 'service'", []],
    [
      'traces',
      'duration > 1000',
      ['a bare number for duration is in nanoseconds; write a unit (500ms) for any other'],
    ],
    ['traces', 'duration > 500ms', []],
    ['logs', 'body_length > 1KB', ['body_length counts characters: 1KB was read as that many of them']],
    ['logs', '@x > 1KB', ['1KB was read as a number of bytes']],
    [
      'logs',
      '@x = 12345678901234567890',
      ['12345678901234567890 has more digits than a number keeps; it was compared as text'],
    ],
    [
      'logs',
      "body = '%x%'",
      ["% is a wildcard in LIKE only; '%x%' was compared as it is; for a pattern write LIKE '%x%'"],
    ],
    [
      'logs',
      'namespace = a-*',
      ["* is no wildcard; 'a-*' was compared as it is; for a pattern write LIKE 'a-%'"],
    ],
    [
      'logs',
      "body LIKE 'x'",
      ["LIKE 'x' has no wildcard and compares the whole text; for a part of it write '%x%'"],
    ],
    ['logs', 'body_length BETWEEN 5 AND 1', ['BETWEEN 5 AND 1 matches nothing: the smaller one comes first']],
    [
      'logs',
      'level BETWEEN ERROR AND INFO',
      ['BETWEEN ERROR AND INFO matches nothing: the smaller one comes first'],
    ],
    ['logs', 'timestamp IS NULL', ['every record has a timestamp']],
  ])('%s: %s', (signal, text, notes) => {
    expect(resolve(signal, text).notes).toEqual(notes);
  });

  test('are not given by the thousand', () => {
    const values = Array.from({ length: 1000 }, (_, i) => `x${i}`).join(',');
    expect(resolve('logs', `level IN (${values})`).notes).toHaveLength(21);
  });
});

describe('the pattern that a note suggests', () => {
  const partsOf = (text: string) => {
    const { filter } = resolve('logs', text);
    return filter?.kind === 'like' ? filter.parts : undefined;
  };
  /** Of a pattern that is this text, with as many or as few backslashes as may be. */
  const suggested = (literal: string, escaped = /[\\%_]/g) => {
    const pattern = literal.replaceAll(escaped, '\\$&');
    const quoted = `"${pattern.replaceAll(/[\\"]/g, '\\$&')}"`;
    expect(partsOf(`body LIKE ${quoted}`)).toEqual([{ literal }]);
    const [note = ''] = resolve('logs', `body LIKE ${quoted}`).notes;
    return note.match(/for a part of it write ('.*')$/s)?.[1];
  };

  test('finds the text anywhere', () => {
    const text = fc
      .array(fc.oneof(fc.constantFrom('\\', '%', '_', "'", '"', 'n', 'tie'), fc.string()), { minLength: 1 })
      .map((parts) => parts.join('').slice(0, 25))
      .filter((text) => text !== '');
    fc.assert(
      fc.property(text, fc.constantFrom(/[\\%_]/g, /[%_]|\\(?=[\\%_])/g), (literal, escaped) => {
        expect(partsOf(`body LIKE ${suggested(literal, escaped)}`)).toEqual(['%', { literal }, '%']);
      }),
      { seed: 11, numRuns: 1000 },
    );
  });

  test('is not given for half a text', () => {
    expect(suggested('x'.repeat(61))).toBeUndefined();
    expect(resolve('logs', `body LIKE ${'x'.repeat(61)}`).notes).toEqual([
      `LIKE '${'x'.repeat(60)}…' has no wildcard and compares the whole text; for a part of it put % in front and behind`,
    ]);
  });
});

describe('rewritten', () => {
  test.each<[Signal, string, boolean]>([
    ['logs', 'level=error   and namespace="a"', false],
    ['logs', "namespace = 'a' AND NOT (pod_name IN (x, 'y') OR body LIKE '%z%')", false],
    ['traces', 'duration >= 1.5s', false],
    ['traces', 'return_code >= 5e2', false],
    ['logs', 'message = x', true],
    ['logs', 'level = warning', true],
    ['traces', 'duration > 1000', true],
    ['logs', 'timestamp > now-15m', true],
    ['logs', '(level = ERROR)', true],
    ['logs', 'WHERE level = ERROR', true],
  ])('%s: %s', (signal, text, rewritten) => {
    expect(resolve(signal, text).rewritten).toBe(rewritten);
  });
});
