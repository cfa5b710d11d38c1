import { createHash } from 'node:crypto';

/** How a person signed in, and until when that holds. */
export interface ConsoleSession {
  readonly by: 'key' | 'link';
  /** The `Authorization` header with which the key is checked again; absent where a link signed in. */
  readonly authorization: string | undefined;
  /** What requests that change something have to send beside the cookie. */
  readonly csrfToken: string;
  /** When it ends whatever is done. */
  readonly endsAt: Date;
}

export interface ConsoleSessionLimits {
  /** A session without requests ends after this time, ms. */
  readonly idleMs: number;
  /** Every session ends after this time, ms. */
  readonly lifetimeMs: number;
  /** The one that was not used for longest makes room for one more. */
  readonly maxSessions: number;
}

export const defaultSessionLimits: ConsoleSessionLimits = {
  idleMs: 30 * 60_000,
  lifetimeMs: 12 * 60 * 60_000,
  maxSessions: 200,
};

export interface ConsoleSessionsOptions {
  readonly now: () => Date;
  /** A new text that can't be guessed: 256 bits. */
  readonly newToken: () => string;
  readonly limits?: Partial<ConsoleSessionLimits>;
}

interface Entry {
  readonly session: ConsoleSession;
  /** Epoch ms. */
  lastUsed: number;
}

/**
 * The sessions of the console, in memory: they end with the process. Their ids are kept as hashes alone.
 *
 * A session gives no right by itself: whoever serves a request checks its key again.
 */
export class ConsoleSessions {
  readonly #now: () => Date;
  readonly #newToken: () => string;
  readonly #limits: ConsoleSessionLimits;
  /** By the hash of the id, the one that was not used for longest first. */
  readonly #entries = new Map<string, Entry>();

  constructor({ now, newToken, limits }: ConsoleSessionsOptions) {
    this.#now = now;
    this.#newToken = newToken;
    this.#limits = { ...defaultSessionLimits, ...limits };
  }

  /** @param endsBy when it ends at the latest, as its key does; @returns the id, which is nowhere else */
  open(
    { by, authorization }: Pick<ConsoleSession, 'by' | 'authorization'>,
    endsBy?: Date,
  ): { readonly id: string; readonly session: ConsoleSession } {
    this.#dropEnded();
    for (const hash of this.#entries.keys()) {
      if (this.#entries.size < this.#limits.maxSessions) break;
      this.#entries.delete(hash);
    }
    const now = this.#now().getTime();
    const end = Math.min(now + this.#limits.lifetimeMs, endsBy?.getTime() ?? Number.POSITIVE_INFINITY);
    const session = { by, authorization, csrfToken: this.#newToken(), endsAt: new Date(end) };
    const id = this.#newToken();
    this.#entries.set(hashOf(id), { session, lastUsed: now });
    return { id, session };
  }

  /** The session of an id, which is used by that; nothing where it has ended. */
  find(id: string): ConsoleSession | undefined {
    const hash = hashOf(id);
    const entry = this.#entries.get(hash);
    if (entry === undefined) return undefined;
    this.#entries.delete(hash);
    const now = this.#now().getTime();
    if (this.#hasEnded(entry, now)) return undefined;
    entry.lastUsed = now;
    this.#entries.set(hash, entry);
    return entry.session;
  }

  end(id: string): void {
    this.#entries.delete(hashOf(id));
  }

  #dropEnded(): void {
    const now = this.#now().getTime();
    for (const [hash, entry] of this.#entries) if (this.#hasEnded(entry, now)) this.#entries.delete(hash);
  }

  #hasEnded({ session, lastUsed }: Entry, now: number): boolean {
    return now >= session.endsAt.getTime() || now - lastUsed >= this.#limits.idleMs;
  }
}

const hashOf = (id: string): string => createHash('sha256').update(id).digest('hex');
