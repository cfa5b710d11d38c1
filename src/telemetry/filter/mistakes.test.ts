import { describe, expect, test } from 'vitest';
import type { Signal } from '../fields.ts';
import { InputError } from '../input-error.ts';
import { parseFilter, resolveFilter } from './filter.ts';

/** The error as a client sees it: what is marked in the filter, and the message. */
function mistake(signal: Signal, text: string, attributes: readonly string[] = []): [string, string] {
  try {
    resolveFilter(parseFilter(text), { signal, attributes: new Set(attributes), now: 0n });
  } catch (error) {
    if (!(error instanceof InputError) || error.place === undefined) throw error;
    expect(error.place.text).toBe(text);
    return [text.slice(error.place.start, error.place.end), error.message];
  }
  throw new Error(`${text} is accepted`);
}

describe('syntax', () => {
  test.each<[text: string, marked: string, message: string]>([
    [
      'namespace = my name',
      'my name',
      "A value of several words stands in quotes: 'my name'. Between conditions stands AND or OR.",
    ],
    ['a = 1 && b = 2', '&&', "&& can't stand here. Use AND between conditions."],
    ['a = 1 || b = 2', '||', "|| can't stand here. Use OR between conditions."],
    ['!a = 1', '!', `! can't stand here. Use NOT in front of a condition, or != for "not equal".`],
    ['a ~ b', '~', "~ can't stand here. Use =~ for a regular expression, !~ for its opposite."],
    ['level IN "a"', '"a"', 'The values of IN stand in parentheses: IN ("a", "b").'],
    ['level IN ["a"]', '[', `[ can't stand here. A list stands in parentheses: IN ("a", "b").`],
    ['level IN ()', ')', 'The list of IN is empty; it takes one value or more.'],
    [
      'level IN (a b)',
      'b',
      'Between the values of IN stands a comma; a value of several words stands in quotes.',
    ],
    ['level IN (a,)', ')', 'A value is missing after ",".'],
    ['level IN (a', '(', 'This parenthesis is not closed.'],
    ['body LIKE', 'LIKE', 'A value is missing after LIKE.'],
    ['body LIKE AND level = ERROR', 'AND', 'A value is missing after LIKE. AND as a value stands in quotes.'],
    ['(level = ERROR', '(', 'This parenthesis is not closed.'],
    ['level = ERROR)', ')', 'This parenthesis closes none.'],
    ['()', ')', 'A condition is missing before this parenthesis.'],
    [
      'body = "x',
      '"x',
      'This string has no closing quote ". Inside a string, write the quote twice or with a backslash in front.',
    ],
    [
      'level = NULL',
      'NULL',
      "NULL is no value; write IS NULL (a missing value is the empty one), or 'NULL' in quotes for the text.",
    ],
    ['level != null', 'null', "NULL is no value; write IS NOT NULL, or 'NULL' in quotes for the text."],
    ['level IS ERROR', 'IS', 'After IS stands NULL or NOT NULL; to compare with a value, write =.'],
    [
      'level NOT = x',
      'NOT',
      'Behind a field, NOT stands before IN, LIKE, ILIKE or BETWEEN; for "not equal" write !=.',
    ],
    [
      'lower(body) = x',
      'lower',
      'A filter has no functions such as lower(…). To ignore the case of letters, write ILIKE.',
    ],
    [
      'timestamp > now()',
      'now',
      'A filter has no functions such as now(…). For a time relative to now, write timestamp > now-1h.',
    ],
    [
      'SELECT * FROM logs',
      'SELECT',
      'A filter is only the condition that would follow WHERE; columns are chosen by "fields".',
    ],
    [
      'a = 1 ORDER BY a',
      'ORDER',
      'A filter is only a condition; the order is chosen by the parameter "order".',
    ],
    [
      'a = 1 LIMIT 5',
      'LIMIT',
      'A filter is only a condition; how much is returned is chosen by the parameter "limit".',
    ],
    [
      'a = 1 GROUP BY b',
      'GROUP',
      'A filter is only a condition; groups are chosen by the parameter "groupBy".',
    ],
    ['@ = 5', '@', 'After @ stands the name of an attribute: @http.route, @"customer id".'],
    ['@"" = 5', '@""', 'After @ stands the name of an attribute: @http.route, @"customer id".'],
    [
      'a = @b',
      '@b',
      "On the right of = stands a value; two fields can't be compared. A value that starts with @ stands in quotes.",
    ],
    ['a = (b)', '(', '= takes one value; for several, write IN ("a", "b").'],
    [
      'body contains "x"',
      'contains',
      "There is no operator contains; write body LIKE '%text%' (any case: ILIKE).",
    ],
    ['@a exists', 'exists', 'There is no operator exists; write @a IS NOT NULL.'],
    ['level:error', 'level:error', "A colon is no operator; write level = 'error'."],
    ['level: ERROR', 'level: ERROR', "A colon is no operator; write level = 'ERROR'."],
    ['level :ERROR', 'level :ERROR', "A colon is no operator; write level = 'ERROR'."],
    ['level : ERROR', 'level : ERROR', "A colon is no operator; write level = 'ERROR'."],
    ['level : "10:30"', 'level : "10:30"', "A colon is no operator; write level = '10:30'."],
    ['level:"an \'error\'"', 'level:"an \'error\'"', "A colon is no operator; write level = 'an ''error'''."],
    [
      'body: connection refused AND a = 1',
      'body: connection refused',
      "A colon is no operator; write body = 'connection refused'.",
    ],
    ['level: ERROR a: b', 'level: ERROR', "A colon is no operator; write level = 'ERROR'."],
    ['level: ERROR a = b', 'level: ERROR', "A colon is no operator; write level = 'ERROR'."],
    ['@http.route: /api', '@http.route: /api', "A colon is no operator; write @http.route = '/api'."],
    ['level:', 'level:', 'A colon is no operator; write level = and a value.'],
    ['(level: AND a = 1)', 'level:', 'A colon is no operator; write level = and a value.'],
    ['level:(a OR b)', 'level:', 'A colon is no operator; for several values write level IN ("a", "b").'],
    [
      '500 < body_length',
      '500',
      'The field stands on the left and the value on the right: duration > 500ms.',
    ],
    [
      '"level" = x',
      '"level"',
      `A field stands without quotes (namespace = 'default'), an attribute as @name or @"a name".`,
    ],
    [
      '`level` = x',
      '`',
      '` can\'t stand here. A field stands without quotes; an attribute is @name or @"a name".',
    ],
    [
      '"timeout"',
      '"timeout"',
      "A condition is a field, an operator and a value; to search the text of logs, write body LIKE '%timeout%'.",
    ],
    ['= 5', '=', 'A field is missing before =.'],
    ['AND a = 1', 'AND', 'A condition is missing before AND.'],
    ['a = 1 AND', 'AND', 'The filter ends where a condition should follow.'],
    ['a = 1 "b"', '"b"', 'Between conditions stands AND or OR.'],
    ['a = 1; b = 2', 'b', 'Between conditions stands AND or OR.'],
    ['a = 1 -- x', '--', 'A filter has no comments.'],
    ['a BETWEEN 1', 'BETWEEN', 'BETWEEN takes two values: duration BETWEEN 1s AND 2s.'],
    ['a = x?y', '?', "? can't stand here. A value that is more than one bare word stands in quotes: 'a b'."],
    [
      'a = x\u200b',
      '\u200b',
      "U+200B can't stand here. A value that is more than one bare word stands in quotes: 'a b'.",
    ],
  ])('%s', (text, marked, message) => {
    expect(mistake('logs', text)).toEqual([marked, message]);
  });

  test('a word alone', () => {
    const [marked, message] = mistake('logs', 'timeout');
    expect(marked).toBe('timeout');
    expect(message).toMatch(
      /^An operator and a value are missing after timeout: .* write body LIKE '%timeout%'\.$/,
    );
  });
});

