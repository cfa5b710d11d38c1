import { exceptions } from './exception.ts';

export interface LaneRequest {
  /** It may use the kept lane, and goes before those that may not. */
  readonly cheap: boolean;
  /** How long it waits at most, in milliseconds. */
  readonly waitMs: number;
  /** Gives up waiting. */
  readonly signal?: AbortSignal;
}

interface Waiter<L> {
  readonly cheap: boolean;
  readonly admit: (lane: L) => void;
}

/** Hands out lanes, one task a lane. What finds none free waits, in order of arrival. */
export class LaneQueue<L> {
  readonly #mostWaiting: number;
  readonly #free: L[];
  /** The lane that only cheap tasks may use. */
  #kept: L | undefined;
  #keptIsFree = true;
  #waiting: Waiter<L>[] = [];

  /**
   * @param kept keeps the last lane for cheap tasks, if there is more than one
   * @param mostWaiting how many may wait
   */
  constructor(
    lanes: readonly L[],
    { kept, mostWaiting }: { readonly kept: boolean; readonly mostWaiting: number },
  ) {
    this.#mostWaiting = mostWaiting;
    this.#free = [...lanes];
    this.#kept = kept && lanes.length > 1 ? this.#free.pop() : undefined;
    this.#keptIsFree = this.#kept !== undefined;
  }

  /**
   * Waits for a lane. Each that is taken has to be given back.
   *
   * @throws QueryException TOO_MANY_SIMULTANEOUS_QUERIES where too many wait, or it waited too long; the
   * reason of the signal
   */
  take({ cheap, waitMs, signal }: LaneRequest): Promise<L> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    const lane = this.#freeLane(cheap);
    if (lane !== undefined) return Promise.resolve(lane);
    if (this.#waiting.length >= this.#mostWaiting) {
      return Promise.reject(exceptions.tooManyQueries('Too many simultaneous queries: the queue is full.'));
    }
    return new Promise((resolve, reject) => {
      const leave = (error: unknown) => {
        this.#waiting = this.#waiting.filter((other) => other !== waiter);
        settle();
        reject(error);
      };
      const onAbort = () => leave(signal?.reason);
      const timer = setTimeout(() => {
        leave(exceptions.tooManyQueries(`Too many simultaneous queries: waited ${waitMs} ms in the queue.`));
      }, waitMs);
      const settle = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter<L> = {
        cheap,
        admit: (free) => {
          settle();
          resolve(free);
        },
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push(waiter);
    });
  }

  /** Gives a lane back; or another one in its place. */
  give(lane: L, inPlaceOf: L = lane): void {
    const isKept = inPlaceOf === this.#kept;
    if (isKept) this.#kept = lane;
    const next = this.#waiting.find((waiter) => waiter.cheap) ?? (isKept ? undefined : this.#waiting[0]);
    if (next !== undefined) {
      this.#waiting = this.#waiting.filter((waiter) => waiter !== next);
      next.admit(lane);
    } else if (isKept) {
      this.#keptIsFree = true;
    } else {
      this.#free.push(lane);
    }
  }

  #freeLane(cheap: boolean): L | undefined {
    const lane = this.#free.pop();
    if (lane !== undefined || !cheap || !this.#keptIsFree) return lane;
    this.#keptIsFree = false;
    return this.#kept;
  }
}
