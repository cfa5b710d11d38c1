import type { Histogram } from '../../promql/histogram.ts';
import type { Labels } from '../../promql/labels.ts';
import type { RawSeries } from '../../promql/series-source.ts';
import { storedHints } from '../../promql/stored-hints.ts';
import type { NumberRoom } from './number-room.ts';
import { inOrder } from './sample-order.ts';

/** Samples as the samples table has them. */
export interface SampleColumns {
  /** Milliseconds; since the epoch, or since `base` where they are 32-bit numbers. */
  readonly timestamps: Uint32Array | BigInt64Array;
  readonly base: number;
  readonly values: Float64Array;
  /** Milliseconds since the epoch. */
  readonly startTimestamps: BigInt64Array | undefined;
  readonly histogram: ((row: number) => Histogram | undefined) | undefined;
}

/** What a series begins with: an array of its own, if empty, would take more than the samples of some queries. */
const noNumbers: Float64Array<ArrayBuffer> = new Float64Array(0);

/** Gathers the samples of one series. Bits of values stay as they are. */
export class SampleBuffer {
  readonly #room: NumberRoom;
  /** Holds the times and then the values, with room for `#capacity` of each, from `#at` on. */
  #piece = noNumbers;
  #at = 0;
  #capacity = 0;
  #startTimestamps: Float64Array<ArrayBuffer> | undefined;
  #histograms: (Histogram | undefined)[] | undefined;
  #count = 0;
  #lastTime = Number.NEGATIVE_INFINITY;
  /** Where each part begins that was added, once one came that does not follow the one before. */
  #starts: number[] | undefined;
  /** Whether the samples of each part ascend. */
  #ascends = true;

  constructor(room: NumberRoom) {
    this.#room = room;
  }

  get count(): number {
    return this.#count;
  }

