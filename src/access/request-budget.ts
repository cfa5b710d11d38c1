import { LimitError } from './limit-error.ts';

export interface RequestBudgetOptions {
  /** Requests that a key may send at once, and that it is given anew each minute; 1 to 100,000. */
  readonly perMinute: number;
  /** A clock that only goes forward, ms. */
  readonly elapsed: () => number;
  /** Is told of each request that is refused. */
  readonly observe?: (limit: LimitError['limit']) => void;
}

const minuteMs = 60_000;
const fewKeys = 1_024;

/**
 * A token bucket for each key: it holds as many requests as a minute gives, and fills evenly.
 *
 * It is kept as the time at which it will be full, as in the generic cell rate algorithm, in units of which
 * a millisecond has `perMinute`: so a request is a whole number of them, and nothing is ever rounded. A
 * bucket that is full is no different from none, and is forgotten.
 */
export class RequestBudget {
  readonly #options: RequestBudgetOptions;
  readonly #fullAt = new Map<string, number>();
  #sweepAt = fewKeys;

  constructor(options: RequestBudgetOptions) {
    this.#options = options;
  }

  /** The buckets that are held. */
  get size(): number {
    return this.#fullAt.size;
  }

  /**
   * Takes a request of a key that was checked: keys that are not valid must not come this far.
   *
   * @throws LimitError
   */
  take(keyId: string): void {
    const { perMinute, elapsed, observe } = this.#options;
    const now = Math.floor(elapsed()) * perMinute;
    const fullAt = Math.max(this.#fullAt.get(keyId) ?? now, now) + minuteMs;
    const over = fullAt - now - minuteMs * perMinute;
    if (over > 0) {
      observe?.('key_requests_per_minute');
      throw new LimitError(
        'key_requests_per_minute',
        `This key may send ${perMinute} requests a minute, and has sent them.`,
        Math.ceil(over / perMinute / 1_000),
      );
    }
    this.#fullAt.set(keyId, fullAt);
    if (this.#fullAt.size >= this.#sweepAt) this.#sweep(now);
  }

  #sweep(now: number): void {
    for (const [keyId, fullAt] of this.#fullAt) if (fullAt <= now) this.#fullAt.delete(keyId);
    this.#sweepAt = Math.max(fewKeys, 2 * this.#fullAt.size);
  }
}