describe('names', () => {
  test.each<[Signal, string, string]>([
    ['logs', 'namespce = x', 'Did you mean namespace?'],
    ['logs', 'Namespace = x', 'Did you mean namespace?'],
    ['logs', 'status = x', 'Did you mean level? Write: level = x'],
    ['traces', 'level = x', 'Did you mean status? Write: status = x'],
    ['traces', 'latency > 5', 'Did you mean duration'],
    ['traces', 'http.rout = x', 'Did you mean @http.route?'],
    ['traces', 'customer_id = x', 'Did you mean @"customer id"?'],
    ['traces', 'xyzzy = x', 'an attribute is written @name'],
  ])('%s: %s', (signal, text, hint) => {
    const [marked, message] = mistake(signal, text, ['http.route', 'customer id']);
    expect(marked).toBe(text.split(' ')[0]);
    expect(message).toContain(hint);
  });
});

describe('values', () => {
  test.each<[Signal, string, string, string]>([
    [
      'traces',
      'duration > abc',
      'abc',
      "'abc' is no number; duration takes a number in ns, or one with a unit (ns us ms s m h): duration > 500ms.",
    ],
    [
      'traces',
      'duration > 5KB',
      '5KB',
      "'5KB' has a unit that does not fit; duration takes a number in ns, or one with a unit (ns us ms s m h): duration > 500ms.",
    ],
    [
      'logs',
      'body_length > 5s',
      '5s',
      "'5s' has a unit that does not fit; body_length takes a number of characters: body_length > 1000.",
    ],
    ['traces', 'duration > 1e400', '1e400', '1e400 is too large for a number.'],
    [
      'traces',
      'duration LIKE "5%"',
      '"5%"',
      'LIKE compares text: duration is a number; compare it by < and >, or BETWEEN: duration > 500ms.',
    ],
    [
      'logs',
      'timestamp =~ x',
      'x',
      '=~ compares text: timestamp is a time; compare it by < and >, or set from_time and to_time.',
    ],
    [
      'logs',
      '@x > 5s',
      '5s',
      "The unit of @x is not known: write a plain number in its own unit, or '5s' in quotes to compare as text.",
    ],
    [
      'logs',
      'namespace > 5s',
      '5s',
      "The unit of namespace is not known: write a plain number in its own unit, or '5s' in quotes to compare as text.",
    ],
    [
      'traces',
      'role > client',
      'client',
      'role has no order; use = or IN. Its values: client, server, producer, consumer, internal.',
    ],
    [
      'logs',
      'level > eror',
      'eror',
      "level has no value 'eror' (did you mean ERROR?); its values are TRACE, DEBUG, INFO, WARN, ERROR, FATAL, PANIC: level >= WARN.",
    ],
    [
      'logs',
      '@x BETWEEN 5 AND abc',
      'abc',
      'BETWEEN takes two numbers or two texts: 5 is a number, abc a string.',
    ],
  ])('%s: %s', (signal, text, marked, message) => {
    expect(mistake(signal, text)).toEqual([marked, message]);
  });

  test('a time that is none', () => {
    const [marked, message] = mistake('logs', "timestamp > 'last week'");
    expect(marked).toBe("'last week'");
    expect(message).toMatch(/^"last week" is no time\. Did you mean now-1w\? Use ISO 8601/);
  });
});

