import type { Histogram } from '../../promql/histogram.ts';
import type { NumberRoom } from './number-room.ts';
import { none, SampleRuns } from './sample-runs.ts';

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
  /** Whether any value is NaN. */
  hasNaN: boolean;
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
  readonly runs: SampleRuns;

  /** @param base what 32-bit times are counted from, in milliseconds since the epoch */
  constructor(room: NumberRoom, base: number) {
    this.#room = room;
    this.#base = base;
    this.runs = new SampleRuns(room);
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

  /** Room for the samples of a series with so many at most. */
  roomFor(samples: number): GatheredSamples {
    const [first] = this.#blocks;
    return {
      count: 0,
      ascends: true,
      hasNaN: false,
      timestamps: new Float64Array(samples),
      values: new Float64Array(samples),
      startTimestamps: first?.startTimestamps && new Float64Array(samples),
      histograms: first?.histograms && [],
    };
  }

  /**
   * Gathers the samples of series, each in the target at its place; there may be more targets. Those that were met one after the other lie side
   * by side in each block: some of them at once are read as fast as if they were one.
   */
  gather(series: ArrayLike<number>, targets: readonly GatheredSamples[]): void {
    const { runs } = this;
    const next = Array.from(series, (one) => runs.firstOf(one));
    for (const target of targets) begin(target);
    let left = series.length;
    while (left > 0) {
      left = 0;
      for (let i = 0; i < next.length; i++) {
        const run = next[i] ?? none;
        const target = targets[i];
        if (run === none || target === undefined) continue;
        this.#append(target, run);
        next[i] = runs.nextOf(run);
        left++;
      }
    }
    for (const [i, target] of targets.entries())
      if (!target.ascends) this.#gatherByTime(series[i] ?? 0, target);
  }

  /** Several threads may have read the table, each some of the hours. */
  #gatherByTime(series: number, target: GatheredSamples): void {
    const { runs } = this;
    const parts: number[] = [];
    for (let run = runs.firstOf(series); run !== none; run = runs.nextOf(run)) parts.push(run);
    const timeOf = (run: number): number => this.#blocks[runs.blockOf(run)]?.times[runs.startOf(run)] ?? 0;
    parts.sort((a, b) => timeOf(a) - timeOf(b));
    begin(target);
    for (const run of parts) this.#append(target, run);
  }

  #append(target: GatheredSamples, run: number): void {
    const from = this.#blocks[this.runs.blockOf(run)];
    if (from === undefined) return;
    const start = this.runs.startOf(run);
    const end = this.runs.endOf(run);
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
    if (copyBits(values, start, end, target.values, at)) target.hasNaN = true;
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

function begin(target: GatheredSamples): void {
  target.count = 0;
  target.ascends = true;
  target.hasNaN = false;
  if (target.histograms !== undefined) target.histograms.length = 0;
}

/**
 * Copies a few numbers, and says whether any is NaN: a view of them would cost more. As a number, a stale marker
 * may become another NaN.
 */
function copyBits(from: Float64Array, start: number, end: number, to: Float64Array, at: number): boolean {
  let hasNaN = false;
  for (let row = start, i = at; row < end; row++, i++) {
    const value = from[row] ?? 0;
    if (Number.isNaN(value)) hasNaN = true;
    to[i] = value;
  }
  if (hasNaN) to.set(from.subarray(start, end), at);
  return hasNaN;
}
