import type { SeriesEncoder } from '../../src/ingest/metric-batch.ts';
import type { MetricSeries } from '../../src/store/rows/metric-record.ts';
import { type EncodedMetrics, MetricRows } from '../../src/store/rows/metric-rows.ts';

/** Keeps series instead of making rows of them. */
export class CollectedSeries implements SeriesEncoder {
  /** Nothing is encoded. */
  readonly bytes = 0;
  #series: MetricSeries[] = [];
  /** What was taken out last. */
  taken: MetricSeries[] = [];

  add(series: MetricSeries): void {
    this.#series.push(series);
  }

  take(): EncodedMetrics {
    if (this.#series.length > 0) this.taken = this.#series;
    this.#series = [];
    const count = this.taken.reduce((sum, { samples }) => sum + samples.length, 0);
    return { ...new MetricRows().take(), count };
  }

  clear(): void {
    this.#series = [];
  }
}
