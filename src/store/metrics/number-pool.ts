/** Numbers of a piece that is kept. */
export const largestPiece: number = 1 << 20;

/**
 * Keeps the large pieces of rooms that were given up, for the next ones. New memory for each query would have
 * to be cleared and mapped, and makes the garbage collector run several times in each.
 */
export class NumberPool {
  readonly #most: number;
  readonly #free: Float64Array<ArrayBuffer>[] = [];

  /** @param mostPieces that are kept; each has 8 MB */
  constructor(mostPieces: number) {
    this.#most = mostPieces;
  }

  take(): Float64Array<ArrayBuffer> | undefined {
    return this.#free.pop();
  }

  give(pieces: readonly Float64Array<ArrayBuffer>[]): void {
    const large = pieces.filter(({ length }) => length === largestPiece);
    this.#free.push(...large.slice(0, this.#most - this.#free.length));
  }
}
