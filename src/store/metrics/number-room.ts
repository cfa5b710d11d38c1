/** Numbers of the first piece, and the most of a piece that holds several arrays. */
const smallest = 4_096;
const largest = 1 << 20;

/**
 * Room for many arrays of numbers that live as long as one another. An ArrayBuffer for each would cost more
 * than what is in it: the memory of each is counted, and collected, by itself.
 */
export class NumberRoom {
  #piece: Float64Array<ArrayBuffer> = new Float64Array(0);
  #taken = 0;
  #next = smallest;

  /** An array of zeros. */
  take(length: number): Float64Array<ArrayBuffer> {
    if (this.#taken + length > this.#piece.length) {
      this.#piece = new Float64Array(Math.max(this.#next, length));
      this.#next = Math.min(2 * this.#next, largest);
      this.#taken = 0;
    }
    const start = this.#taken;
    this.#taken += length;
    return this.#piece.subarray(start, this.#taken);
  }
}
