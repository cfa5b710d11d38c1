import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join } from 'node:path';
import type { Logger } from '../../observe/log.ts';
import { EngineProcess } from './child-process.ts';
import { EngineError } from './engine-error.ts';
import { processStart } from './process-start.ts';
import {
  answers,
  type EngineAddress,
  isHeld,
  readRuntimeFile,
  removeRuntimeFile,
  writeRuntimeFile,
} from './runtime-file.ts';
import { lockHolder, unusable } from './store-folder.ts';

export { EngineError, type EngineFailure } from './engine-error.ts';
export { type EngineAddress, findEngine } from './runtime-file.ts';

export interface EngineOptions {
  /** The data folder. The engine's files go into `store` there, its address into `engine.json`. */
  readonly dataDir: string;
  readonly log: Logger;
  /** Port on 127.0.0.1; a free one if it isn't given. */
  readonly port?: number;
  /** What the engine may take, in bytes, 512 MiB at least; by default half of the memory, at most 4 GiB. */
  readonly memoryLimitBytes?: number;
  /** How many queries read at the same time, 1 to 16; 3 by default. One of several is kept for cheap ones. */
  readonly readers?: number;
}

export interface Engine {
  /** Stays the same as long as the engine lives, through all restarts of its process. */
  readonly address: EngineAddress;
  /** Whether the process answers. */
  readonly ready: boolean;
  /** Calls the listener with each change of `ready`, until the function that it returns is called. */
  onStateChange(listener: (ready: boolean) => void): () => void;
  /** Ends the process: reading is cut off, inserts that run are finished. */
  close(): Promise<void>;
}

const mebibyte = 1024 * 1024;
/** How long the engine of a process that was killed may take to end. */
const leftoverMs = 10_000;
const firstPauseMs = 100;
const longestPauseMs = 10_000;
/** A process that lived as long as this has started well: the next pause is a short one again. */
const stableMs = 60_000;

/**
 * Starts the embedded engine on a data folder, and keeps it running: when its process ends, another one is
 * started on the same port with the same password. Resolves when it answers.
 *
 * @throws EngineError with one line for whoever starts the product
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const { dataDir } = options;
  await prepareDataDir(dataDir);
  const holder = await readRuntimeFile(dataDir);
  if (holder !== undefined && (await isHeld(holder))) throw inUse(dataDir, holder.pid);
  // What a process that is gone has left may still be finishing an insert.
  const deadline = performance.now() + (holder === undefined ? 0 : leftoverMs);
  for (;;) {
    try {
      return await Supervisor.start(options);
    } catch (error) {
      if (!(error instanceof EngineError) || error.reason !== 'folder-in-use') throw error;
      if (performance.now() >= deadline) throw inUse(dataDir, await lockHolder(join(dataDir, 'store')));
    }
    await new Promise((resolve) => {
      setTimeout(resolve, firstPauseMs);
    });
  }
}

async function prepareDataDir(dataDir: string): Promise<void> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw unusable(dataDir, error);
  }
}

function inUse(dataDir: string, pid: number | undefined): EngineError {
  const who = pid === undefined ? 'another process' : `process ${pid}`;
  return new EngineError('folder-in-use', `the data folder ${dataDir} is in use by ${who}`);
}

class Supervisor implements Engine {
  readonly #options: EngineOptions;
  readonly #log: Logger;
  readonly #listeners = new Set<(ready: boolean) => void>();
  readonly #username = 'kubesense';
  readonly #password = randomBytes(24).toString('base64url');
  #url = '';
  #process: EngineProcess | undefined;
  #ready = false;
  #closing = false;
  /** The restart that is underway. */
  #restarting: Promise<void> = Promise.resolve();
  #endPause: () => void = () => undefined;

  private constructor(options: EngineOptions) {
    this.#options = options;
    this.#log = options.log;
  }

  get address(): EngineAddress {
    return { url: this.#url, username: this.#username, password: this.#password };
  }

  get ready(): boolean {
    return this.#ready;
  }

  onStateChange(listener: (ready: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  static async start(options: EngineOptions): Promise<Supervisor> {
    const supervisor = new Supervisor(options);
    await supervisor.#startProcess(options.port ?? 0);
    const started = (await processStart(process.pid)) ?? '';
    try {
      await writeRuntimeFile(options.dataDir, { pid: process.pid, started, ...supervisor.address });
    } catch (error) {
      await supervisor.close();
      throw unusable(options.dataDir, error);
    }
    return supervisor;
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    this.#endPause();
    this.#setReady(false);
    await removeRuntimeFile(this.#options.dataDir);
    await this.#restarting;
    await this.#process?.close();
  }

  async #startProcess(port: number): Promise<void> {
    const { dataDir, memoryLimitBytes, readers } = this.#options;
    const child = await EngineProcess.start(
      {
        storeDir: join(dataDir, 'store'),
        port,
        username: this.#username,
        password: this.#password,
        readers: readers ?? 3,
        memoryLimitBytes: memoryLimitBytes ?? defaultMemoryLimit(),
      },
      this.#log,
    );
    this.#process = child;
    this.#url = child.url;
    if (!(await answers(this.address))) {
      child.kill();
      await child.ended;
      throw new EngineError('failed', 'the embedded engine does not answer');
    }
    const since = performance.now();
    void child.ended.then(() => this.#onEnd(performance.now() - since, child.output()));
    this.#log.info({ pid: child.pid, url: child.url }, 'the embedded engine is ready');
    this.#setReady(true);
  }

  #onEnd(livedMs: number, output: string): void {
    this.#setReady(false);
    if (this.#closing) return;
    this.#log.error(
      { livedMs: Math.round(livedMs), output },
      'the embedded engine has ended, and is started again',
    );
    this.#restarting = this.#restart(livedMs >= stableMs);
  }

  #pauseMs = firstPauseMs;

  async #restart(wasStable: boolean): Promise<void> {
    if (wasStable) this.#pauseMs = firstPauseMs;
    const port = Number(new URL(this.#url).port);
    while (!this.#closing) {
      await this.#pause(this.#pauseMs);
      this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
      if (this.#closing) return;
      try {
        await this.#startProcess(port);
        return;
      } catch (error) {
        this.#log.error({ err: error }, 'the embedded engine could not be started again');
      }
    }
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#endPause = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #setReady(ready: boolean): void {
    if (this.#ready === ready) return;
    this.#ready = ready;
    for (const listener of this.#listeners) listener(ready);
  }
}

/** Half of the memory that this process may have, at least 512 MiB and at most 4 GiB. */
function defaultMemoryLimit(): number {
  // 0, or more than there is, where nothing constrains it.
  const constrained = process.constrainedMemory();
  const available = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return Math.min(Math.max(Math.floor(available / 2), 512 * mebibyte), 4096 * mebibyte);
}
