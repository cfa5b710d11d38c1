import { parseError } from '@clickhouse/client';
import { describe, expect, test } from 'vitest';
import { exceptions, exceptionText, httpStatus, parseException } from './exception.ts';

describe('errors of chDB', () => {
  test.each([
    [
      "Query failed: Code: 60. DB::Exception: Unknown table expression identifier 'x' in scope SELECT * FROM x. (UNKNOWN_TABLE)",
      {
        code: 60,
        type: 'UNKNOWN_TABLE',
        message: "Unknown table expression identifier 'x' in scope SELECT * FROM x.",
      },
    ],
    [
      "Query failed: Code: 164. DB::Exception: Code: 164. DB::Exception: Cannot modify 'max_threads' setting in readonly mode. (READONLY) (version 26.7.2.1). (READONLY)",
      { code: 164, type: 'READONLY', message: "Cannot modify 'max_threads' setting in readonly mode." },
    ],
    [
      'Code: 33. DB::Exception: Cannot read all data. Bytes read: 97. Bytes expected: 99: (at row 464)\n: (in file/uri /data/store/spool/1): While executing BinaryRowInputFormat: While executing File. (CANNOT_READ_ALL_DATA)',
      {
        code: 33,
        type: 'CANNOT_READ_ALL_DATA',
        message:
          'Cannot read all data. Bytes read: 97. Bytes expected: 99: (at row 464)\n: While executing BinaryRowInputFormat: While executing File.',
      },
    ],
    ['something else', { code: 1001, type: 'STD_EXCEPTION', message: 'something else' }],
  ])('%s', (text, expected) => {
    expect({ ...parseException(text), message: parseException(text).message }).toMatchObject(expected);
  });

  test('a very long message is cut', () => {
    const text = `Code: 62. DB::Exception: ${'x'.repeat(1_000_000)} (SYNTAX_ERROR)`;
    expect(parseException(text)).toMatchObject({ code: 62, type: 'SYNTAX_ERROR' });
    expect(parseException(text).message.length).toBe(8_000);
  });
});

test('the client of ClickHouse reads the text of an exception', () => {
  const text = `${exceptionText(exceptions.timeout('Timeout exceeded: elapsed 1 s.'))} (version 26.7.2.1)\n`;
  expect(parseError(text)).toMatchObject({
    code: '159',
    type: 'TIMEOUT_EXCEEDED',
    message: 'Timeout exceeded: elapsed 1 s. ',
  });
});

describe('HTTP status', () => {
  test.each([
    [exceptions.syntax(''), 400],
    [exceptions.badArguments(''), 400],
    [exceptions.authenticationFailed(''), 403],
    [exceptions.unknownSetting(''), 404],
    [exceptions.timeout(''), 408],
    [exceptions.tooManyBytes(''), 413],
    [exceptions.unsupportedMediaType(''), 415],
    [exceptions.tooManyQueries(''), 500],
    [exceptions.memoryLimit(''), 500],
    [exceptions.notImplemented(''), 501],
  ])('%s', (exception, status) => {
    expect(httpStatus(exception)).toBe(status);
  });
});
