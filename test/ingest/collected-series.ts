import type { SeriesEncoder } from '../../src/ingest/metric-batch.ts';
import type { MetricSeries } from '../../src/store/rows/metric-record.ts';
import type { EncodedMetrics } from '../../src/store/rows/metric-rows.ts';

/** Keeps series instead of making rows of them. */
export class CollectedSeries implements SeriesEncoder {
  #series: MetricSeries[] = [];
  /** What was taken out last. */
  taken: MetricSeries[] = [];
  readonly bytes = 0;

  add(series: MetricSeries): void {
    this.#series.push(series);
  }

  take(): EncodedMetrics {
    if (this.#series.length > 0) this.taken = this.#series;
    this.#series = [];
    const count = this.taken.reduce((sum, { samples }) => sum + samples.length, 0);
    const series = {
      bytes: new Uint8Array(),
      ends: new Uint32Array(),
      keys: [],
      days: new Uint16Array(),
      bare: new Uint8Array(),
    };
    return { series, samples: [], deltas: [], families: [], count };
  }

  clear(): void {
    this.#series = [];
  }
}
