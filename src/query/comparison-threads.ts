import { Worker } from 'node:worker_threads';
import { EvaluationQueue } from '../store/metrics/evaluation-queue.ts';
import type { ComparedRecords, ReadWindows } from '../telemetry/window-records/compare-records.ts';

const entry = new URL('../../dist/query/comparison-thread.js', import.meta.url);

/** Megabytes of objects that one comparison may take; columns are not among them. */
const heapMegabytes = 1024;

/** Comparisons that hold their records at once, and that may wait. */
const atOnce = 2;
const mostWaiting = 64;

/**
 * Threads that compare windows, as a million records take longer than the server may be busy with one call. A
 * thread that is idle is kept for the next comparison, and does not keep the process alive.
 */
export class ComparisonThreads {
  readonly #turns = new EvaluationQueue({ atOnce, mostWaiting });
  readonly #idle: Worker[] = [];

  /**
   * Runs a comparison, reading of records included, when it is its turn.
   *
   * @param waitMs how long it waits for its turn at most
   * @throws StoreError of the kind `busy` where too many wait, or it waited too long
   */
  run<T>(
    compare: () => Promise<T>,
    options: { readonly waitMs: number; readonly signal: AbortSignal },
  ): Promise<T> {
    return this.#turns.run(compare, options);
  }

  /**
   * Compares in a thread. The columns are moved there: nothing of `read` can be used afterwards.
   *
   * @throws the reason of the signal; an error of ours where the thread fails
   */
  compare(read: ReadWindows, signal: AbortSignal): Promise<ComparedRecords> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const worker = this.#idle.pop() ?? this.#start();
      worker.ref();
      const release = (): void => {
        signal.removeEventListener('abort', abort);
        for (const event of ['message', 'messageerror', 'error', 'exit']) worker.removeAllListeners(event);
      };
      const fail = (error: unknown): void => {
        release();
        void worker.terminate();
        reject(error);
      };
      const abort = (): void => fail(signal.reason);
      signal.addEventListener('abort', abort, { once: true });
      worker.once('message', (found: ComparedRecords) => {
        release();
        this.#keep(worker);
        resolve(found);
      });
      worker.once('messageerror', fail);
      worker.once('error', fail);
      worker.once('exit', () => fail(new Error('the thread of a comparison has ended')));
      worker.postMessage(read, buffersOf(read));
    });
  }

  #start(): Worker {
    return new Worker(entry, { resourceLimits: { maxOldGenerationSizeMb: heapMegabytes }, env: {} });
  }

  #keep(worker: Worker): void {
    const drop = (): void => {
      const place = this.#idle.indexOf(worker);
      if (place >= 0) this.#idle.splice(place, 1);
    };
    worker.unref();
    worker.once('error', drop);
    worker.once('exit', drop);
    this.#idle.push(worker);
  }
}

/** The memory of all columns. */
function buffersOf({ spans, logs, metrics }: ReadWindows): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const block of [...spans, ...logs, ...metrics.blocks]) {
    for (const column of Object.values(block)) {
      const values: unknown = typeof column === 'object' && 'indices' in column ? column.indices : column;
      if (ArrayBuffer.isView(values) && values.buffer instanceof ArrayBuffer) buffers.add(values.buffer);
    }
  }
  return [...buffers];
}
