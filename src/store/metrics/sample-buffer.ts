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
  #timestamps = noNumbers;
  #values = noNumbers;
  #startTimestamps: Float64Array<ArrayBuffer> | undefined;
  #histograms: (Histogram | undefined)[] | undefined;
  #count = 0;
  /** Where each part begins that was added; parts come in any order. */
  readonly #starts: number[] = [];
  /** Whether the samples of each part ascend. */
  #ascends = true;

  constructor(room: NumberRoom) {
    this.#room = room;
  }

  get count(): number {
    return this.#count;
  }

  /** Adds the rows from `start` to `end`. @param span the length of the range that is read */
  add(columns: SampleColumns, start: number, end: number, span: number): void {
    const at = this.#count;
    const count = at + end - start;
    if (count > this.#values.length) this.#grow(count, expected(columns, start, end, span));
    this.#starts.push(at);
    const { timestamps } = columns;
    if (timestamps instanceof Uint32Array) this.#addFloats(timestamps, columns, start, end);
    else this.#addTimes(timestamps, columns, start, end);
    const { startTimestamps, histogram } = columns;
    if (startTimestamps !== undefined) {
      this.#startTimestamps ??= this.#room.take(this.#values.length);
      for (let row = start, i = at; row < end; row++, i++)
        this.#startTimestamps[i] = Number(startTimestamps[row]);
    }
    if (histogram !== undefined) {
      this.#histograms ??= [];
      for (let row = start; row < end; row++) this.#histograms.push(histogram(row));
    }
    this.#count = count;
  }

  /** Times and values at once: parts are short, and a view of one costs more than to copy it. */
  #addFloats(offsets: Uint32Array, { base, values }: SampleColumns, start: number, end: number): void {
    const at = this.#count;
    const times = this.#timestamps;
    const target = this.#values;
    let last = Number.NEGATIVE_INFINITY;
    let hasNaN = false;
    for (let row = start, i = at; row < end; row++, i++) {
      const time = base + (offsets[row] ?? 0);
      if (time <= last) this.#ascends = false;
      last = time;
      times[i] = time;
      const value = values[row] ?? 0;
      hasNaN ||= Number.isNaN(value);
      target[i] = value;
    }
    // As a number, a stale marker may become another NaN.
    if (hasNaN) target.set(values.subarray(start, end), at);
  }

  #addTimes(timestamps: BigInt64Array, { values }: SampleColumns, start: number, end: number): void {
    const at = this.#count;
    let last = Number.NEGATIVE_INFINITY;
    for (let row = start, i = at; row < end; row++, i++) {
      const time = Number(timestamps[row]);
      if (time <= last) this.#ascends = false;
      last = time;
      this.#timestamps[i] = time;
    }
    this.#values.set(values.subarray(start, end), at);
  }

  /**
   * The samples in order of time, each time once.
   *
   * @param scratch of `count` numbers or more; what is in it is overwritten
   */
  series(labels: Labels, scratch: Float64Array): RawSeries {
    const isOrdered = this.#joinParts(scratch);
    const gathered = {
      timestamps: fitted(this.#timestamps, this.#count),
      values: fitted(this.#values, this.#count),
      startTimestamps: this.#startTimestamps && fitted(this.#startTimestamps, this.#count),
      histograms: this.#histograms,
    };
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
  #joinParts(scratch: Float64Array): boolean {
    if (!this.#ascends) return false;
    const timestamps = this.#timestamps;
    const starts = this.#starts;
    if (starts.every((start) => start === 0 || (timestamps[start - 1] ?? 0) < (timestamps[start] ?? 0)))
      return true;
    const parts = starts.map((start, i) => ({ start, end: starts[i + 1] ?? this.#count }));
    parts.sort((a, b) => (timestamps[a.start] ?? 0) - (timestamps[b.start] ?? 0));
    const overlap = parts.some(
      ({ start }, i) => i > 0 && (timestamps[(parts[i - 1]?.end ?? 0) - 1] ?? 0) >= (timestamps[start] ?? 0),
    );
    if (overlap) return false;
    for (const column of [timestamps, this.#values, this.#startTimestamps]) {
      if (column === undefined) continue;
      scratch.set(column.subarray(0, this.#count));
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
    const capacity = Math.max(least, this.#count + expectedMore, this.#count + (this.#count >> 1));
    this.#timestamps = this.#enlarged(this.#timestamps, capacity);
    this.#values = this.#enlarged(this.#values, capacity);
    this.#startTimestamps &&= this.#enlarged(this.#startTimestamps, capacity);
  }

  #enlarged(array: Float64Array<ArrayBuffer>, capacity: number): Float64Array<ArrayBuffer> {
    const larger = this.#room.take(capacity);
    if (this.#count > 0) larger.set(array.subarray(0, this.#count));
    return larger;
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

/** Without what was kept for more samples. */
function fitted(array: Float64Array<ArrayBuffer>, count: number): Float64Array<ArrayBuffer> {
  return array.length === count ? array : array.subarray(0, count);
}
