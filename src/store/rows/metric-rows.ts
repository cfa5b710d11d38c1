import { DayBlocks, type RowBlock, type RowBlockLimits } from './day-blocks.ts';
import { encodeHistogram } from './histogram-bytes.ts';
import type { DeltaSeries, FamilyMetadata, MetricSample, MetricSeries } from './metric-record.ts';
import { RecentMap } from './recent-map.ts';
import { SeriesIdentifier, type SeriesIdentity } from './series-identity.ts';
import { type MadeRow, type SeriesFeatures, type SeriesRows, SeriesRowsBuilder } from './series-rows.ts';

/** Series and samples of one request, ready to be moved to another thread and stored. */
export interface EncodedMetrics {
  readonly series: SeriesRows;
  readonly samples: readonly RowBlock[];
  /** Series whose samples have to be added up first, which takes what came before. */
  readonly deltas: readonly DeltaSeries[];
  /** What the sender said of metric families apart from series (remote write 1.0). */
  readonly families: readonly FamilyMetadata[];
  /** Samples in `samples` and `deltas`. */
  readonly count: number;
}

/** A series that was met before. */
interface MetSeries {
  readonly identity: SeriesIdentity;
  readonly row: MadeRow;
}

const dayMilliseconds = 86_400_000;
/** 2149-06-06, the last day that ClickHouse's Date has. */
const lastDay = 65_535;
const staleMarker = 0x7ff0000000000002n;
/** Bytes of series that are remembered from one request to the next: hashing all labels again takes longer. */
const rememberedBytes = 128 << 20;
/** What a delta sample takes until it is added up, roughly. */
const deltaSampleBytes = 100;

/**
 * Turns series into rows of our tables of metrics. It keeps buffers and what it knows of series from one
 * request to the next.
 */
export class MetricRows {
  readonly #samples: DayBlocks;
  readonly #series = new SeriesRowsBuilder();
  readonly #identifier = new SeriesIdentifier();
  readonly #met: RecentMap<string, MetSeries> = new RecentMap(rememberedBytes);
  #deltas: DeltaSeries[] = [];
  #deltaSamples = 0;
  #deltaBytes = 0;

  constructor(limits?: RowBlockLimits) {
    this.#samples = new DayBlocks(limits);
  }

  /** Samples so far. */
  get count(): number {
    return this.#samples.rows + this.#deltaSamples;
  }

  /** Bytes that all rows so far take, and roughly what the rest takes. */
  get bytes(): number {
    return this.#samples.bytes + this.#series.bytes + this.#deltaBytes;
  }

  /**
   * Adds samples of a series, which may come in several calls. A series without samples leaves no trace.
   *
   * @throws RangeError where a time is before 1970 or after 2149; nothing of the series was added
   */
  add(series: MetricSeries): void {
    const { samples } = series;
    if (samples.length === 0) return;
    for (const { timestamp, startTimestamp = 0 } of samples) {
      checkTime(timestamp);
      checkTime(startTimestamp);
    }
    if (series.delta) this.#addDelta(series);
    else this.#addRows(series);
  }

  /** Takes out all that was added since the last time. */
  take(): EncodedMetrics {
    const { count } = this;
    const encoded = {
      series: this.#series.take(),
      samples: this.#samples.take(),
      deltas: this.#deltas,
      families: [],
      count,
    };
    this.clear();
    return encoded;
  }

  /** Forgets all that was added since the last time. */
  clear(): void {
    this.#samples.clear();
    this.#series.clear();
    this.#deltas = [];
    this.#deltaSamples = 0;
    this.#deltaBytes = 0;
  }

  #addDelta({ labels, metadata, samples }: MetricSeries): void {
    this.#deltas.push({ pairs: labels.pairs, metadata, samples });
    this.#deltaSamples += samples.length;
    this.#deltaBytes += 2 * labels.key.length;
    for (const { histogram } of samples) {
      this.#deltaBytes += deltaSampleBytes;
      if (histogram !== undefined) {
        const { positive, negative, customValues } = histogram;
        this.#deltaBytes += 12 * (positive.counts.length + negative.counts.length) + 8 * customValues.length;
      }
    }
  }

  #addRows({ labels, metadata, samples }: MetricSeries): void {
    const met = this.#met.get(labels.key);
    const identity = met?.identity ?? this.#identifier.identify(labels);
    const features = featuresOf(samples);
    let row = met?.row;
    let day = -1;
    for (const sample of samples) {
      const dayOfSample = Math.floor(sample.timestamp / dayMilliseconds);
      if (dayOfSample !== day) {
        day = dayOfSample;
        row = this.#series.add(identity, { day, metadata, ...features }, row);
      }
      this.#writeSample(identity, sample);
      this.#samples.endRow(day);
    }
    if (row === undefined || row === met?.row) return;
    const texts = 2 * (labels.key.length + row.metadata.unit.length + row.metadata.help.length);
    this.#met.set(labels.key, { identity, row }, texts + identity.bytes.length + 300);
  }

  #writeSample(
    series: SeriesIdentity,
    { timestamp, value, stale, histogram, startTimestamp }: MetricSample,
  ): void {
    const { writer } = this.#samples;
    writer.rawStart(series.bytes, series.nameLength);
    writer.uint64(series.id);
    writer.safeInt64(timestamp);
    if (stale === true) writer.uint64(staleMarker);
    else writer.float64(histogram?.count ?? value);
    writer.safeInt64(startTimestamp ?? 0);
    if (histogram === undefined || stale === true) writer.varint(0);
    else writer.bytes(encodeHistogram(histogram));
  }
}

function checkTime(timestamp: number): void {
  if (!(Number.isSafeInteger(timestamp) && timestamp >= 0 && timestamp < (lastDay + 1) * dayMilliseconds)) {
    throw new RangeError(`a sample can't have the time ${timestamp}`);
  }
}

function featuresOf(samples: readonly MetricSample[]): SeriesFeatures {
  let histograms = false;
  let startTimestamps = false;
  for (const { histogram, startTimestamp } of samples) {
    histograms ||= histogram !== undefined;
    startTimestamps ||= (startTimestamp ?? 0) !== 0;
  }
  return { histograms, startTimestamps };
}
