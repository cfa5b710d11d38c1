import { largestPiece, type NumberPool } from './number-pool.ts';

/** Numbers of the first piece that is new; later ones are larger, those of several arrays up to `largestPiece`. */
const smallest = 4_096;

/**
 * Room for many arrays of numbers that live as long as one another. An ArrayBuffer for each would cost more
 * than what is in it: the memory of each is counted, and collected, by itself.
 */
export class NumberRoom {
  readonly #pool: NumberPool;
  readonly #pieces: Float64Array<ArrayBuffer>[] = [];
  #piece: Float64Array<ArrayBuffer> = new Float64Array(0);
  #taken = 0;
  #next = smallest;

  constructor(pool: NumberPool) {
    this.#pool = pool;
  }

  /** An array of any numbers: those of another room may be left in it. */
  take(length: number): Float64Array<ArrayBuffer> {
    if (this.#taken + length > this.#piece.length) this.#begin(length);
    const start = this.#taken;
    this.#taken += length;
    return this.#piece.subarray(start, start + length);
  }

  /** Gives the room up: nothing may use what was taken from it any more. */
  release(): void {
    this.#pool.give(this.#pieces.splice(0));
    this.#piece = new Float64Array(0);
    this.#taken = 0;
  }

  #begin(least: number): void {
    this.#piece = this.#pool.take(least) ?? new Float64Array(Math.max(this.#next, least));
    this.#next = Math.min(2 * Math.max(this.#next, this.#piece.length), largestPiece);
    this.#pieces.push(this.#piece);
    this.#taken = 0;
  }
}
