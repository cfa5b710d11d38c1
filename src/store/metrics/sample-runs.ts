/** Numbers of a run: its block, its first row, the row after its last, and the next run of its series. */
const runLength = 4;
export const none = -1;

/**
 * Which rows of which blocks are samples of which series: runs of rows, those of a series linked in the order
 * in which they were added. Series are numbered from 0 on.
 */
export class SampleRuns {
  #runs = new Int32Array(256 * runLength);
  /** The end of what is used of them. */
  #end = 0;
  readonly #first: number[] = [];
  readonly #last: number[] = [];
  readonly #counts: number[] = [];

  /** Begins the next series. */
  addSeries(): void {
    this.#first.push(none);
    this.#last.push(none);
    this.#counts.push(0);
  }

  /** Adds the rows of a block from `start` to `end` to a series. */
  add(series: number, block: number, start: number, end: number): void {
    const at = this.#end;
    if (at === this.#runs.length) this.#grow();
    const runs = this.#runs;
    runs[at] = block;
    runs[at + 1] = start;
    runs[at + 2] = end;
    runs[at + 3] = none;
    this.#end = at + runLength;
    const last = this.#last[series] ?? none;
    if (last === none) this.#first[series] = at;
    else runs[last + 3] = at;
    this.#last[series] = at;
    this.#counts[series] = (this.#counts[series] ?? 0) + end - start;
  }

  get seriesCount(): number {
    return this.#counts.length;
  }

  /** How many rows a series has. */
  countOf(series: number): number {
    return this.#counts[series] ?? 0;
  }

  /** The first run of a series, or `none`. */
  firstOf(series: number): number {
    return this.#first[series] ?? none;
  }

  /** The run of the same series that was added after a run, or `none`. */
  nextOf(run: number): number {
    return this.#runs[run + 3] ?? none;
  }

  blockOf(run: number): number {
    return this.#runs[run] ?? 0;
  }

  /** The first row of a run. */
  startOf(run: number): number {
    return this.#runs[run + 1] ?? 0;
  }

  /** The row after the last of a run. */
  endOf(run: number): number {
    return this.#runs[run + 2] ?? 0;
  }

  #grow(): void {
    const larger = new Int32Array(2 * this.#runs.length);
    larger.set(this.#runs);
    this.#runs = larger;
  }
}
