import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Logger } from '../observe/log.ts';
import { writeFileAtomically } from './atomic-file.ts';
import { withLock } from './file-lock.ts';

/** A use is written down when the one written before is this old. */
const precisionMs = 60_000;

const lockWaitMs = 2_000;

const fileSchema = z.record(z.string(), z.iso.datetime());

/**
 * When each key was last used, to the minute, in a file of its own: keys change seldom and must not be
 * lost, uses change all the time and may be.
 */
export class LastUse {
  readonly #path: string;
  readonly #log: Logger;
  /** Uses that this process has seen, epoch ms. */
  readonly #seen = new Map<string, number>();
  /** What this process had seen when it last decided to write. */
  readonly #noted = new Map<string, number>();
  #unwritten = false;
  #writing: Promise<void> | undefined;

  constructor(path: string, log: Logger) {
    this.#path = path;
    this.#log = log;
  }

  /** Notes a use. Writing goes on in the background; its failure is logged, and costs nobody a request. */
  record(id: string, now: Date): void {
    this.#seen.set(id, now.getTime());
    this.#unwritten = true;
    const noted = this.#noted.get(id);
    if (noted !== undefined && now.getTime() - noted < precisionMs) return;
    this.#noted.set(id, now.getTime());
    void this.flush();
  }

  /** The last use of each key, by id, of this process and of others. */
  async read(): Promise<ReadonlyMap<string, Date>> {
    const uses = await this.#readFile();
    for (const [id, at] of this.#seen) uses.set(id, Math.max(at, uses.get(id) ?? 0));
    return new Map([...uses].map(([id, at]) => [id, new Date(at)]));
  }

  /** Resolves when what was recorded is on disk, or could not be written. */
  async flush(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    try {
      while (this.#unwritten) {
        this.#unwritten = false;
        await withLock(`${this.#path}.lock`, lockWaitMs, async () => {
          const uses = Object.fromEntries(await this.read());
          await writeFileAtomically(this.#path, `${JSON.stringify(uses, null, 2)}\n`);
        });
      }
    } catch (error) {
      this.#log.warn({ err: error }, 'last use of keys not written');
    }
  }

  async #readFile(): Promise<Map<string, number>> {
    try {
      const parsed = fileSchema.safeParse(JSON.parse(await readFile(this.#path, 'utf8')));
      return new Map(Object.entries(parsed.data ?? {}).map(([id, at]) => [id, Date.parse(at)]));
    } catch (error) {
      if (error instanceof SyntaxError) return new Map();
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return new Map();
      throw error;
    }
  }
}
