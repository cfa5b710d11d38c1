/**
 * Keeps the best `size` of the values it is offered, in a binary heap with the worst on top. NaN is worse
 * than any other value. Among equal values, which one stays is as in Prometheus, which keeps such a heap too.
 */
export class WorstFirstHeap {
  readonly #size: number;
  readonly #sign: number;
  readonly #values: number[] = [];
  readonly #items: number[] = [];

  constructor(size: number, largestAreBest: boolean) {
    this.#size = size;
    this.#sign = largestAreBest ? 1 : -1;
  }

  offer(value: number, item: number): void {
    const length = this.#values.length;
    if (this.#size < 1) return;
    if (length < this.#size) {
      this.#values.push(value);
      this.#items.push(item);
      this.#up(length);
      return;
    }
    const worst = this.#values[0] ?? 0;
    const isBetter = this.#sign * worst < this.#sign * value || (Number.isNaN(worst) && !Number.isNaN(value));
    if (!isBetter) return;
    this.#values[0] = value;
    this.#items[0] = item;
    this.#down(0);
  }

  /** The items that were kept. */
  items(): readonly number[] {
    return this.#items;
  }

  #isWorse(i: number, j: number): boolean {
    const value = this.#values[i] ?? 0;
    return Number.isNaN(value) || this.#sign * value < this.#sign * (this.#values[j] ?? 0);
  }

  #up(from: number): void {
    let child = from;
    while (child > 0) {
      const parent = (child - 1) >> 1;
      if (!this.#isWorse(child, parent)) return;
      this.#swap(parent, child);
      child = parent;
    }
  }

  #down(from: number): void {
    const length = this.#values.length;
    let parent = from;
    for (;;) {
      let child = 2 * parent + 1;
      if (child >= length) return;
      if (child + 1 < length && this.#isWorse(child + 1, child)) child++;
      if (!this.#isWorse(child, parent)) return;
      this.#swap(parent, child);
      parent = child;
    }
  }

  #swap(i: number, j: number): void {
    const { [i]: value = 0, [j]: otherValue = 0 } = this.#values;
    const { [i]: item = 0, [j]: otherItem = 0 } = this.#items;
    this.#values[i] = otherValue;
    this.#values[j] = value;
    this.#items[i] = otherItem;
    this.#items[j] = item;
  }
}
