import { randomUUID } from 'node:crypto';
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';

/** A lock is held for milliseconds; one that is this old was left behind, whoever holds it. */
const abandonedAfterMs = 30_000;
const retryMs = 15;

const ownerSchema = z.object({ token: z.string(), pid: z.int().positive(), host: z.string() });
type Owner = z.infer<typeof ownerSchema>;

/** Another process has held the lock for longer than anybody should. */
export class LockError extends Error {
  override readonly name = 'LockError';
}

/**
 * Runs `work` while no other process that takes the same lock does. The lock is a file, and one that a
 * dead process left behind is removed.
 *
 * @param path of the lock file; its folder must exist
 * @param waitMs how long to wait for the lock
 * @throws LockError
 */
export async function withLock<T>(path: string, waitMs: number, work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + waitMs;
  let token = await acquire(path);
  while (token === undefined) {
    if (performance.now() > deadline) {
      throw new LockError(`Another process holds ${path}. If none is running, delete that file.`);
    }
    if (!(await removeAbandoned(path))) await delay(retryMs);
    token = await acquire(path);
  }
  try {
    return await work();
  } finally {
    // One that took longer than abandonedAfterMs may have lost the lock to somebody else.
    if ((await readOwner(path))?.token === token) await rm(path, { force: true });
  }
}

/**
 * The owner's name is in the lock from its first instant, so that the lock of a process that died at
 * once is known as such.
 *
 * @returns the token of the new lock, or nothing where the lock is held
 */
async function acquire(path: string): Promise<string | undefined> {
  const owner: Owner = { token: randomUUID(), pid: process.pid, host: hostname() };
  const named = `${path}.${owner.token}`;
  try {
    await writeFile(named, JSON.stringify(owner), { flag: 'wx', mode: 0o600 });
    await link(named, path);
    return owner.token;
  } catch (error) {
    if (hasCode(error, 'EEXIST')) return undefined;
    throw error;
  } finally {
    await rm(named, { force: true });
  }
}

/**
 * Removes the lock if it is abandoned. Two processes that both find it abandoned must not both remove
 * it, as the second would remove the first one's new lock: so removing is itself done under a lock.
 */
async function removeAbandoned(path: string): Promise<boolean> {
  if (!(await isAbandoned(path))) return false;
  const removal = `${path}.removal`;
  const token = await acquire(removal);
  if (token === undefined) {
    if (await isAbandoned(removal)) await rm(removal, { force: true });
    return false;
  }
  try {
    if (!(await isAbandoned(path))) return false;
    await rm(path, { force: true });
    return true;
  } finally {
    await rm(removal, { force: true });
  }
}

async function isAbandoned(path: string): Promise<boolean> {
  const age = await ageMs(path);
  if (age === undefined) return false;
  const owner = await readOwner(path);
  return age > abandonedAfterMs || (owner?.host === hostname() && !isAlive(owner.pid));
}

async function ageMs(path: string): Promise<number | undefined> {
  try {
    return Date.now() - (await stat(path)).mtimeMs;
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Nothing where there is no lock, or one that is not of this form. */
async function readOwner(path: string): Promise<Owner | undefined> {
  try {
    return ownerSchema.safeParse(JSON.parse(await readFile(path, 'utf8'))).data;
  } catch (error) {
    if (error instanceof SyntaxError || hasCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !hasCode(error, 'ESRCH');
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
