import { Worker } from 'node:worker_threads';
import { InputError } from '../telemetry/input-error.ts';
import type { DecoderJob, DecoderReply } from './decoder-protocol.ts';
import { PayloadTooLargeError } from './payload-too-large.ts';
import type { DecodedRemoteWrite, RemoteWriteBody } from './remote-write/remote-write-decoder.ts';
import {
  type DecodedBody,
  type DecodedLines,
  type DecoderLimits,
  defaultDecoderLimits,
  type RequestBody,
  type RequestLines,
} from './request-decoder.ts';

export interface DecoderOptions {
  /** Threads at most; each is started when all others are busy. */
  readonly threads?: number;
  readonly limits?: DecoderLimits;
  /** Heap that one thread may use: decoding JSON takes many times its size. */
  readonly heapMegabytes?: number;
  /** How long a body may take to decode. */
  readonly milliseconds?: number;
}

/** The decoder itself failed: not a thing that the sender can put right. The message is for the log. */
export class DecoderError extends Error {
  override readonly name = 'DecoderError';
}

interface Task {
  readonly job: DecoderJob;
  readonly bytes: Uint8Array<ArrayBuffer>;
  resolve(reply: DecoderReply): void;
  reject(error: Error): void;
}

interface Thread {
  readonly worker: Worker;
  task: Task | undefined;
  deadline: NodeJS.Timeout | undefined;
  /** It was told to end, which it may take some time to do. */
  ending: boolean;
}

const entry = new URL('../../dist/ingest/decoder-thread.js', import.meta.url);

/**
 * Decodes request bodies in worker threads: on the main thread each would stall all other requests.
 * The bytes of a body are moved to the thread, so their buffer must be theirs alone and is lost to the caller.
 */
export class Decoder {
  readonly #threads: Set<Thread> = new Set();
  readonly #waiting: Task[] = [];
  readonly #mostThreads: number;
  readonly #limits: DecoderLimits;
  readonly #heapMegabytes: number;
  readonly #milliseconds: number;
  #closed = false;

  constructor({
    threads = 2,
    limits = defaultDecoderLimits,
    heapMegabytes = 1024,
    milliseconds = 30_000,
  }: DecoderOptions = {}) {
    this.#milliseconds = milliseconds;
    this.#mostThreads = threads;
    this.#limits = limits;
    this.#heapMegabytes = heapMegabytes;
  }

  /** Rejects with `InputError`, `PayloadTooLargeError` or `DecoderError`. */
  async decodeBody(body: RequestBody): Promise<DecodedBody> {
    const reply = await this.#submit({ kind: 'body', body }, body.bytes);
    if (reply.kind !== 'body') throw toError(reply);
    return reply.decoded;
  }

  /** Rejects with `PayloadTooLargeError` or `DecoderError`. */
  async decodeLines(lines: RequestLines): Promise<DecodedLines> {
    const reply = await this.#submit({ kind: 'lines', lines }, lines.bytes);
    if (reply.kind !== 'lines') throw toError(reply);
    return reply.decoded;
  }

  /** Rejects as `decodeBody` does. */
  async decodeRemoteWrite(body: RemoteWriteBody): Promise<DecodedRemoteWrite> {
    const reply = await this.#submit({ kind: 'remote write', body }, body.bytes);
    if (reply.kind !== 'remote write') throw toError(reply);
    return reply.decoded;
  }

  /** Ends the threads; what they work on and what waits is rejected. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const task of this.#waiting.splice(0)) task.reject(new DecoderError('the decoder was closed'));
    await Promise.all([...this.#threads].map(({ worker }) => worker.terminate()));
  }

  #submit(job: DecoderJob, bytes: Uint8Array<ArrayBuffer>): Promise<DecoderReply> {
    return new Promise((resolve, reject) => {
      if (this.#closed) {
        reject(new DecoderError('the decoder was closed'));
        return;
      }
      this.#waiting.push({ job, bytes, resolve, reject });
      this.#dispatch();
    });
  }

  #dispatch(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#idleThread();
      if (thread === undefined) return;
      const task = this.#waiting.shift();
      if (task !== undefined) this.#give(thread, task);
    }
  }

  #give(thread: Thread, task: Task): void {
    try {
      thread.worker.postMessage(task.job, [task.bytes.buffer]);
      thread.worker.ref();
      thread.task = task;
      thread.deadline = setTimeout(() => this.#end(thread, tooSlow()), this.#milliseconds);
    } catch (error) {
      task.reject(new DecoderError('the body could not be moved to a thread', { cause: error }));
    }
  }

  #idleThread(): Thread | undefined {
    for (const thread of this.#threads) {
      if (thread.task === undefined && !thread.ending) return thread;
    }
    return this.#threads.size < this.#mostThreads ? this.#startThread() : undefined;
  }

  #startThread(): Thread {
    const worker = new Worker(entry, {
      workerData: this.#limits,
      resourceLimits: { maxOldGenerationSizeMb: this.#heapMegabytes },
    });
    const thread: Thread = { worker, task: undefined, deadline: undefined, ending: false };
    this.#threads.add(thread);
    worker.on('message', (reply: DecoderReply) => {
      const task = this.#release(thread);
      task?.resolve(reply);
      this.#dispatch();
    });
    worker.on('messageerror', (error) => this.#end(thread, unreadable(error)));
    worker.on('error', (error) => this.#discard(thread, error));
    worker.on('exit', (code) => this.#discard(thread, new Error(`exit code ${code}`)));
    return thread;
  }

  /** An idle thread does not keep the process alive. */
  #release(thread: Thread): Task | undefined {
    const { task } = thread;
    thread.task = undefined;
    clearTimeout(thread.deadline);
    thread.worker.unref();
    return task;
  }

  /** The thread counts until it has ended: what it does can't always be interrupted. */
  #end(thread: Thread, error: Error): void {
    thread.ending = true;
    this.#release(thread)?.reject(error);
    void thread.worker.terminate();
  }

  #discard(thread: Thread, error: Error): void {
    this.#threads.delete(thread);
    this.#release(thread)?.reject(whyEnded(error));
    if (!this.#closed) this.#dispatch();
  }
}

function toError(reply: DecoderReply): Error {
  if (reply.kind !== 'failed') return new DecoderError('the thread replied to another job');
  if (reply.failure === 'input') return new InputError(reply.message);
  return reply.failure === 'too large'
    ? new PayloadTooLargeError(reply.message)
    : new DecoderError(reply.message);
}

const tooSlow = (): PayloadTooLargeError =>
  new PayloadTooLargeError('decoding the body takes too long; send smaller batches');

const unreadable = (cause: Error): DecoderError =>
  new DecoderError('the reply of a decoder thread could not be read', { cause });

function whyEnded(error: Error): Error {
  const outOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
  return outOfMemory
    ? new PayloadTooLargeError('decoding the body takes too much memory; send smaller batches')
    : new DecoderError(`a decoder thread ended: ${error.message}`, { cause: error });
}
