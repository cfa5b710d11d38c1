/**
 * Keys of rows that are stored, so that they need not be stored again. A key is forgotten after half to all of the
 * time given, used or not, and earlier where there are too many.
 */
export class KnownRows {
  readonly #generation: { readonly keys: number; readonly milliseconds: number };
  readonly #now: () => number;
  #young: Set<string> = new Set();
  #old: Set<string> = new Set();
  #youngSince: number;

  constructor(options: {
    /** Keys at most. */
    readonly capacity: number;
    /** For how long a row may be taken for stored. */
    readonly milliseconds: number;
    /** Milliseconds since the epoch. */
    readonly now: () => number;
  }) {
    this.#generation = { keys: options.capacity / 2, milliseconds: options.milliseconds / 2 };
    this.#now = options.now;
    this.#youngSince = options.now();
  }

  has(key: string): boolean {
    return this.#young.has(key) || this.#old.has(key);
  }

  add(keys: Iterable<string>): void {
    for (const key of keys) {
      this.#young.add(key);
      if (this.#young.size >= this.#generation.keys) this.#startGeneration();
    }
  }

  /** Forgets what is due. To be called before a request's rows are looked up, not between them. */
  forgetOld(): void {
    const age = this.#now() - this.#youngSince;
    if (age < this.#generation.milliseconds) return;
    this.#startGeneration();
    if (age >= 2 * this.#generation.milliseconds) this.#old = new Set();
  }

  clear(): void {
    this.#young = new Set();
    this.#old = new Set();
  }

  #startGeneration(): void {
    this.#old = this.#young;
    this.#young = new Set();
    this.#youngSince = this.#now();
  }
}
