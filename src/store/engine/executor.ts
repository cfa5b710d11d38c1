import { randomBytes } from 'node:crypto';
import { sql } from '../sql/sql.ts';
import { exceptions } from './exception.ts';
import type { Lane, RunningTask } from './lane.ts';
import type { LaneTask } from './lane-messages.ts';
import { LaneQueue, type LaneRequest } from './lane-queue.ts';

/** Which lanes a task may use: readers, the one that inserts, the one that changes tables, the one that kills. */
export type Role = 'read' | 'insert' | 'change' | 'kill';

type TaskRunner = Pick<Lane, 'start'>;

export interface Execution extends LaneRequest {
  readonly role: Role;
  /** How long it may run before it is killed, in milliseconds. */
  readonly limitMs: number;
}

/** How long after its own time limit a query is killed from outside, and how long a kill may take. */
const limitGraceMs = 5_000;
const killGraceMs = 15_000;
const killIntervalMs = 100;
/** More lanes than this that can't be freed, and the process is better restarted. */
const mostStuckLanes = 2;

export interface ExecutorOptions {
  /** The lane that has opened the engine; it only kills from now on. */
  readonly opener: TaskRunner;
  readonly newLane: () => TaskRunner;
  /** How many lanes read. One of several is kept for cheap queries. */
  readonly readers: number;
  /** The process can't go on. */
  readonly onBroken: (error: Error) => void;
}

/** Runs statements in lanes, and ends those that nobody waits for any more. */
export class Executor {
  readonly #newLane: () => TaskRunner;
  readonly #onBroken: (error: Error) => void;
  readonly #queues: Readonly<Record<Role, LaneQueue<TaskRunner>>>;
  /** Lanes that were stuck and came back. */
  readonly #spare: TaskRunner[] = [];
  #stuck = 0;
  readonly #running = new Map<RunningTask, { readonly role: Role; readonly end: (reason: Error) => void }>();

  constructor({ opener, newLane, readers, onBroken }: ExecutorOptions) {
    this.#newLane = newLane;
    this.#onBroken = onBroken;
    const newLanes = (count: number) => Array.from({ length: count }, newLane);
    this.#queues = {
      read: new LaneQueue(newLanes(readers), { kept: true, mostWaiting: 256 }),
      insert: new LaneQueue(newLanes(1), { kept: false, mostWaiting: 64 }),
      change: new LaneQueue(newLanes(1), { kept: false, mostWaiting: 64 }),
      kill: new LaneQueue([opener], { kept: false, mostWaiting: Number.POSITIVE_INFINITY }),
    };
  }

  /**
   * Waits for a lane, runs one statement and gives its result. Leaving the iteration early, an abort of the
   * signal or passing the limit ends the statement in the engine.
   *
   * A statement of the roles `insert` and `change` is ended by its limit only, once it runs: half of it may be
   * done already.
   *
   * @throws QueryException; the reason of the signal
   */
  async *run(task: LaneTask, execution: Execution): AsyncGenerator<Uint8Array, void> {
    const { role, signal } = execution;
    const queue = this.#queues[role];
    const lane = await queue.take(execution);
    const tag = newTag();
    const running = lane.start({ ...task, sql: `${tag} ${task.sql}` });
    const ending = new AbortController();
    const limit = setTimeout(
      () => ending.abort(exceptions.timeout('Timeout exceeded: the query did not stop at its time limit.')),
      execution.limitMs + limitGraceMs,
    );
    const onAbort = () => ending.abort(signal?.reason);
    if (role === 'read') signal?.addEventListener('abort', onAbort, { once: true });
    if (role === 'read' && signal?.aborted) onAbort();
    this.#running.set(running, { role, end: (reason) => ending.abort(reason) });
    try {
      for (;;) {
        const bytes = await unlessAborted(running.next(), ending.signal);
        if (bytes === undefined) return;
        yield bytes;
      }
    } finally {
      clearTimeout(limit);
      signal?.removeEventListener('abort', onAbort);
      this.#running.delete(running);
      if (running.hasEnded) queue.give(lane);
      else this.#end(queue, lane, running, tag).catch(this.#onBroken);
    }
  }

  /** Ends everything that reads. */
  endReaders(reason: Error): void {
    for (const { role, end } of this.#running.values()) if (role === 'read') end(reason);
  }

  async #end(
    queue: LaneQueue<TaskRunner>,
    lane: TaskRunner,
    running: RunningTask,
    tag: string,
  ): Promise<void> {
    running.abandon();
    const deadline = performance.now() + killGraceMs;
    // A kill that comes before the query has begun finds nothing, so it is repeated.
    while (!running.hasEnded && performance.now() < deadline) {
      await Promise.race([this.#kill(tag), delay(killGraceMs)]);
      await Promise.race([running.ended, delay(killIntervalMs)]);
    }
    if (running.hasEnded) queue.give(lane);
    else await this.#replace(queue, lane, running);
  }

  async #replace(queue: LaneQueue<TaskRunner>, lane: TaskRunner, running: RunningTask): Promise<void> {
    this.#stuck += 1;
    if (this.#stuck > mostStuckLanes) {
      this.#onBroken(new Error('too many queries can not be stopped'));
      return;
    }
    queue.give(this.#spare.pop() ?? this.#newLane(), lane);
    await running.ended;
    this.#stuck -= 1;
    this.#spare.push(lane);
  }

  async #kill(tag: string): Promise<void> {
    const statement = sql`KILL QUERY WHERE startsWith(query, ${tag})`;
    const lane = await this.#queues.kill.take({ cheap: true, waitMs: killGraceMs });
    const running = lane.start({ prelude: '', sql: statement.text, output: { kind: 'none' } });
    await running.next().catch(() => undefined);
    this.#queues.kill.give(lane);
  }
}

/** A comment by which a query is found: chDB gives queries ids of its own. */
function newTag(): string {
  return `/* query ${randomBytes(12).toString('hex')} */`;
}

/**
 * The promise's outcome, or the signal's reason. (Promise.race would keep each chunk of a result for as long as
 * the signal lives.)
 */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
