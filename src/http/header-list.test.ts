import { describe, expect, test } from 'vitest';
import { parseHeaders } from './header-list.ts';

describe('parseHeaders', () => {
  test('reads names and values', () => {
    expect(parseHeaders('A: b c,\tX-Key:d:e , ')).toEqual([
      ['A', 'b c'],
      ['X-Key', 'd:e'],
    ]);
    expect(parseHeaders('')).toEqual([]);
  });

  test.each(['A', 'A:', ': b', 'A b: c', 'A: b\r\nB: c', 'A: é', 'Host: other', 'content-length: 5'])(
    'refuses %j',
    (text) => {
      expect(() => parseHeaders(text)).toThrow(SyntaxError);
    },
  );
});
