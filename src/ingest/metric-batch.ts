import type { MetricSample, MetricSeries } from '../store/rows/metric-record.ts';
import type { EncodedMetrics, MetricRows } from '../store/rows/metric-rows.ts';
import type { BatchCounts, BatchLimits, Terms } from './batch.ts';
import { hasSoundStart, sampleRejection, seriesRejection, wrongStart } from './metric-admission.ts';
import { PayloadTooLargeError } from './payload-too-large.ts';
import { Tally } from './tally.ts';

/** Makes rows of series. */
export type SeriesEncoder = Pick<MetricRows, 'bytes' | 'add' | 'take' | 'clear'>;

/** What became of the metrics of one request. */
export interface MetricBatchResult extends BatchCounts {
  readonly encoded: EncodedMetrics;
}

/** Admits metrics and turns them into rows, within limits on samples and bytes. */
export class MetricBatch {
  readonly #rows: SeriesEncoder;
  readonly #limits: BatchLimits;
  #rejections = new Tally();
  #warnings = new Tally();
  #accepted = 0;
  #samples = 0;

  constructor(rows: SeriesEncoder, limits: BatchLimits) {
    this.#rows = rows;
    this.#limits = limits;
  }

  /**
   * Takes a series whose samples are a point each. One that the key may not write, or whose labels are past
   * a limit, is rejected whole, others lose the samples whose time can't be. Throws `PayloadTooLargeError`
   * past a limit of the batch.
   */
  add(series: MetricSeries, { arrival, limits }: Terms): void {
    const { samples } = series;
    const rejection = seriesRejection(series.labels, limits);
    if (rejection !== undefined) {
      this.reject(rejection, samples.length);
      return;
    }
    const now = Number(arrival / 1_000_000n);
    const kept = samples.flatMap((sample) => {
      const reason = sampleRejection(sample, now);
      if (reason === undefined) return [this.#withSoundStart(sample)];
      this.reject(reason, 1);
      return [];
    });
    this.addAdmitted({ ...series, samples: kept });
    this.accept(kept.length);
  }

  /**
   * Takes a series that was found good by `seriesRejection` and `sampleRejection`. The points that it is a
   * part of are counted by `accept`. Throws `PayloadTooLargeError` past a limit of the batch.
   */
  addAdmitted(series: MetricSeries): void {
    this.#countSamples(series.samples.length);
    this.#rows.add(series);
    if (this.#rows.bytes > this.#limits.rowBytes) {
      throw new PayloadTooLargeError(
        `the series make more than ${this.#limits.rowBytes} bytes with their labels; send smaller batches`,
      );
    }
  }

  /** Counts points that are stored. */
  accept(points: number): void {
    this.#accepted += points;
  }

  /** Counts points that are not stored. Throws `PayloadTooLargeError` past the limit on samples. */
  reject(reason: string, points: number): void {
    if (points === 0) return;
    this.#rejections.add(reason, points);
    this.#countSamples(points);
  }

  /** Counts points that are stored with a change that their sender should know. */
  warn(reason: string, points: number): void {
    this.#warnings.add(reason, points);
  }

  /** Takes out what came since the last time. */
  take(): MetricBatchResult {
    const result = {
      encoded: this.#rows.take(),
      accepted: this.#accepted,
      rejected: this.#rejections.total,
      rejections: this.#rejections.toCounts(),
      warnings: this.#warnings.toCounts(),
    };
    this.#forget();
    return result;
  }

  /** Forgets what came since the last time. */
  clear(): void {
    this.#rows.clear();
    this.#forget();
  }

  #forget(): void {
    this.#rejections = new Tally();
    this.#warnings = new Tally();
    this.#accepted = 0;
    this.#samples = 0;
  }

  #withSoundStart(sample: MetricSample): MetricSample {
    if (hasSoundStart(sample)) return sample;
    const { startTimestamp, ...rest } = sample;
    this.warn(wrongStart, 1);
    return rest;
  }

  #countSamples(samples: number): void {
    this.#samples += samples;
    if (this.#samples > this.#limits.records) {
      throw new PayloadTooLargeError(
        `there are more than ${this.#limits.records} samples; send smaller batches`,
      );
    }
  }
}
