import type { Logger } from '../observe/log.ts';

/** Wrong keys that an address may send before it has to wait, for somebody who mixes up a few. */
const freeFailures = 20;
const longestWaitMs = 300_000;
/** An address without a wrong key for so long begins anew. */
const forgottenMs = 900_000;
const mostAddresses = 10_000;

interface Failures {
  count: number;
  /** Epoch ms. */
  lastAt: number;
  waitUntil: number;
}

/**
 * Wrong keys by address. After 20 of them each further one makes the address wait: 1 s, 2 s, 4 s, and so on up
 * to 5 min. What it sends while it has to wait counts for nothing.
 *
 * Only wrong keys are ever refused for it. Who is behind one address with somebody who guesses is not locked
 * out; and a guess that is right would get in, which 200 random bits are there to prevent. What is held back is
 * the noise: clients that go on for ever with a key that has ended, and the questions that each one costs.
 *
 * An address is an IPv4 address, or the /64 of an IPv6 one, as one sender has all of it.
 */
export class FailedLogins {
  readonly #log: Logger;
  readonly #observe: (slowed: boolean) => void;
  /** The one that failed last comes last. */
  readonly #addresses = new Map<string, Failures>();

  constructor(log: Logger, observe: (slowed: boolean) => void = () => {}) {
    this.#log = log;
    this.#observe = observe;
  }

  /** The addresses that are held. */
  get size(): number {
    return this.#addresses.size;
  }

  /**
   * Notes a wrong key.
   *
   * @returns seconds that the address has to wait; 0 where it need not
   */
  record(address: string, now: Date): number {
    const at = now.getTime();
    const network = networkOf(address);
    const before = this.#addresses.get(network);
    const isKnown = before !== undefined && at - before.lastAt < forgottenMs;
    if (isKnown && at < before.waitUntil) {
      this.#observe(true);
      return Math.ceil((before.waitUntil - at) / 1_000);
    }
    const count = (isKnown ? before.count : 0) + 1;
    const over = count - freeFailures;
    if (over === 1) this.#log.warn({ address: network }, 'many wrong keys from one address: it is slowed');
    const wait = over < 1 ? 0 : Math.min(1_000 * 2 ** (over - 1), longestWaitMs);
    this.#addresses.delete(network);
    this.#addresses.set(network, { count, lastAt: at, waitUntil: at + wait });
    if (this.#addresses.size > mostAddresses) this.#forgetOldest();
    this.#observe(false);
    return 0;
  }

  #forgetOldest(): void {
    const { value, done } = this.#addresses.keys().next();
    if (!done) this.#addresses.delete(value);
  }
}

/** @param address in its shortest form, as `ClientAddress` gives it */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = [], tail] = address.split('::').map((part) => (part === '' ? [] : part.split(':')));
  const zeros = tail === undefined ? [] : Array.from({ length: 8 - head.length - tail.length }, () => '0');
  return `${[...head, ...zeros, ...(tail ?? [])].slice(0, 4).join(':')}::/64`;
}
