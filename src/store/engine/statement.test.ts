import { describe, expect, test } from 'vitest';
import { parseStatement } from './statement.ts';

describe('what kind of statement it is', () => {
  test.each([
    ['SELECT 1', 'select'],
    ['  -- first\n/* second; */ select 1', 'select'],
    ['WITH 1 AS a SELECT a', 'select'],
    ['FROM t SELECT a', 'select'],
    ['(SELECT 1) UNION ALL (SELECT 2)', 'select'],
    ['SHOW TABLES', 'describe'],
    ['desc t', 'describe'],
    ['EXISTS TABLE t', 'describe'],
    ['EXPLAIN SELECT 1', 'describe'],
    ['CREATE TABLE t (a Int32) ENGINE = Memory', 'change'],
    ['OPTIMIZE TABLE t FINAL', 'change'],
    ['INSERT INTO t SELECT 1', 'change'],
    ['INSERT INTO t (a) (SELECT 1)', 'change'],
    ['INSERT INTO t WITH 1 AS a SELECT a', 'change'],
    ['KILL QUERY WHERE 1', 'kill'],
  ])('%s', (query, kind) => {
    expect(parseStatement(query).kind).toBe(kind);
  });
});

describe('the format of a result', () => {
  test.each([
    ['SELECT 1 FORMAT JSON', 'JSON'],
    ['SELECT 1\nformat jsoneachrow;', 'jsoneachrow'],
    ['SELECT 1 FORMAT TSV SETTINGS max_threads = 1', 'TSV'],
    ['SHOW TABLES FORMAT CSV', 'CSV'],
    ['SELECT format FROM t', undefined],
    ['SELECT a AS format, b FROM t', undefined],
    ["SELECT 'FORMAT JSON'", undefined],
    ['SELECT 1 -- FORMAT JSON', undefined],
    ['SELECT * FROM (SELECT 1 FORMAT JSON)', undefined],
  ])('%s', (query, format) => {
    const statement = parseStatement(query);
    expect('format' in statement ? statement.format : undefined).toBe(format);
  });

  test('totals are seen, but not in a string', () => {
    expect(parseStatement('SELECT count() FROM t GROUP BY a WITH TOTALS')).toHaveProperty('totals', true);
    expect(parseStatement("SELECT 'WITH TOTALS'")).toHaveProperty('totals', false);
  });
});

describe('INSERT with data', () => {
  test.each([
    ['INSERT INTO t FORMAT RowBinary', { head: 'INSERT INTO t ', format: 'RowBinary', data: '' }],
    [
      'insert into d.t (a, `b c`) format CSV\n1;2',
      { head: 'insert into d.t (a, `b c`) ', format: 'CSV', data: '\n1;2' },
    ],
    ["INSERT INTO t VALUES (';')", { head: 'INSERT INTO t ', format: 'Values', data: " (';')" }],
    ['INSERT INTO values VALUES (1)', { head: 'INSERT INTO values ', format: 'Values', data: ' (1)' }],
    [
      'INSERT INTO t (* EXCEPT (a)) FORMAT JSONEachRow {"b":1}',
      { head: 'INSERT INTO t (* EXCEPT (a)) ', format: 'JSONEachRow', data: ' {"b":1}' },
    ],
    [
      'INSERT INTO t (format, values) SETTINGS async_insert = 0 FORMAT TSV',
      { head: 'INSERT INTO t (format, values) SETTINGS async_insert = 0 ', format: 'TSV', data: '' },
    ],
  ])('%s', (query, expected) => {
    expect(parseStatement(query)).toEqual({ kind: 'insert', ...expected });
  });
});

describe('what is refused', () => {
  test.each([
    ['', 62],
    [' ; ', 62],
    ['-- only a comment', 62],
    ['SELECT 1; SELECT 2', 62],
    ['SELECT 1; -- end\n DROP TABLE t', 62],
    ['INSERT INTO t SELECT 1; DROP TABLE t', 62],
    ['SELECT 1\0', 62],
    ['INSERT INTO t', 62],
    ["SELECT 1 INTO OUTFILE '/tmp/x'", 497],
    ["SELECT 1 into /* */ outfile '/tmp/x'", 497],
    ["INSERT INTO t FROM INFILE '/etc/passwd' FORMAT CSV", 497],
    ["INSERT INTO FUNCTION file('/tmp/x') SELECT 1", 497],
    ["SELECT file('/etc/passwd')", 497],
    ["SELECT * FROM `file`('/etc/passwd', 'LineAsString')", 497],
    ['SET max_threads = 1', 48],
    ['GRANT SELECT ON *.* TO u', 48],
    ['1 + 1', 48],
    ['"SELECT" 1', 48],
  ])('%j', (query, code) => {
    expect(() => parseStatement(query)).toThrow(expect.objectContaining({ code }));
  });

  test.each([
    'SELECT \';\' || "a;" || `b;`',
    "SELECT 'it''s; here', 'back\\'slash; '",
    'SELECT 1 /* ; SELECT 2 */ ;',
    'SELECT 1; -- ; end',
    'SELECT 1; # ; end',
    'SELECT $tag$ ; SELECT 2 $tag$',
    "SELECT ‘it's; here’",
    "SELECT 'INTO OUTFILE', file_name AS file FROM t WHERE (a = 1)",
  ])('but not %j', (query) => {
    expect(parseStatement(query).kind).toBe('select');
  });
});

test('a semicolon at the end is left out', () => {
  expect(parseStatement('SELECT 1 ; \n')).toMatchObject({ text: 'SELECT 1 ' });
});

test('sixteen megabytes of literal take no time to speak of', () => {
  const literal = "'".concat("\\'''x".repeat(3_000_000), "'");
  const start = process.cpuUsage();
  expect(parseStatement(`SELECT ${literal}`).kind).toBe('select');
  expect(process.cpuUsage(start).user).toBeLessThan(5_000_000);
});
