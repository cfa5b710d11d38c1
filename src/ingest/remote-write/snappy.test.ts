import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { deflateSnappy, varint } from '../../../test/ingest/snappy.ts';
import { InputError } from '../../telemetry/input-error.ts';
import { PayloadTooLargeError } from '../payload-too-large.ts';
import { inflateSnappy } from './snappy.ts';

const inflate = (bytes: ArrayLike<number>, most = 1 << 20): string =>
  Buffer.from(inflateSnappy(Uint8Array.from(bytes), most)).toString();

describe('what Google describes', () => {
  // Each by hand from the description of the format.
  test.each<[string, readonly number[], string]>([
    ['nothing', [0], ''],
    ['a literal', [3, 2 << 2, 97, 98, 99], 'abc'],
    ['a literal whose length has a byte', [3, 60 << 2, 2, 97, 98, 99], 'abc'],
    ['a literal whose length has four bytes', [3, 63 << 2, 2, 0, 0, 0, 97, 98, 99], 'abc'],
    ['a copy with a one-byte offset', [8, 3 << 2, 97, 98, 99, 100, 1, 4], 'abcdabcd'],
    ['a copy that repeats itself', [11, 0, 97, 1 | (6 << 2), 1], 'aaaaaaaaaaa'],
    ['a copy with a two-byte offset', [6, 2 << 2, 97, 98, 99, 2 | (2 << 2), 3, 0], 'abcabc'],
    ['a copy with a four-byte offset', [6, 2 << 2, 97, 98, 99, 3 | (2 << 2), 3, 0, 0, 0], 'abcabc'],
    ['a long copy that repeats itself', [34, 1 << 2, 97, 98, 2 | (31 << 2), 2, 0], 'ab'.repeat(17)],
  ])('%s', (_, bytes, text) => {
    expect(inflate(bytes)).toBe(text);
  });

  test('what golang/snappy made', () => {
    // snappy.Encode(nil, bytes.Repeat([]byte("kubesense remote write "), 40))
    expect(inflate(Buffer.from(GOLANG, 'base64'))).toBe('kubesense remote write '.repeat(40));
  });
});

const GOLANG =
  'mAdYa3ViZXNlbnNlIHJlbW90ZSB3cml0ZSD+FwD+FwD+FwD+FwD+FwD+FwD+FwD+FwD+FwD+FwD+FwD+FwD+FwDuFwAFFw==';

describe('what is broken', () => {
  test.each<[string, readonly number[], string]>([
    ['nothing at all', [], 'it ends early'],
    ['a length that does not end', [0x80, 0x80], 'it ends early'],
    ['a length of more than 32 bits', [255, 255, 255, 255, 255, 1], 'its length is not a 32-bit number'],
    ['a literal that is cut', [3, 2 << 2, 97], 'it ends early'],
    ['a literal whose length is cut', [3, 61 << 2, 2], 'it ends early'],
    ['a literal that would go back', [3, 63 << 2, 0, 0, 0, 0x80, 97], 'it ends early'],
    ['a literal past the length', [2, 2 << 2, 97, 98, 99], 'it is longer than it says'],
    ['a copy past the length', [7, 3 << 2, 97, 98, 99, 100, 1, 4], 'it is longer than it says'],
    ['a copy of nothing', [8, 3 << 2, 97, 98, 99, 100, 1, 0], 'a copy starts before the data'],
    ['a copy from before', [8, 3 << 2, 97, 98, 99, 100, 1, 5], 'a copy starts before the data'],
    ['a copy that is cut', [8, 3 << 2, 97, 98, 99, 100, 2, 4], 'it ends early'],
    ['less than the length', [5, 3 << 2, 97, 98, 99, 100], 'it ends early'],
    ['more than could be', [...varint(1000), 0, 97], 'it can not be as long as it says'],
    [
      'the framed format',
      [0xff, 6, 0, 0, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59, 0, 0, 0],
      'it is in the framed format; send the block format',
    ],
  ])('%s', (_, bytes, reason) => {
    expect(() => inflate(bytes)).toThrow(new InputError(`the body is not valid Snappy: ${reason}`));
  });

  test('a length past the limit is refused before it is made room for', () => {
    const declared = [...varint(2 ** 32 - 1), 0, 97];
    expect(() => inflate(declared, 100)).toThrow(PayloadTooLargeError);
    expect(() => inflate([...varint(101), 0, 97], 100)).toThrow(PayloadTooLargeError);
  });
});

test('whatever is deflated is inflated again', () => {
  const data = fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc
      .array(fc.constantFrom('__name__', 'namespace', 'default', 'pod-', '0', '\0'), { maxLength: 400 })
      .map((parts) => new Uint8Array(Buffer.from(parts.join('')))),
    fc.tuple(fc.nat(255), fc.nat(200_000)).map(([byte, length]) => new Uint8Array(length).fill(byte)),
  );
  fc.assert(
    fc.property(data, (bytes) => {
      const inflated = inflateSnappy(deflateSnappy(bytes), 1 << 20);
      expect(Buffer.compare(inflated, bytes)).toBe(0);
    }),
  );
});

test('whatever is changed is a right answer or a clear error', () => {
  const valid = deflateSnappy(new Uint8Array(Buffer.from('up{job="a"} 1, up{job="b"} 2, up{job="c"} 3')));
  const mutant = fc.tuple(
    fc.array(fc.tuple(fc.nat(valid.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }),
    fc.nat(valid.length),
  );
  fc.assert(
    fc.property(mutant, ([changes, length]) => {
      const bytes = Uint8Array.from(valid);
      for (const [at, byte] of changes) bytes[at] = byte;
      try {
        expect(inflateSnappy(bytes.subarray(0, length), 4096).length).toBeLessThanOrEqual(4096);
      } catch (error) {
        expect(error instanceof InputError || error instanceof PayloadTooLargeError).toBe(true);
      }
    }),
    { numRuns: 2000 },
  );
});
