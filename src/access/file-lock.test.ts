import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { LockError, withLock } from './file-lock.ts';

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubesense-lock-'));
  path = join(folder, 'lock');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const owner = (pid: number, host = hostname()) => JSON.stringify({ token: 'theirs', pid, host });

/** The id of a process that has ended. */
const deadPid = () => spawnSync(process.execPath, ['-e', '']).pid;

describe('a lock', () => {
  test('is held by one at a time, and is gone afterwards', async () => {
    let inside = 0;
    let most = 0;
    let total = 0;
    const work = async () => {
      inside += 1;
      most = Math.max(most, inside);
      const before = total;
      await new Promise(setImmediate);
      total = before + 1;
      inside -= 1;
    };
    await Promise.all(Array.from({ length: 20 }, () => withLock(path, 10_000, work)));
    expect([most, total]).toEqual([1, 20]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('is given back when the work fails', async () => {
    await expect(withLock(path, 0, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(path, 0, async () => 'result')).toBe('result');
  });

  test('that is held is waited for, and no longer than asked', async () => {
    writeFileSync(path, owner(process.pid));
    await expect(withLock(path, 50, async () => 'result')).rejects.toThrow(LockError);
    await expect(withLock(path, 50, async () => 'result')).rejects.toThrow(/delete that file/);
    const waiting = withLock(path, 10_000, async () => 'result');
    rmSync(path);
    expect(await waiting).toBe('result');
  });

  test('of a process that is dead is taken over', async () => {
    writeFileSync(path, owner(deadPid()));
    expect(await withLock(path, 10_000, async () => readFileSync(path, 'utf8'))).not.toContain('theirs');
    expect(existsSync(path)).toBe(false);
  });

  test('of a dead process is taken over by one of many', async () => {
    const pid = deadPid();
    for (let round = 0; round < 3; round++) {
      writeFileSync(path, owner(pid));
      let inside = 0;
      let most = 0;
      const work = async () => {
        inside += 1;
        most = Math.max(most, inside);
        for (let turn = 0; turn < 5; turn++) await new Promise(setImmediate);
        inside -= 1;
      };
      await Promise.all(Array.from({ length: 8 }, () => withLock(path, 10_000, work)));
      expect(most).toBe(1);
      expect(readdirSync(folder)).toEqual([]);
    }
  });

  test('of another host is taken over only when it is old, and so is one without a name', async () => {
    for (const text of [owner(deadPid(), 'elsewhere'), 'nonsense', '']) {
      writeFileSync(path, text);
      await expect(withLock(path, 50, async () => 'result')).rejects.toThrow(LockError);
      const old = new Date(Date.now() - 31_000);
      utimesSync(path, old, old);
      expect(await withLock(path, 10_000, async () => 'result')).toBe('result');
    }
  });

  test('that was taken over meanwhile is left to its new owner', async () => {
    await withLock(path, 0, async () => writeFileSync(path, owner(process.pid)));
    expect(readFileSync(path, 'utf8')).toContain('theirs');
  });
});
