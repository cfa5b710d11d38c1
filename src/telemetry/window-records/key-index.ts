/** Finds rows by a key of two halves of 32 bits; a key of two zeros is none. */
export class KeyIndex {
  readonly #keys: Uint32Array;
  readonly #slots: Int32Array;
  readonly #mask: number;

  /** @param isBetter whether the first of two rows with the same key is the one to find */
  constructor(keys: Uint32Array, isBetter: (row: number, other: number) => boolean) {
    const rows = keys.length / 2;
    let size = 16;
    while (size < 2 * rows) size *= 2;
    this.#keys = keys;
    this.#mask = size - 1;
    this.#slots = new Int32Array(size).fill(-1);
    for (let row = 0; row < rows; row++) {
      const low = keys[2 * row] ?? 0;
      const high = keys[2 * row + 1] ?? 0;
      if (low === 0 && high === 0) continue;
      const slot = this.#slotOf(low, high);
      const found = this.#slots[slot] ?? -1;
      if (found < 0 || isBetter(row, found)) this.#slots[slot] = row;
    }
  }

  /** The row with this key; -1 for none. */
  find(low: number, high: number): number {
    return low === 0 && high === 0 ? -1 : (this.#slots[this.#slotOf(low, high)] ?? -1);
  }

  /** Where the key is, or would be: linear probing, the keys are hashes already. */
  #slotOf(low: number, high: number): number {
    for (let slot = (low ^ Math.imul(high, 0x9e3779b1)) & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const row = this.#slots[slot] ?? -1;
      if (row < 0 || (this.#keys[2 * row] === low && this.#keys[2 * row + 1] === high)) return slot;
    }
  }
}
