import { Worker } from 'node:worker_threads';
import { exceptions, parseException } from './exception.ts';
import type { LaneCommand, LaneOptions, LaneReport, LaneTask } from './lane-messages.ts';

const workerFile = new URL('../../../dist/store/engine/lane-worker.js', import.meta.url);

/** Why the engine can't be used at all. */
export type Unusable = Extract<LaneReport, { kind: 'unusable' }>['reason'];

/** A worker thread that runs one statement at a time. */
export class Lane {
  readonly #worker: Worker;
  #listener: ((report: LaneReport) => void) | undefined;
  /** What the lane said while nobody listened. */
  readonly #unread: LaneReport[] = [];

  /** @param onCrash the thread ended, or failed outside a statement: the process can't go on */
  constructor(options: LaneOptions, onCrash: (error: Error) => void) {
    this.#worker = new Worker(workerFile, { workerData: options, env: {}, stdin: false });
    this.#worker.on('message', (report: LaneReport) => {
      if (this.#listener === undefined) this.#unread.push(report);
      else this.#listener(report);
    });
    this.#worker.on('error', onCrash);
    this.#worker.on('exit', () => onCrash(new Error('a lane has ended')));
  }

  /** Waits until the engine is open; for the one lane that opens it. */
  async opened(): Promise<{ readonly version: string } | { readonly unusable: Unusable }> {
    const report = await this.#next();
    if (report.kind === 'open') return { version: report.version };
    return { unusable: report.kind === 'unusable' ? report.reason : 'not-opened' };
  }

  /** Starts a task. The lane has to be free. */
  start(task: LaneTask): RunningTask {
    this.#tell({ kind: 'run', task });
    return new RunningTask(
      () => this.#next(),
      (command) => this.#tell(command),
    );
  }

  #tell(command: LaneCommand): void {
    this.#worker.postMessage(command);
  }

  #next(): Promise<LaneReport> {
    const report = this.#unread.shift();
    if (report !== undefined) return Promise.resolve(report);
    return new Promise((resolve) => {
      this.#listener = (next) => {
        this.#listener = undefined;
        resolve(next);
      };
    });
  }
}

/** A task in a lane, from its start to its end. */
export class RunningTask {
  readonly #next: () => Promise<LaneReport>;
  readonly #tell: (command: LaneCommand) => void;
  readonly #reports: AsyncGenerator<Uint8Array, void>;
  #hasEnded = false;
  #markEnded: () => void = () => undefined;
  /** Settles when the lane is free again; never rejects. */
  readonly ended: Promise<void> = new Promise((resolve) => {
    this.#markEnded = resolve;
  });

  constructor(next: () => Promise<LaneReport>, tell: (command: LaneCommand) => void) {
    this.#next = next;
    this.#tell = tell;
    this.#reports = this.#read();
  }

  async *#read(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      const report = await this.#next();
      if (report.kind === 'chunk') {
        yield report.bytes;
        this.#tell({ kind: 'more' });
        continue;
      }
      this.#hasEnded = true;
      this.#markEnded();
      if (report.kind === 'done') return;
      if (report.kind === 'failed') throw parseException(report.message);
      throw exceptions.unforeseen('The engine can not be used');
    }
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The next bytes of the result; undefined at its end. @throws QueryException */
  async next(): Promise<Uint8Array | undefined> {
    const { done, value } = await this.#reports.next();
    return done === true ? undefined : value;
  }

  /** Lets the rest of the result go; `ended` settles when the engine has stopped. */
  abandon(): void {
    this.#tell({ kind: 'stop' });
    void this.#drain();
  }

  async #drain(): Promise<void> {
    try {
      while ((await this.next()) !== undefined);
    } catch {
      // Nobody is left to be told.
    }
  }
}
