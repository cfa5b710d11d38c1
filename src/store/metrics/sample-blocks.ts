import type { Histogram } from '../../promql/histogram.ts';
import type { NumberRoom } from './number-room.ts';
import { SampleRuns } from './sample-runs.ts';

/** Rows of the samples table, in columns. */
export interface SampleColumns {
  /** Milliseconds; since the epoch, or since the base of all blocks where they are 32-bit numbers. */
  readonly timestamps: Uint32Array | BigInt64Array;
  readonly values: Float64Array;
  /** Milliseconds since the epoch. */
  readonly startTimestamps: BigInt64Array | undefined;
  readonly histograms: readonly (Histogram | undefined)[] | undefined;
}

/** A block that is kept. */
interface SampleBlock {
  /** Milliseconds since the base. */
  readonly times: Uint32Array | Float64Array;
  readonly values: Float64Array;
  readonly startTimestamps: Float64Array | undefined;
  readonly histograms: readonly (Histogram | undefined)[] | undefined;
}

/** The samples of a series, in the order in which they came. What is beyond `count` is left over. */
export interface GatheredSamples {
  count: number;
  /** Whether each is later than the one before. */
  ascends: boolean;
  readonly timestamps: Float64Array<ArrayBuffer>;
  readonly values: Float64Array<ArrayBuffer>;
  readonly startTimestamps: Float64Array<ArrayBuffer> | undefined;
  readonly histograms: (Histogram | undefined)[] | undefined;
}

/**
 * Keeps blocks of samples as they came, and which rows belong to which series. The samples of a series are
 * gathered when they are needed: to sort all of them first would write each to memory, and read it, once more.
 * Bits of values stay as they are.
 */
export class SampleBlocks {
  readonly #room: NumberRoom;
  readonly #base: number;
  readonly #blocks: SampleBlock[] = [];
  readonly runs: SampleRuns = new SampleRuns();

  /** @param base what 32-bit times are counted from, in milliseconds since the epoch */
  constructor(room: NumberRoom, base: number) {
    this.#room = room;
    this.#base = base;
  }

  /** Keeps a block, and gives its number. */
  add({ timestamps, values, startTimestamps, histograms }: SampleColumns): number {
    const kept = this.#room.take(values.length);
    kept.set(values);
    const block = {
      times: this.#timesOf(timestamps),
      values: kept,
      startTimestamps: startTimestamps && this.#numbersOf(startTimestamps, 0),
      histograms,
    };
    return this.#blocks.push(block) - 1;
  }

  /** Room for the samples of any of these series. */
  roomFor(series: Iterable<number>): GatheredSamples {
    let most = 0;
    for (const one of series) most = Math.max(most, this.runs.countOf(one));
    const [first] = this.#blocks;
    return {
      count: 0,
      ascends: true,
      timestamps: new Float64Array(most),
      values: new Float64Array(most),
      startTimestamps: first?.startTimestamps && new Float64Array(most),
      histograms: first?.histograms && [],
    };
  }

  /** Gathers the samples of a series. */
  gather(series: number, target: GatheredSamples): void {
    this.#begin(target);
    this.runs.forEach(series, (block, start, end) => this.#append(target, block, start, end));
    if (target.ascends) return;
    // Several threads may have read the table, each some of the hours.
    const parts: { readonly block: number; readonly start: number; readonly end: number }[] = [];
    this.runs.forEach(series, (block, start, end) => void parts.push({ block, start, end }));
    const timeOf = (block: number, row: number): number => this.#blocks[block]?.times[row] ?? 0;
    parts.sort((a, b) => timeOf(a.block, a.start) - timeOf(b.block, b.start));
    this.#begin(target);
    for (const { block, start, end } of parts) this.#append(target, block, start, end);
  }

  #begin(target: GatheredSamples): void {
    target.count = 0;
    target.ascends = true;
    if (target.histograms !== undefined) target.histograms.length = 0;
  }

  #append(target: GatheredSamples, block: number, start: number, end: number): void {
    const from = this.#blocks[block];
    if (from === undefined) return;
    const at = target.count;
    const { times, values, startTimestamps, histograms } = from;
    let last = at === 0 ? Number.NEGATIVE_INFINITY : (target.timestamps[at - 1] ?? 0);
    let ascends = true;
    const base = this.#base;
    const timestamps = target.timestamps;
    for (let row = start, i = at; row < end; row++, i++) {
      const time = base + (times[row] ?? 0);
      if (time <= last) ascends = false;
      last = time;
      timestamps[i] = time;
    }
    copyBits(values, start, end, target.values, at);
    if (startTimestamps !== undefined) {
      target.startTimestamps?.set(startTimestamps.subarray(start, end), at);
    }
    if (histograms !== undefined) {
      for (let row = start; row < end; row++) target.histograms?.push(histograms[row]);
    }
    if (!ascends) target.ascends = false;
    target.count = at + end - start;
  }

  #timesOf(timestamps: Uint32Array | BigInt64Array): Uint32Array | Float64Array {
    if (timestamps instanceof BigInt64Array) return this.#numbersOf(timestamps, this.#base);
    const { buffer, byteOffset } = this.#room.take(Math.ceil(timestamps.length / 2));
    const kept = new Uint32Array(buffer, byteOffset, timestamps.length);
    kept.set(timestamps);
    return kept;
  }

  #numbersOf(times: BigInt64Array, base: number): Float64Array {
    const numbers = this.#room.take(times.length);
    for (let row = 0; row < times.length; row++) numbers[row] = Number(times[row]) - base;
    return numbers;
  }
}

/** Copies a few numbers: a view of them would cost more. As a number, a stale marker may become another NaN. */
function copyBits(from: Float64Array, start: number, end: number, to: Float64Array, at: number): void {
  let hasNaN = false;
  for (let row = start, i = at; row < end; row++, i++) {
    const value = from[row] ?? 0;
    if (Number.isNaN(value)) hasNaN = true;
    to[i] = value;
  }
  if (hasNaN) to.set(from.subarray(start, end), at);
}
