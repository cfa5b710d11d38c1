import type { NumberRoom } from './number-room.ts';

/** Numbers of a run: its block, its first row, the row after its last, and the next run of its series. */
const runLength = 4;
export const none = -1;

/**
 * Which rows of which blocks are samples of which series: runs of rows, those of a series linked in the order
 * in which they were added. Series have numbers from 0 on; of some there may be no samples.
 */
export class SampleRuns {
  readonly #room: NumberRoom;
  #runs: Int32Array;
  /** The end of what is used of them. */
  #end = 0;
  #first = new Int32Array(0);
  #last = new Int32Array(0);
  #counts = new Int32Array(0);
  #seriesCount = 0;

  constructor(room: NumberRoom) {
    this.#room = room;
    this.#runs = integers(room, 256 * runLength);
  }

  /** Adds the rows of a block from `start` to `end` to a series. */
  add(series: number, block: number, start: number, end: number): void {
    if (series >= this.#counts.length) this.#growTo(series + 1);
    const at = this.#end;
    if (at === this.#runs.length) this.#grow();
    const runs = this.#runs;
    runs[at] = block;
    runs[at + 1] = start;
    runs[at + 2] = end;
    runs[at + 3] = none;
    this.#end = at + runLength;
    const last = this.#last[series] ?? none;
    if (last === none) {
      this.#first[series] = at;
      this.#seriesCount++;
    } else {
      runs[last + 3] = at;
    }
    this.#last[series] = at;
    this.#counts[series] = (this.#counts[series] ?? 0) + end - start;
  }

  /** How many series have samples. */
  get seriesCount(): number {
    return this.#seriesCount;
  }

  /** The numbers of the series with samples, ascending. */
  seriesWithSamples(): Uint32Array {
    const found = new Uint32Array(this.#seriesCount);
    for (let series = 0, count = 0; series < this.#counts.length; series++) {
      if ((this.#counts[series] ?? 0) > 0) found[count++] = series;
    }
    return found;
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
    const larger = integers(this.#room, 2 * this.#runs.length);
    larger.set(this.#runs);
    this.#runs = larger;
  }

  #growTo(series: number): void {
    const before = this.#counts.length;
    const length = Math.max(series, 2 * before, 256);
    this.#counts = grown(this.#counts, length);
    this.#first = grown(this.#first, length).fill(none, before);
    this.#last = grown(this.#last, length).fill(none, before);
  }
}

/** Any integers. */
function integers(room: NumberRoom, length: number): Int32Array {
  const { buffer, byteOffset } = room.take(length / 2);
  return new Int32Array(buffer, byteOffset, length);
}

function grown(numbers: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length);
  larger.set(numbers);
  return larger;
}
