import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { keptCursorSecret } from './cursor-secret.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubesense-test-'));
});
afterEach(() => rm(folder, { recursive: true }));

test('is made once, for the owner alone, also by several at once', async () => {
  const made = await Promise.all(Array.from({ length: 5 }, () => keptCursorSecret(folder)));
  const again = await keptCursorSecret(folder);
  expect(new Set([...made, again].map(String)).size).toBe(1);
  expect(again.length).toBeGreaterThanOrEqual(32);
  expect(await readdir(folder)).toEqual(['cursor-secret']);
  expect((await stat(join(folder, 'cursor-secret'))).mode & 0o777).toBe(0o600);
});

test('is another in another folder', async () => {
  const other = await mkdtemp(join(tmpdir(), 'kubesense-test-'));
  expect(String(await keptCursorSecret(other))).not.toBe(String(await keptCursorSecret(folder)));
  await rm(other, { recursive: true });
});

test('is made anew where what is there is too short to be one', async () => {
  await writeFile(join(folder, 'cursor-secret'), 'short\n');
  const made = await keptCursorSecret(folder);
  expect(made.length).toBeGreaterThanOrEqual(32);
  expect(await keptCursorSecret(folder)).toEqual(made);
});
