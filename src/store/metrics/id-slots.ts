/**
 * Numbers ids in the order in which they are met. Ids come in nearly the same order again and again, so the
 * one that followed the last time is tried first: to look up a number of 64 bits takes longer.
 */
export class IdSlots {
  /** The ids, by their number. */
  readonly ids: bigint[] = [];
  readonly #onNew: () => void;
  readonly #slots = new Map<bigint, number>();
  /** Both halves of each id. */
  readonly #firsts: number[] = [];
  readonly #seconds: number[] = [];
  /** The number of the id that came after each. */
  readonly #next: number[] = [];
  #last = -1;

  /** @param onNew is called for each new id, before its number is given */
  constructor(onNew: () => void) {
    this.#onNew = onNew;
  }

  /** Gives the number of the id at an index of these. */
  slotsOf(ids: BigUint64Array): (index: number) => number {
    const halves = new Uint32Array(ids.buffer, ids.byteOffset, 2 * ids.length);
    return (index) => {
      const first = halves[2 * index] ?? 0;
      const second = halves[2 * index + 1] ?? 0;
      let slot = this.#next[this.#last] ?? 0;
      if (this.#firsts[slot] !== first || this.#seconds[slot] !== second) {
        slot = this.#slots.get(ids[index] ?? 0n) ?? this.#add(ids[index] ?? 0n, first, second);
        if (this.#last >= 0) this.#next[this.#last] = slot;
      }
      this.#last = slot;
      return slot;
    };
  }

  #add(id: bigint, first: number, second: number): number {
    this.#onNew();
    this.#firsts.push(first);
    this.#seconds.push(second);
    this.#next.push(0);
    const slot = this.ids.push(id) - 1;
    this.#slots.set(id, slot);
    return slot;
  }
}
