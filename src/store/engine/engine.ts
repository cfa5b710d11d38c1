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
  /** What the engine may take, in bytes, 512 MiB at least; by default half of the memory, at most 4 GiB. */
  readonly memoryLimitBytes?: number;
  /** How many queries read at the same time, 1 to 16; 3 by default. One of several is kept for cheap ones. */
  readonly readers?: number;
}

export interface Engine {
  /**
   * Where the engine is reached now; undefined while it is not ready. Each start of its process has a port and
   * a password of its own, so it has to be asked for before each request.
   */
  readonly address: EngineAddress | undefined;
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
 * started. Each takes a free port of 127.0.0.1 and a new password: whoever takes the port of one that has ended
 * gets nothing of the next, and can't keep it from starting. Resolves when it answers.
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
  readonly #started: string;
  #process: EngineProcess | undefined;
  #address: EngineAddress | undefined;
  #closing = false;
  /** The restart that is underway. */
  #restarting: Promise<void> = Promise.resolve();
  /** The last change of the runtime file. */
  #publishing: Promise<void> = Promise.resolve();
  #endPause: () => void = () => undefined;

  private constructor(options: EngineOptions, started: string) {
    this.#options = options;
    this.#log = options.log;
    this.#started = started;
  }

  get address(): EngineAddress | undefined {
    return this.#address;
  }

  get ready(): boolean {
    return this.#address !== undefined;
  }

  onStateChange(listener: (ready: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  static async start(options: EngineOptions): Promise<Supervisor> {
    const supervisor = new Supervisor(options, (await processStart(process.pid)) ?? '');
    await supervisor.#startProcess();
    try {
      await supervisor.#publish();
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
    this.#setAddress(undefined);
    await this.#restarting;
    await this.#publishing;
    await removeRuntimeFile(this.#options.dataDir);
    await this.#process?.close();
  }

  async #startProcess(): Promise<void> {
    const { dataDir, memoryLimitBytes, readers } = this.#options;
    const credentials = { username: 'kubesense', password: randomBytes(24).toString('base64url') };
    const child = await EngineProcess.start(
      {
        storeDir: join(dataDir, 'store'),
        port: 0,
        ...credentials,
        readers: readers ?? 3,
        memoryLimitBytes: memoryLimitBytes ?? defaultMemoryLimit(),
      },
      this.#log,
    );
    this.#process = child;
    const address = { url: child.url, ...credentials };
    if (!(await answers(address))) {
      child.kill();
      await child.ended;
      throw new EngineError('failed', 'the embedded engine does not answer');
    }
    if (this.#closing) return;
    const since = performance.now();
    void child.ended.then(() => this.#onEnd(performance.now() - since, child.output()));
    this.#log.info({ pid: child.pid, url: child.url }, 'the embedded engine is ready');
    this.#setAddress(address);
  }

  /**
   * Writes the address of now to the runtime file, or that there is none, after the changes before. Where that
   * fails the file is removed: it must not lead to whoever takes the port of an engine that has ended.
   */
  #publish(): Promise<void> {
    const { dataDir } = this.#options;
    const written = this.#publishing.then(() =>
      writeRuntimeFile(dataDir, { pid: process.pid, started: this.#started, address: this.#address }),
    );
    this.#publishing = written.catch(async (error: unknown) => {
      this.#log.error({ err: error }, "the embedded engine's address could not be written");
      await removeRuntimeFile(dataDir).catch(() => undefined);
    });
    return written;
  }

  /** As `#publish`, where an engine that others don't find is better than none. */
  async #tryPublish(): Promise<void> {
    await this.#publish().catch(() => undefined);
  }

  #onEnd(livedMs: number, output: string): void {
    this.#setAddress(undefined);
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
    await this.#tryPublish();
    while (!this.#closing) {
      await this.#pause(this.#pauseMs);
      this.#pauseMs = Math.min(this.#pauseMs * 2, longestPauseMs);
      if (this.#closing) return;
      try {
        await this.#startProcess();
        break;
      } catch (error) {
        this.#log.error({ err: error }, 'the embedded engine could not be started again');
      }
    }
    if (!this.#closing) await this.#tryPublish();
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

  #setAddress(address: EngineAddress | undefined): void {
    const wasReady = this.ready;
    this.#address = address;
    if (this.ready === wasReady) return;
    for (const listener of this.#listeners) listener(this.ready);
  }
}

/** Half of the memory that this process may have, at least 512 MiB and at most 4 GiB. */
function defaultMemoryLimit(): number {
  // 0, or more than there is, where nothing constrains it.
  const constrained = process.constrainedMemory();
  const available = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  return Math.min(Math.max(Math.floor(available / 2), 512 * mebibyte), 4096 * mebibyte);
}
