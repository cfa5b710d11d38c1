import type { Labels } from '../../promql/labels.ts';
import { indexAbove } from '../../promql/search.ts';
import type { RawSeries, TimeRange } from '../../promql/series-source.ts';
import { InputError } from '../../telemetry/input-error.ts';
import { columnOf, type NativeBlock, NativeFormatError, numbersOf, ofKind } from '../native/native-column.ts';
import { decodeHistogram } from '../rows/histogram-bytes.ts';
import { join, type Sql, sql } from '../sql/sql.ts';
import { IdSlots } from './id-slots.ts';
import type { NumberRoom } from './number-room.ts';
import type { SampleFeatures } from './remembered-series.ts';
import { SampleBuffer, type SampleColumns } from './sample-buffer.ts';

export interface SamplesToRead {
  readonly range: TimeRange;
  /** What is read; what the samples have besides is passed over, and told by `missed`. */
  readonly features: SampleFeatures;
  readonly maxSamples: number;
  /** More series than this throw `tooManySeries`. */
  readonly mostSeries: number;
  readonly tooManySeries: () => Error;
  /** Where the samples are kept. */
  readonly room: NumberRoom;
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

/** Sorts the rows of the samples table into series. */
export class SamplesReader {
  readonly columns: Sql;
  /** From where samples are read, in milliseconds since the epoch. */
  readonly from: number;
  readonly #read: SamplesToRead;
  readonly #buffers: SampleBuffer[] = [];
  readonly #slots = new IdSlots(() => this.#buffers.push(new SampleBuffer(this.#read.room)));
  readonly #rangeFrom: number;
  readonly #span: number;
  readonly #isFlagged: boolean;
  readonly #startsAt: number;
  readonly #histogramsAt: number;
  readonly #maxSamples: number;
  #samples = 0;
  #flags = 0;

  constructor(read: SamplesToRead) {
    const { range, features, maxSamples } = read;
    this.#read = read;
    this.#rangeFrom = Math.max(Math.ceil(range.from), 0);
    this.from = features.histograms ? Math.max(this.#rangeFrom - histogramLead, 0) : this.#rangeFrom;
    // Those in front of the range are few, and are counted without them in the end.
    this.#maxSamples = features.histograms ? 2 * maxSamples : maxSamples;
    this.#span = Math.floor(range.to) - this.from;
    this.#isFlagged = this.#span <= longestFlagged;
    const columns = [sql`toLowCardinality(Id)`, this.#time(features), sql`Value`];
    this.#startsAt = features.startTimestamps
      ? columns.push(sql`toUnixTimestamp64Milli(StartTimestamp)`) - 1
      : -1;
    this.#histogramsAt = features.histograms ? columns.push(sql`Histogram`) - 1 : -1;
    this.columns = join(columns, ', ');
  }

  /** The series that were met. */
  get ids(): readonly bigint[] {
    return this.#slots.ids;
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
    if (this.#flags !== 0) {
      for (const time of numbersOf(block, 1, Uint32Array)) this.#flag(time);
      return;
    }
    const samples = this.#columnsOf(block);
    const { indices, values } = columnOf(block, 0, 'dictionary');
    const ids = ofKind(values, 'numbers').values;
    if (!(ids instanceof BigUint64Array)) throw new NativeFormatError('ids are no numbers of 64 bits');
    this.#count(block.rows);
    const slotAt = this.#slots.slotsOf(ids);
    const buffers = this.#buffers;
    let bits = 0;
    for (let start = 0, end = 0; start < block.rows; start = end) {
      const index = indices[start] ?? 0;
      while (end < block.rows && indices[end] === index) end++;
      bits |= buffers[slotAt(index)]?.add(samples, start, end, this.#span) ?? 0;
    }
    // What was sorted in with such a time is read again.
    if (this.#isFlagged) this.#flag(bits);
    if (this.#slots.ids.length > this.#read.mostSeries) throw this.#read.tooManySeries();
  }

  /** The samples of the series that are known. @param labels of each of `ids` */
  series(labels: readonly (Labels | undefined)[]): RawSeries[] {
    const scratch = new Float64Array(this.#buffers.reduce((most, { count }) => Math.max(most, count), 0));
    const gathered: RawSeries[] = [];
    for (const [slot, buffer] of this.#buffers.entries()) {
      const known = labels[slot];
      if (known !== undefined) gathered.push(buffer.series(known, scratch));
    }
    if (this.from === this.#rangeFrom) return gathered;
    return gathered.flatMap((series) => cut(series, this.#rangeFrom));
  }

  #columnsOf(block: NativeBlock): SampleColumns {
    const histograms = this.#histogramsAt < 0 ? undefined : columnOf(block, this.#histogramsAt, 'bytes');
    return {
      timestamps: this.#isFlagged ? numbersOf(block, 1, Uint32Array) : numbersOf(block, 1, BigInt64Array),
      base: this.from,
      values: numbersOf(block, 2, Float64Array),
      startTimestamps: this.#startsAt < 0 ? undefined : numbersOf(block, this.#startsAt, BigInt64Array),
      histogram:
        histograms &&
        ((row) => {
          const start = row === 0 ? 0 : (histograms.ends[row - 1] ?? 0);
          const end = histograms.ends[row] ?? 0;
          return start === end ? undefined : decodeHistogram(histograms.bytes.subarray(start, end));
        }),
    };
  }

  #flag(bits: number): void {
    this.#flags |= bits & (startFlag | histogramFlag);
  }

  #count(samples: number): void {
    this.#samples += samples;
    if (this.#samples <= this.#maxSamples) return;
    throw new InputError(
      `The query needs more than ${this.#read.maxSamples} samples at once. Select fewer series, a shorter time, or a larger step.`,
    );
  }
}

/** The samples from a time on; none where that leaves no sample. */
function cut(series: RawSeries, from: number): RawSeries[] {
  const { labels, timestamps, values, histograms, startTimestamps } = series;
  const begin = indexAbove(timestamps, from - 1);
  if (begin === timestamps.length) return [];
  return [
    {
      labels,
      timestamps: timestamps.subarray(begin),
      values: values.subarray(begin),
      histograms: histograms?.slice(begin),
      startTimestamps: startTimestamps?.subarray(begin),
    },
  ];
}
