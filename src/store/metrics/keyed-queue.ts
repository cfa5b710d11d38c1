/** Runs tasks that share a key one after another, in the order in which they came; others run side by side. */
export class KeyedQueue {
  readonly #tails: Map<string, Promise<unknown>> = new Map();

  async run<T>(keys: ReadonlySet<string>, task: () => Promise<T>): Promise<T> {
    const before = new Set<Promise<unknown>>();
    for (const key of keys) {
      const tail = this.#tails.get(key);
      if (tail !== undefined) before.add(tail);
    }
    const result = Promise.all(before).then(task);
    const tail = result.catch(() => undefined);
    for (const key of keys) this.#tails.set(key, tail);
    try {
      return await result;
    } finally {
      for (const key of keys) {
        if (this.#tails.get(key) === tail) this.#tails.delete(key);
      }
    }
  }
}
