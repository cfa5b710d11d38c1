import type { TextColumn } from './record-blocks.ts';

/** Texts by number, in the order in which they came. */
export class Texts {
  readonly all: string[] = [];
  readonly #numbers = new Map<string, number>();

  numberOf(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.all.length);
    return this.all.push(text) - 1;
  }

  /** Writes the number of each row's text into `numbers` from `offset` on. */
  read({ indices, values }: TextColumn, numbers: Uint32Array, offset: number): void {
    const own = Uint32Array.from(values, (value) => this.numberOf(value));
    for (let row = 0; row < indices.length; row++) numbers[offset + row] = own[indices[row] ?? 0] ?? 0;
  }
}