  get #isOrdered(): boolean {
    return this.#ascends && this.#starts === undefined;
  }

  /**
   * Adds the rows from `start` to `end`.
   *
   * @param span the length of the range that is read
   * @returns all bits of their times, where those are 32-bit numbers
   */
  add(columns: SampleColumns, start: number, end: number, span: number): number {
    const at = this.#count;
    const count = at + end - start;
    if (count > this.#capacity) this.#grow(count, expected(columns, start, end, span));
    const { timestamps } = columns;
    const last = this.#lastTime;
    const bits =
      timestamps instanceof Uint32Array
        ? this.#addFloats(timestamps, columns, start, end)
        : this.#addTimes(timestamps, columns, start, end);
    if ((this.#piece[this.#at + at] ?? 0) <= last) this.#starts ??= [0];
    this.#starts?.push(at);
    const { startTimestamps, histogram } = columns;
    if (startTimestamps !== undefined) {
      this.#startTimestamps ??= this.#room.take(this.#capacity);
      for (let row = start, i = at; row < end; row++, i++)
        this.#startTimestamps[i] = Number(startTimestamps[row]);
    }
    if (histogram !== undefined) {
      this.#histograms ??= [];
      for (let row = start; row < end; row++) this.#histograms.push(histogram(row));
    }
    this.#count = count;
    return bits;
  }

  /** Times and values at once: parts are short, and a view of one costs more than to copy it. */
  #addFloats(offsets: Uint32Array, { base, values }: SampleColumns, start: number, end: number): number {
    const at = this.#at + this.#count;
    const toValue = this.#capacity;
    const piece = this.#piece;
    let last = Number.NEGATIVE_INFINITY;
    let bits = 0;
    let ascends = true;
    let hasNaN = false;
    for (let row = start, i = at; row < end; row++, i++) {
      const offset = offsets[row] ?? 0;
      bits |= offset;
      const time = base + offset;
      if (time <= last) ascends = false;
      last = time;
      piece[i] = time;
      const value = values[row] ?? 0;
      if (Number.isNaN(value)) hasNaN = true;
      piece[i + toValue] = value;
    }
    // As a number, a stale marker may become another NaN.
    if (hasNaN) piece.set(values.subarray(start, end), at + toValue);
    if (!ascends) this.#ascends = false;
    this.#lastTime = last;
    return bits;
  }

  #addTimes(timestamps: BigInt64Array, { values }: SampleColumns, start: number, end: number): number {
    const at = this.#at + this.#count;
    const piece = this.#piece;
    let last = Number.NEGATIVE_INFINITY;
    for (let row = start, i = at; row < end; row++, i++) {
      const time = Number(timestamps[row]);
      if (time <= last) this.#ascends = false;
      last = time;
      piece[i] = time;
    }
    piece.set(values.subarray(start, end), at + this.#capacity);
    this.#lastTime = last;
    return 0;
  }

  /**
   * The samples in order of time, each time once.
   *
   * @param scratch of `count` numbers or more; what is in it is overwritten
   */
  series(labels: Labels, scratch: Float64Array): RawSeries {
    const count = this.#count;
    const valuesAt = this.#at + this.#capacity;
    const { buffer, BYTES_PER_ELEMENT } = this.#piece;
    const timestamps = new Float64Array(buffer, this.#at * BYTES_PER_ELEMENT, count);
    const values = new Float64Array(buffer, valuesAt * BYTES_PER_ELEMENT, count);
    const startTimestamps = this.#startTimestamps?.subarray(0, count);
    if (this.#isOrdered && startTimestamps === undefined && this.#histograms === undefined) {
      return { labels, timestamps, values, histograms: undefined, startTimestamps: undefined };
    }
    const isOrdered = this.#isOrdered || this.#joinParts([timestamps, values, startTimestamps], scratch);
    const gathered = { timestamps, values, startTimestamps, histograms: this.#histograms };
    const samples = isOrdered ? gathered : inOrder(gathered);
    const hasHistograms = samples.histograms?.some((histogram) => histogram !== undefined);
    const hasStarts = samples.startTimestamps?.some((time) => time !== 0);
    return {
      labels,
      timestamps: samples.timestamps,
      values: samples.values,
      histograms: hasHistograms ? storedHints(samples.histograms ?? []) : undefined,
      startTimestamps: hasStarts ? samples.startTimestamps : undefined,
    };
  }

  /**
   * Puts the parts in order, if none reaches into another: several threads read the table, each some of the
   * hours.
   *
   * @returns whether the samples are in order then
   */
  #joinParts(
    columns: readonly [timestamps: Float64Array, ...(Float64Array | undefined)[]],
    scratch: Float64Array,
  ): boolean {
    const starts = this.#starts;
    if (!this.#ascends || starts === undefined) return false;
    const [timestamps] = columns;
    const parts = starts.map((start, i) => ({ start, end: starts[i + 1] ?? this.#count }));
    parts.sort((a, b) => (timestamps[a.start] ?? 0) - (timestamps[b.start] ?? 0));
    const overlap = parts.some(
      ({ start }, i) => i > 0 && (timestamps[(parts[i - 1]?.end ?? 0) - 1] ?? 0) >= (timestamps[start] ?? 0),
    );
    if (overlap) return false;
    for (const column of columns) {
      if (column === undefined) continue;
      scratch.set(column);
      let at = 0;
      for (const { start, end } of parts) {
        column.set(scratch.subarray(start, end), at);
        at += end - start;
      }
    }
    const histograms = this.#histograms;
    if (histograms !== undefined) {
      this.#histograms = parts.flatMap(({ start, end }) => histograms.slice(start, end));
    }
    return true;
  }

  #grow(least: number, expectedMore: number): void {
    const count = this.#count;
    const [piece, at, values] = [this.#piece, this.#at, this.#at + this.#capacity];
    this.#capacity = Math.max(least, count + expectedMore, count + (count >> 1));
    this.#at = this.#room.reserve(2 * this.#capacity);
    this.#piece = this.#room.piece;
    if (count === 0) return;
    this.#piece.set(piece.subarray(at, at + count), this.#at);
    this.#piece.set(piece.subarray(values, values + count), this.#at + this.#capacity);
    const starts = this.#startTimestamps;
    if (starts === undefined) return;
    this.#startTimestamps = this.#room.take(this.#capacity);
    this.#startTimestamps.set(starts.subarray(0, count));
  }
}

/** How many samples a span holds, if they are as far apart as these. */
function expected({ timestamps }: SampleColumns, start: number, end: number, span: number): number {
  const rows = end - start;
  const between = Number(timestamps[end - 1]) - Number(timestamps[start]);
  if (rows < 2 || between <= 0) return rows;
  return Math.min(Math.ceil((span * (rows - 1)) / between) + 2, mostExpected * rows);
}

/** A few samples close together say little about the rest. */
const mostExpected = 128;
