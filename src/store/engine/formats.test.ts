import { describe, expect, test } from 'vitest';
import { headerLength, outputFormat } from './formats.ts';

test.each([
  ['jsoneachrow', 'JSONEachRow', 'rows'],
  ['ROWBINARYWITHNAMES', 'RowBinaryWithNames', 'header'],
  ['Json', 'JSON', 'document'],
  ['PrettyCompact', 'PrettyCompact', 'document'],
])('%s is %s, sent as %s', (written, name, framing) => {
  expect(outputFormat(written)).toMatchObject({ name, framing });
});

describe('the header in front of the rows', () => {
  test.each([
    ['TSVWithNames', 'a\tb\\nc\n1\t2\n', 7],
    ['TSVWithNamesAndTypes', 'a\tb\nInt8\tInt8\n1\t2\n', 14],
    ['JSONCompactEachRowWithNames', '["a"]\n[1]\n', 6],
    ['RowBinaryWithNames', '\x02\x01a\x02bc12', 6],
    ['RowBinaryWithNamesAndTypes', '\x02\x01a\x02bc\x04Int8\x05Int16123', 17],
  ])('%s', (format, chunk, length) => {
    expect(headerLength(format, Buffer.from(chunk, 'latin1'))).toBe(length);
  });

  test('more columns, and longer names, than one byte can count', () => {
    const name = 'n'.repeat(300);
    const names = Buffer.concat(Array.from({ length: 200 }, () => Buffer.from(`\xac\x02${name}`, 'latin1')));
    const header = Buffer.concat([Buffer.from([0xc8, 0x01]), names]);
    expect(headerLength('RowBinaryWithNames', Buffer.concat([header, Buffer.from('rows')]))).toBe(
      2 + 200 * 302,
    );
  });
});
