import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWellFormed, quoteString, unquote } from './string-literal.ts';

test.each([
  [`"a\\"b"`, 'a"b'],
  [`'it\\'s'`, "it's"],
  ['`raw\\n`', 'raw\\n'],
  ['"\\a\\b\\f\\n\\r\\t\\v\\\\"', '\x07\b\f\n\r\t\v\\'],
  ['"\\101\\x42\\u00e4\\U0001F600"', 'ABä😀'],
  // Bytes that make one character together.
  ['"\\xe4\\xb8\\x96\\347\\225\\214"', '世界'],
  // Bytes that make none.
  ['"\\xff|\\xe4\\xb8|\\xe4\\xb8\\x96\\x80"', '\udcff|\udce4\udcb8|世\udc80'],
  ['""', ''],
])('%s stands for its text', (literal, text) => {
  expect(unquote(literal)).toBe(text);
});

test.each([
  ['"ab\\qc"', 3, 5],
  ['"\\400"', 1, 5],
  ['"\\ud800"', 1, 7],
  ['"\\U00110000"', 1, 11],
  [`'\\"'`, 1, 3],
  ['"\\x4"', 1, 3],
])('%s has its problem at a place', (literal, start, end) => {
  expect(unquote(literal)).toMatchObject({ start, end });
});

test('any text comes back', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(unquote(quoteString(text))).toBe(text);
    }),
  );
});

test('bytes that are no text come back as bytes, and can be told from text', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0x80, max: 0xff }), { minLength: 1 }), (bytes) => {
      const literal = `"${bytes.map((byte) => `\\x${byte.toString(16)}`).join('')}"`;
      const text = String(unquote(literal));
      expect(unquote(quoteString(text))).toBe(text);
      const buffer = Buffer.from(bytes);
      expect(isWellFormed(text)).toBe(Buffer.from(buffer.toString()).equals(buffer));
    }),
  );
});

test('what could be mistaken is escaped', () => {
  expect(quoteString('a"b\\\n\u0000\u2028\ufffd')).toBe('"a\\"b\\\\\\n\\u0000\\u2028\\ufffd"');
});
