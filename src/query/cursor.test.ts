import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CursorContent, type CursorSubject, Cursors, longestCursor } from './cursor.ts';

const now = 1_674_988_200_000_000_000n;
const cursors = new Cursors(Buffer.alloc(32, 1));
const subject: CursorSubject = {
  signal: 'traces',
  order: 'slowest',
  filter: 'status = error',
  fields: ['timestamp', 'workload'],
  window: { from: now - 3_600_000_000_000n, to: now },
};
const content: CursorContent = {
  now,
  before: 10,
  position: { time: now - 5n, duration: 77n, hash: 2n ** 64n - 1n, copy: 3 },
};
const cursor = cursors.write(content, subject, 'key-1');

const uint = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });

test('says what was put in, for whoever holds the secret', () => {
  fc.assert(
    fc.property(
      fc.record({
        now: fc.constant(now),
        before: fc.nat(),
        position: fc.record({
          time: uint(63),
          duration: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
          hash: uint(64),
          copy: fc.integer({ min: 1, max: 2 ** 40 }),
        }),
      }),
      (written) => {
        const text = cursors.write(written, subject, 'key-1');
        expect(text).toMatch(/^[\w-]+$/);
        expect(text.length).toBeLessThan(longestCursor);
        const read = new Cursors(Buffer.alloc(32, 1)).read(text, 'key-1', now);
        expect({ now: read.now, before: read.before, position: read.position }).toEqual(written);
        read.check(subject);
      },
    ),
    { seed: 1, numRuns: 500 },
  );
});

describe('is refused', () => {
  const changed =
    /^cursor: this is no cursor of this server for this key, or it was changed; send .* leave the cursor out/;

  test('where any bit of it is another', () => {
    const bytes = Buffer.from(cursor, 'base64url');
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const other = Buffer.from(bytes);
      other.writeUInt8(other.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      expect(() => cursors.read(other.toString('base64url'), 'key-1', now)).toThrow(changed);
    }
  });

  test.each([
    ['nothing', ''],
    ['a part', cursor.slice(0, -1)],
    ['more', `${cursor}AA`],
    ['other characters within', `${cursor.slice(0, 10)} ${cursor.slice(10)}`],
    ['padding', `${cursor}=`],
    ['text', 'next page please'],
    ['a megabyte', 'A'.repeat(1_000_000)],
  ])('%s instead', (_, text) => {
    expect(() => cursors.read(text, 'key-1', now)).toThrow(changed);
  });

  test('of another key, or another server', () => {
    expect(() => cursors.read(cursor, 'key-2', now)).toThrow(changed);
    expect(() => new Cursors(Buffer.alloc(32, 2)).read(cursor, 'key-1', now)).toThrow(changed);
  });

  test('a day after the first page', () => {
    const day = 24n * 3600n * 1_000_000_000n;
    expect(cursors.read(cursor, 'key-1', now + day).before).toBe(10);
    expect(() => cursors.read(cursor, 'key-1', now + day + 1n)).toThrow(
      'cursor: it has expired, as cursors hold for 24 hours; leave the cursor out to start from the first page',
    );
  });

  test.each<[string, Partial<CursorSubject>]>([
    ['filters', { filter: 'status = ok' }],
    ['fields', { fields: ['timestamp,workload'] }],
    ['times (from_time, to_time)', { window: { from: subject.window.from, to: now + 1n } }],
    ['order', { order: 'newest' }],
    ['order and filters and fields', { order: 'oldest', filter: '', fields: [] }],
  ])('for other %s', (differing, other) => {
    const read = cursors.read(cursor, 'key-1', now);
    expect(() => read.check({ ...subject, ...other })).toThrow(
      `cursor: it was made for other ${differing}; repeat the call that gave it, with the cursor added (limit, format and max_tokens may change), or leave the cursor out to start from the first page`,
    );
  });

  test('by the tool of the other signal', () => {
    const read = cursors.read(cursor, 'key-1', now);
    expect(() => read.check({ ...subject, signal: 'logs' })).toThrow('it was made by search-traces');
  });
});
