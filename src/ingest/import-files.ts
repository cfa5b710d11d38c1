import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { InputError } from '../telemetry/input-error.ts';

/** A file to import. */
export interface ImportFile {
  readonly path: string;
  readonly bytes: number;
  /** It was found in a folder, not named: then it may be something else. */
  readonly found: boolean;
}

const extensions = ['.jsonl', '.jsonl.gz', '.json', '.ndjson'];

/** The files that the paths name, and in folders, at any depth, those that end as JSON lines do. Throws `InputError`. */
export async function findImportFiles(paths: readonly string[]): Promise<ImportFile[]> {
  const found: ImportFile[] = [];
  for (const path of paths) {
    const status = await stat(path).catch(() => undefined);
    if (status === undefined) throw new InputError(`${path} is not there or can't be read`);
    if (status.isDirectory()) found.push(...(await filesIn(path)));
    else found.push({ path, bytes: status.size, found: false });
  }
  return found;
}

async function filesIn(folder: string): Promise<ImportFile[]> {
  const names = (await readdir(folder, { recursive: true }))
    .filter((name) => extensions.some((extension) => name.endsWith(extension)))
    .sort();
  const files = await Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const status = await stat(path);
      return status.isFile() ? [{ path, bytes: status.size, found: true }] : [];
    }),
  );
  if (files.flat().length === 0) {
    throw new InputError(`${folder} has no file that ends in ${extensions.join(', ')}`);
  }
  return files.flat();
}
