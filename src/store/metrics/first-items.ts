import type { Listed } from './metric-store.ts';

/** The first so many of items that come in any order, each once, while little more than those is held. */
export class FirstItems<T> {
  readonly #limit: number;
  readonly #compare: (a: T, b: T) => number;
  #items = new Map<string, T>();

  constructor(limit: number, compare: (a: T, b: T) => number) {
    this.#limit = limit;
    this.#compare = compare;
  }

  /** @param key the same for the same item, and only for it */
  add(key: string, item: T): void {
    this.#items.set(key, item);
    if (this.#items.size > 2 * this.#limit + 1_000) this.#cut();
  }

  list(): Listed<T> {
    this.#cut();
    const items = [...this.#items.values()];
    return { items: items.slice(0, this.#limit), truncated: items.length > this.#limit };
  }

  /** One more than asked for stays, to tell that there are more. */
  #cut(): void {
    const sorted = [...this.#items].sort(([, a], [, b]) => this.#compare(a, b));
    this.#items = new Map(sorted.slice(0, this.#limit + 1));
  }
}
