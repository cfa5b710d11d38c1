import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomically } from './atomic-file.ts';
import { withLock } from './file-lock.ts';

/** Bytes that a secret has at least. */
export const shortestSecret = 32;

const lockWaitMs = 10_000;

/** The secret in a file, without white space around it; undefined where there is no such file. */
export async function readCursorSecret(path: string): Promise<Buffer | undefined> {
  try {
    return Buffer.from((await readFile(path, 'utf8')).trim());
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * The secret of a data folder: random, made where there is none that can be used, and readable for the
 * folder's owner alone. Processes that make it at the same time get the same one.
 */
export async function keptCursorSecret(folder: string): Promise<Buffer> {
  const path = join(folder, 'cursor-secret');
  const kept = await readCursorSecret(path);
  if (isLongEnough(kept)) return kept;
  return withLock(`${path}.lock`, lockWaitMs, async () => {
    const made = await readCursorSecret(path);
    if (isLongEnough(made)) return made;
    const secret = randomBytes(shortestSecret).toString('hex');
    await writeFileAtomically(path, `${secret}\n`);
    return Buffer.from(secret);
  });
}

const isLongEnough = (secret: Buffer | undefined): secret is Buffer =>
  secret !== undefined && secret.length >= shortestSecret;
