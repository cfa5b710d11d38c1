import { scrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { Logger } from '../observe/log.ts';
import { hashKey } from './key.ts';
import type { KeyVerifier, Verification } from './key-verifier.ts';
import type { AskPlatform } from './platform-client.ts';
import type { Principal } from './principal.ts';

/** How long an answer holds, from when it was asked for. */
const freshMs = 15_000;
/** How long after a failure the same key is not asked about again. */
const pauseMs = 2_000;
/** Keys that are remembered of each kind. */
const maxRemembered = 10_000;

interface Known {
  readonly principal: Principal;
  /** Epoch ms. */
  readonly askedAt: number;
}

export interface PlatformKeysOptions {
  readonly ask: AskPlatform;
  /** How long a known key goes on, past the 15 s for which its answer holds, while the platform is down, ms. */
  readonly graceMs: number;
  readonly log: Logger;
}

/**
 * Keys that a platform knows. Its answers are kept for 15 s, by a hash of the key; checks of one key at the same
 * time share a request. Valid keys, others and failures are remembered apart, so that a flood of wrong keys
 * drives no valid one out.
 */
export class PlatformKeys implements KeyVerifier {
  readonly #options: PlatformKeysOptions;
  readonly #valid = new Map<string, Known>();
  /** Hash to when it was asked, epoch ms. */
  readonly #invalid = new Map<string, number>();
  readonly #failed = new Map<string, { readonly at: number; readonly error: unknown }>();
  readonly #asking = new Map<string, Promise<Principal | undefined>>();
  #isDown = false;

  constructor(options: PlatformKeysOptions) {
    this.#options = options;
  }

  async verify(key: string, now: Date): Promise<Verification> {
    const principal = await this.#principalOf(key, now.getTime());
    if (principal?.expiresAt !== undefined && principal.expiresAt <= now) return 'ended';
    return principal;
  }

  async #principalOf(key: string, now: number): Promise<Principal | undefined> {
    const hash = hashKey(key);
    const known = this.#valid.get(hash);
    if (known !== undefined && isWithin(known.askedAt, now, freshMs)) return known.principal;
    if (isWithin(this.#invalid.get(hash), now, freshMs)) return undefined;
    try {
      return await this.#ask(hash, key, now);
    } catch (error) {
      // The answer may be known by now, or be unknown, after another check.
      const last = this.#valid.get(hash);
      if (last !== undefined && isWithin(last.askedAt, now, freshMs + this.#options.graceMs)) {
        return last.principal;
      }
      throw error;
    }
  }

  async #ask(hash: string, key: string, now: number): Promise<Principal | undefined> {
    const failed = this.#failed.get(hash);
    if (failed !== undefined && isWithin(failed.at, now, pauseMs)) throw failed.error;
    let asking = this.#asking.get(hash);
    if (asking === undefined) {
      asking = this.#askAnew(hash, key, now).finally(() => this.#asking.delete(hash));
      this.#asking.set(hash, asking);
    }
    return asking;
  }

  async #askAnew(hash: string, key: string, now: number): Promise<Principal | undefined> {
    try {
      const answer = await this.#options.ask(key);
      this.#sayWhether(false);
      this.#failed.delete(hash);
      if (answer === undefined) {
        this.#valid.delete(hash);
        remember(this.#invalid, hash, now);
        return undefined;
      }
      const keyId = this.#valid.get(hash)?.principal.keyId ?? (await keyIdOf(key));
      const principal: Principal = { keyId, ...answer };
      this.#invalid.delete(hash);
      remember(this.#valid, hash, { principal, askedAt: now });
      return principal;
    } catch (error) {
      remember(this.#failed, hash, { at: now, error });
      this.#sayWhether(true, error);
      throw error;
    }
  }

  /** Once when it goes down, and once when it is back. */
  #sayWhether(isDown: boolean, error?: unknown): void {
    if (isDown === this.#isDown) return;
    this.#isDown = isDown;
    const { log } = this.#options;
    if (isDown) log.error({ err: error }, 'KUBESENSE_PLATFORM_URL: keys can not be checked');
    else log.info('KUBESENSE_PLATFORM_URL: keys can be checked again');
  }
}

/** A clock that was set back makes nothing fresh. */
function isWithin(since: number | undefined, now: number, ms: number): boolean {
  return since !== undefined && now >= since && now - since < ms;
}

/** The longest remembered goes for a new one. */
function remember<V>(map: Map<string, V>, hash: string, value: V): void {
  map.delete(hash);
  map.set(hash, value);
  if (map.size <= maxRemembered) return;
  const oldest = map.keys().next();
  if (!oldest.done) map.delete(oldest.value);
}

const derive = promisify<string, string, number, Buffer>(scrypt);

/**
 * An id of the key that is the same in every process, and that stands in logs: by a slow function (RFC 7914), as
 * a platform's keys may be short enough to be guessed from a fast one.
 */
async function keyIdOf(key: string): Promise<string> {
  return `platform:${(await derive(key, 'kubesense-mcp key id', 8)).toString('hex')}`;
}
