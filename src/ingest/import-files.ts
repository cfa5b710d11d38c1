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

/** The files that the paths name, and in folders those that end as JSON lines do. Throws `InputError`. */
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
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries
    .filter((entry) => !entry.isDirectory() && extensions.some((extension) => entry.name.endsWith(extension)))
    .map(({ name }) => name)
    .sort();
  if (names.length === 0) throw new InputError(`${folder} has no file that ends in ${extensions.join(', ')}`);
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      return { path, bytes: (await stat(path)).size, found: true };
    }),
  );
}