describe('regular expressions', () => {
  test.each<[string, string]>([
    ['a(b', 'a closing ) is missing'],
    ['a)', 'a ) closes nothing'],
    ['[a', 'a closing ] is missing'],
    ['*a', 'there is nothing to repeat'],
    ['a**', 'two repetitions follow one another'],
    ['a{1001}', 'a repeat count is at most 1000 in all'],
    ['(a{100}){100}', 'a repeat count is at most 1000 in all'],
    ['(?=a)', 'it has no look-around'],
    ['(?<=a)b', 'it has no look-around'],
    ['(a)\\1', 'it has no back-references'],
    ['\\C', 'this escape does not exist'],
    ['\\p{Cn}', 'there is no Unicode class "Cn"'],
    ['[^\\P{Emoji}]', 'there is no Unicode class "Emoji"'],
    ['\\p{^LC}', 'there is no Unicode class "LC"'],
    ['[z-a]', 'this range or class'],
    ['(?P<n>a)(?P<n>b)', "a group's name is used twice"],
    ['(?P<é>a)', "a group's name takes letters"],
    ['a\\', 'it ends in a single backslash'],
    ['\\pL{400}', 'it is too large'],
    [`${'('.repeat(1100)}a${')'.repeat(1100)}`, 'it nests too deeply'],
  ])('%s', (pattern, problem) => {
    const literal = `'${pattern.replaceAll('\\', '\\\\')}'`;
    const [marked, message] = mistake('logs', `body =~ ${literal}`);
    expect(marked).toBe(literal);
    expect(message).toContain(problem);
    expect(message).toMatch(/^This is no regular expression of RE2: /);
  });
});

test('attribute names of more than 64 characters are not suggested', () => {
  const name = 'n'.repeat(64);
  expect(mistake('logs', `${name}x = 1`, [name])[1]).toContain(`Did you mean @${name}?`);
  expect(mistake('logs', `${name} = 1`, [`${name}x`, `${name} run this`])[1]).not.toContain('Did you mean');
});

test('long texts are not repeated whole', () => {
  const long = 'x'.repeat(10_000);
  for (const text of [
    `${long} = 1`,
    `level > ${long}`,
    `@${long} > 5s`,
    `body ${long}`,
    `a = ${long} ${long}`,
  ]) {
    expect(mistake('logs', text)[1].length).toBeLessThan(500);
  }
});
