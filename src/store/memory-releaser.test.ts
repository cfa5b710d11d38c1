import { beforeAll, expect, test } from 'vitest';
import { waitFor } from '../../test/support/wait.ts';
import { MemoryReleaser } from './memory-releaser.ts';

const memory = new MemoryReleaser();

beforeAll(() =>
  waitFor('the first that is freed', 10_000, () => {
    const bytes = new Uint8Array(1);
    memory.release(bytes);
    return bytes.byteLength === 0;
  }),
);

test('frees what lies in memory of its own, again and again', () => {
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 200; i++) {
    const bytes = new Uint8Array(4_000_000).fill(i);
    memory.release(bytes);
    expect(bytes.byteLength).toBe(0);
  }
  // The garbage collector alone would leave up to 64 MB of the 800.
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(20_000_000);
});

test('leaves bytes beside which others lie', () => {
  const all = Uint8Array.of(1, 2, 3);
  const part = all.subarray(1);
  memory.release(part);
  expect([...part]).toEqual([2, 3]);
});
