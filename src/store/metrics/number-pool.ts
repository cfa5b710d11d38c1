/** Numbers of the largest piece that is kept. */
export const largestPiece: number = 1 << 20;

/**
 * Keeps the pieces of rooms that were given up, for the next ones. New memory for each query would have to be
 * cleared and mapped, and makes the garbage collector run several times in each.
 */
export class NumberPool {
  readonly #most: number;
  /** The largest last. */
  #free: Float64Array<ArrayBuffer>[] = [];

  /** @param mostPieces that are kept; each has 8 MB at most */
  constructor(mostPieces: number) {
    this.#most = mostPieces;
  }

  /** The largest piece that is kept, if it has room for so many numbers. */
  take(least = 0): Float64Array<ArrayBuffer> | undefined {
    return (this.#free.at(-1)?.length ?? 0) >= least ? this.#free.pop() : undefined;
  }

  give(pieces: readonly Float64Array<ArrayBuffer>[]): void {
    const kept = pieces.filter(({ length }) => length <= largestPiece);
    this.#free = [...this.#free, ...kept].sort((a, b) => a.length - b.length).slice(-this.#most);
  }
}
