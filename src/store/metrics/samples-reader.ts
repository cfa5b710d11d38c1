import type { Histogram } from '../../promql/histogram.ts';
import type { SeriesSet, TimeRange } from '../../promql/series-source.ts';
import { columnOf, type NativeBlock, NativeFormatError, numbersOf, ofKind } from '../native/native-column.ts';
import { decodeHistogram } from '../rows/histogram-bytes.ts';
import { join, type Sql, sql } from '../sql/sql.ts';
import { GatheredSeries, type ReadSeries, seriesFrom } from './gathered-series.ts';
import type { IdNumbers } from './id-numbers.ts';
import type { SampleFeatures } from './known-series.ts';
import { SampleBlocks, type SampleColumns } from './sample-blocks.ts';
import type { Selection } from './selection.ts';

export interface SamplesToRead extends Pick<Selection, 'range' | 'room'> {
  /** What is read; what the samples have besides is passed over, and told by `missed`. */
  readonly features: SampleFeatures;
  /** Gives the series their numbers. */
  readonly ids: IdNumbers;
}

/**
 * How long before the range samples of histograms are read, in milliseconds: whether one continues the one
 * before it is part of what is stored.
 */
const histogramLead = 3_600_000;

/** Times within a range that is not longer, in milliseconds, leave two bits for what a sample has besides. */
const longestFlagged = 2 ** 30 - 1;
const startFlag = 2 ** 31;
const histogramFlag = 2 ** 30;

/** Finds the series of the rows of the samples table. */
export class SamplesReader {
  readonly columns: Sql;
  /** From where samples are read, in milliseconds since the epoch. */
  readonly from: number;
  readonly #read: SamplesToRead;
  readonly #blocks: SampleBlocks;
  readonly #rangeFrom: number;
  readonly #isFlagged: boolean;
  readonly #startsAt: number;
  readonly #histogramsAt: number;
  #samples = 0;
  #flags = 0;

  constructor(read: SamplesToRead) {
    const { range, features } = read;
    this.#read = read;
    this.#rangeFrom = Math.max(Math.ceil(range.from), 0);
    this.from = features.histograms ? Math.max(this.#rangeFrom - histogramLead, 0) : this.#rangeFrom;
    this.#blocks = new SampleBlocks(read.room, this.from);
    this.#isFlagged = Math.floor(range.to) - this.from <= longestFlagged;
    const columns = [sql`toLowCardinality(Id)`, this.#time(features), sql`Value`];
    this.#startsAt = features.startTimestamps
      ? columns.push(sql`toUnixTimestamp64Milli(StartTimestamp)`) - 1
      : -1;
    this.#histogramsAt = features.histograms ? columns.push(sql`Histogram`) - 1 : -1;
    this.columns = join(columns, ', ');
  }

  /** The numbers of the series that were met, ascending. */
  numbers(): Uint32Array {
    return this.#blocks.runs.seriesWithSamples();
  }

  /** How many series were met. */
  get seriesCount(): number {
    return this.#blocks.runs.seriesCount;
  }

  /** How many samples were read, of the time before the range too. */
  get samples(): number {
    return this.#samples;
  }

  /** Whether the range is short enough to tell what was missed. */
  static tellsMissed({ from, to }: TimeRange): boolean {
    return to - from <= longestFlagged - histogramLead;
  }

  /** What the samples have and was not read. */
  get missed(): SampleFeatures {
    return {
      histograms: (this.#flags & histogramFlag) !== 0,
      startTimestamps: (this.#flags & startFlag) !== 0,
    };
  }

  /** Ids and times are sent in fewer bytes than they have: the way here is what costs most. */
  #time({ histograms, startTimestamps }: SampleFeatures): Sql {
    if (!this.#isFlagged) return sql`toUnixTimestamp64Milli(Timestamp)`;
    const parts = [sql`toUnixTimestamp64Milli(Timestamp) - ${this.from}`];
    if (!startTimestamps) parts.push(sql`${startFlag} * (toUnixTimestamp64Milli(StartTimestamp) != 0)`);
    if (!histograms) parts.push(sql`${histogramFlag} * notEmpty(Histogram)`);
    return sql`toUInt32(${join(parts, ' + ')})`;
  }

  read(block: NativeBlock): void {
    if (this.#isFlagged) this.#flag(allBits(numbersOf(block, 1, Uint32Array)));
    // All is read again then.
    if (this.#flags !== 0) return;
    this.#samples += block.rows;
    const { indices, values } = columnOf(block, 0, 'dictionary');
    const ids = ofKind(values, 'numbers').values;
    if (!(ids instanceof BigUint64Array)) throw new NativeFormatError('ids are no numbers of 64 bits');
    const kept = this.#blocks.add(this.#columnsOf(block));
    const { runs } = this.#blocks;
    const numberAt = this.#read.ids.numbersOf(ids);
    for (let start = 0, end = 0; start < block.rows; start = end) {
      const index = indices[start] ?? 0;
      while (end < block.rows && indices[end] === index) end++;
      runs.add(numberAt(index), kept, start, end);
    }
  }

  /** These of the series, to be gone through. */
  series(series: ReadSeries): SeriesSet {
    return this.from === this.#rangeFrom
      ? new GatheredSeries(this.#blocks, series)
      : seriesFrom(this.#rangeFrom, this.#blocks, series);
  }

  #columnsOf(block: NativeBlock): SampleColumns {
    return {
      timestamps: this.#isFlagged ? numbersOf(block, 1, Uint32Array) : numbersOf(block, 1, BigInt64Array),
      values: numbersOf(block, 2, Float64Array),
      startTimestamps: this.#startsAt < 0 ? undefined : numbersOf(block, this.#startsAt, BigInt64Array),
      histograms: this.#histogramsAt < 0 ? undefined : histogramsOf(block, this.#histogramsAt),
    };
  }

  #flag(bits: number): void {
    this.#flags |= bits & (startFlag | histogramFlag);
  }
}

function allBits(times: Uint32Array): number {
  let bits = 0;
  for (let row = 0; row < times.length; row++) bits |= times[row] ?? 0;
  return bits;
}

function histogramsOf(block: NativeBlock, column: number): (Histogram | undefined)[] {
  const { bytes, ends } = columnOf(block, column, 'bytes');
  return Array.from(ends, (end, row) => {
    const start = row === 0 ? 0 : (ends[row - 1] ?? 0);
    return start === end ? undefined : decodeHistogram(bytes.subarray(start, end));
  });
}
