/**
 * Numbers ids in the order in which they are met. Ids come in nearly the same order again and again, so the
 * one that followed the last time is tried first: to look up a number of 64 bits takes longer.
 */
export class IdNumbers {
  /** The ids, by their number. */
  readonly ids: bigint[] = [];
  readonly #numbers = new Map<bigint, number>();
  /** Both halves of each id. */
  readonly #firsts: number[] = [];
  readonly #seconds: number[] = [];
  /** The number of the id that came after each. */
  readonly #next: number[] = [];

  /** Gives the number of the id at an index of these. */
  numbersOf(ids: BigUint64Array): (index: number) => number {
    const halves = new Uint32Array(ids.buffer, ids.byteOffset, 2 * ids.length);
    let last = -1;
    return (index) => {
      const first = halves[2 * index] ?? 0;
      const second = halves[2 * index + 1] ?? 0;
      let number = last < 0 ? 0 : (this.#next[last] ?? 0);
      if (this.#firsts[number] !== first || this.#seconds[number] !== second) {
        number = this.#numbers.get(ids[index] ?? 0n) ?? this.#add(ids[index] ?? 0n, first, second);
        if (last >= 0) this.#next[last] = number;
      }
      last = number;
      return number;
    };
  }

  /** The number of an id, which may be a new one. */
  numberOf(id: bigint): number {
    return this.#numbers.get(id) ?? this.numbersOf(BigUint64Array.of(id))(0);
  }

  #add(id: bigint, first: number, second: number): number {
    this.#firsts.push(first);
    this.#seconds.push(second);
    this.#next.push(0);
    const number = this.ids.push(id) - 1;
    this.#numbers.set(id, number);
    return number;
  }
}
