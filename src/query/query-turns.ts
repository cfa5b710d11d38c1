import { type AccessLimit, LimitError } from '../access/limit-error.ts';

export interface QueryTurnsOptions {
  /** Queries that run at once, of all keys. */
  readonly atOnce: number;
  /** Queries that run at once of one key. */
  readonly perKey: number;
  /** How long a query waits for its turn at most, ms. */
  readonly waitMs: number;
  /** Is told of each query that is refused. */
  readonly observe?: (limit: AccessLimit) => void;
}

/** How many of one key may wait, and how many in all. */
const mostWaitingOfKey = 64;
const mostWaiting = 1_024;
const retrySeconds = 5;

interface Waiter {
  readonly admit: () => void;
}

/**
 * Lets so many queries run at once, and so many of one key; the others wait, each for a limited time. Keys
 * that wait are served in turn, one query each, so that none has to wait for all that another one has sent.
 *
 * A query is what a client asks: a tool call, or a request of the Prometheus API. What it needs of the store,
 * which has a queue of its own, may be several statements.
 */
export class QueryTurns {
  readonly #options: QueryTurnsOptions;
  readonly #running = new Map<string, number>();
  #runningInAll = 0;
  /** Who waits, by key; the key whose turn is next comes first. */
  readonly #waiting = new Map<string, Waiter[]>();
  #waitingInAll = 0;

  constructor(options: QueryTurnsOptions) {
    this.#options = options;
  }

  /** The queries that run. */
  get running(): number {
    return this.#runningInAll;
  }

  /** The queries that wait. */
  get waiting(): number {
    return this.#waitingInAll;
  }

  /**
   * Asks when it is its turn.
   *
   * @throws LimitError where too many wait, or it waited too long; the reason of the signal
   */
  async run<T>(keyId: string, signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#isFree(keyId)) this.#begin(keyId);
    else await this.#turn(keyId, signal);
    try {
      return await ask();
    } finally {
      this.#end(keyId);
    }
  }

  #isFree(keyId: string): boolean {
    return this.#runningInAll < this.#options.atOnce && this.#runningOf(keyId) < this.#options.perKey;
  }

  #runningOf(keyId: string): number {
    return this.#running.get(keyId) ?? 0;
  }

  #begin(keyId: string): void {
    this.#runningInAll += 1;
    this.#running.set(keyId, this.#runningOf(keyId) + 1);
  }

  #end(keyId: string): void {
    this.#runningInAll -= 1;
    const left = this.#runningOf(keyId) - 1;
    if (left === 0) this.#running.delete(keyId);
    else this.#running.set(keyId, left);
    this.#admitNext();
  }

  /** The first key in turn that may run one more. */
  #admitNext(): void {
    for (const [keyId, waiters] of this.#waiting) {
      if (!this.#isFree(keyId)) continue;
      const next = waiters[0];
      if (next === undefined) continue;
      this.#leave(keyId, next);
      const others = this.#waiting.get(keyId);
      if (others !== undefined) {
        this.#waiting.delete(keyId);
        this.#waiting.set(keyId, others);
      }
      this.#begin(keyId);
      next.admit();
      return;
    }
  }

  #leave(keyId: string, waiter: Waiter): void {
    const left = (this.#waiting.get(keyId) ?? []).filter((other) => other !== waiter);
    this.#waitingInAll -= 1;
    if (left.length === 0) this.#waiting.delete(keyId);
    else this.#waiting.set(keyId, left);
  }

  #turn(keyId: string, signal: AbortSignal): Promise<void> {
    const ofKey = this.#waiting.get(keyId) ?? [];
    if (ofKey.length >= mostWaitingOfKey || this.#waitingInAll >= mostWaiting) {
      return Promise.reject(this.#refusal(keyId));
    }
    const { waitMs } = this.#options;
    return new Promise((resolve, reject) => {
      const giveUp = (error: unknown) => {
        this.#leave(keyId, waiter);
        settle();
        reject(error);
      };
      const onAbort = () => giveUp(signal.reason);
      const timer = setTimeout(() => giveUp(this.#refusal(keyId)), waitMs);
      const settle = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', onAbort);
      };
      const waiter: Waiter = {
        admit: () => {
          settle();
          resolve();
        },
      };
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.set(keyId, [...ofKey, waiter]);
      this.#waitingInAll += 1;
    });
  }

  #refusal(keyId: string): LimitError {
    const { atOnce, perKey, observe } = this.#options;
    const isKeys = this.#runningOf(keyId) >= perKey;
    const limit = isKeys ? 'key_queries_at_once' : 'queries_at_once';
    observe?.(limit);
    return new LimitError(
      limit,
      isKeys
        ? `This key may run ${perKey} queries at once, and this one waited for its turn as long as it may, or behind too many others of the key. Send fewer at once, or narrower ones.`
        : `The server runs ${atOnce} queries at once, and this one waited for its turn as long as it may, or behind too many others.`,
      retrySeconds,
    );
  }
}
