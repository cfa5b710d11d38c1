import { mkdir, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EngineError } from './engine-error.ts';

export interface StoreFolders {
  /** The engine's own files. */
  readonly engine: string;
  /** Data that is to be inserted. */
  readonly spool: string;
}

/**
 * Creates what the store needs in its folder, and makes sure that it can be written.
 *
 * @throws EngineError `folder-unusable`
 */
export async function prepareStore(storeDir: string): Promise<StoreFolders> {
  try {
    await mkdir(storeDir, { recursive: true, mode: 0o700 });
    const folder = await realpath(storeDir);
    const folders = { engine: join(folder, 'engine'), spool: join(folder, 'spool') };
    await mkdir(folders.engine, { recursive: true, mode: 0o700 });
    await mkdir(folders.spool, { recursive: true, mode: 0o700 });
    const probe = join(folder, `.probe-${process.pid}`);
    await writeFile(probe, '');
    await rm(probe);
    // `file()` would read them as a pattern.
    if (/[*?{}]/.test(folder))
      throw new EngineError('folder-unusable', `${folder}: *, ?, { and } can't be in the path`);
    return folders;
  } catch (error) {
    throw error instanceof EngineError ? error : unusable(storeDir, error);
  }
}

/** The one line about a folder that can't be used. */
export function unusable(folder: string, error: unknown): EngineError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const cause = causes.get(code) ?? (error instanceof Error ? error.message : String(error));
  return new EngineError('folder-unusable', `${folder} can't be written: ${cause}`);
}

const causes: ReadonlyMap<string, string> = new Map([
  ['EACCES', 'permission denied'],
  ['EPERM', 'operation not permitted'],
  ['EROFS', 'the file system is read-only'],
  ['ENOTDIR', 'a part of the path is no folder'],
  ['EEXIST', 'it is no folder'],
  ['ENOENT', 'it does not exist and can not be created'],
  ['ENOSPC', 'there is no space left'],
]);

/** The process that holds the engine's lock on a store, as the engine noted it; undefined where it can't be read. */
export async function lockHolder(storeDir: string): Promise<number | undefined> {
  try {
    const status = await readFile(join(storeDir, 'engine', 'status'), 'utf8');
    const pid = /^PID: (\d+)$/m.exec(status)?.[1];
    return pid === undefined ? undefined : Number(pid);
  } catch {
    return undefined;
  }
}
