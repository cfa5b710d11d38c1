/**
 * A map of bounded weight that forgets what was not used for long. It keeps two generations: what is used
 * is in the younger one, and when that is full, the older one goes.
 */
export class RecentMap<K, V> {
  readonly #capacity: number;
  #young: Map<K, Weighed<V>> = new Map();
  #old: Map<K, Weighed<V>> = new Map();
  #youngWeight = 0;

  /** @param capacity what all entries may weigh; the last used entries of half of it are always there */
  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(key: K): V | undefined {
    const found = this.#young.get(key);
    if (found !== undefined) return found.value;
    const older = this.#old.get(key);
    if (older === undefined) return undefined;
    this.#put(key, older);
    return older.value;
  }

  set(key: K, value: V, weight = 1): void {
    this.#youngWeight -= this.#young.get(key)?.weight ?? 0;
    this.#put(key, { value, weight });
  }

  #put(key: K, entry: Weighed<V>): void {
    if (this.#youngWeight + entry.weight > this.#capacity / 2) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngWeight = 0;
    }
    this.#young.set(key, entry);
    this.#youngWeight += entry.weight;
  }
}

interface Weighed<V> {
  readonly value: V;
  readonly weight: number;
}
