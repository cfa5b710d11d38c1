import { setTimeout as delay } from 'node:timers/promises';
import type { Limits, Principal } from '../access/principal.ts';
import { withinTime } from './deadline.ts';
import type { Holdings } from './holdings.ts';
import type { Queries } from './queries.ts';

export interface KnownHoldingsOptions {
  readonly queries: Pick<Queries, 'holdings'>;
  /** ms since the epoch. */
  readonly now: () => number;
  /** How long whoever asks waits at most, ms. */
  readonly waitMs?: number;
  /** For how long an answer is taken for true, ms. */
  readonly keepMs?: number;
}

/** A query that nobody waits for any more may still end, for the next one, ms. */
const queryMilliseconds = 10_000;
const mostKnown = 1_000;

interface Known {
  readonly found: Promise<Holdings | undefined>;
  readonly until: number;
}

/** What each key sees, remembered for a minute, so that sessions start at once. Keys of equal limits share it. */
export class KnownHoldings {
  readonly #options: KnownHoldingsOptions;
  readonly #known = new Map<string, Known>();

  constructor(options: KnownHoldingsOptions) {
    this.#options = options;
  }

  /** Undefined where it is not known in time, or the store fails. */
  async of(principal: Principal): Promise<Holdings | undefined> {
    const { waitMs = 1_000 } = this.#options;
    const waiting = new AbortController();
    const late = delay(waitMs, undefined, { signal: waiting.signal, ref: false }).catch(() => undefined);
    try {
      return await Promise.race([this.#find(principal), late]);
    } finally {
      waiting.abort();
    }
  }

  #find(principal: Principal): Promise<Holdings | undefined> {
    const { queries, now, keepMs = 60_000 } = this.#options;
    const key = keyOf(principal.limits);
    const known = this.#known.get(key);
    if (known !== undefined && now() < known.until) return known.found;
    const found = withinTime(
      { signal: undefined, milliseconds: queryMilliseconds },
      (signal) => queries.holdings({ principal, signal }),
      undefined,
    ).then((holdings) => {
      if (holdings === undefined) this.#known.delete(key);
      return holdings;
    });
    this.#known.delete(key);
    this.#known.set(key, { found, until: now() + keepMs });
    const [oldest] = this.#known.keys();
    if (this.#known.size > mostKnown && oldest !== undefined) this.#known.delete(oldest);
    return found;
  }
}

const keyOf = ({ clusters, namespaces }: Limits): string =>
  JSON.stringify([clusters ?? null, namespaces ?? null]);
