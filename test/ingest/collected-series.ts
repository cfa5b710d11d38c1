import type { MetricSeries } from '../../src/store/rows/metric-record.ts';
import { type EncodedMetrics, MetricRows } from '../../src/store/rows/metric-rows.ts';

/** Keeps the series that are added, beside their rows. */
export class CollectedSeries extends MetricRows {
  #added: MetricSeries[] = [];
  /** What was taken out last. */
  taken: MetricSeries[] = [];

  override add(series: MetricSeries): void {
    this.#added.push(series);
    super.add(series);
  }

  override take(): EncodedMetrics {
    if (this.#added.length > 0) this.taken = this.#added;
    this.#added = [];
    return super.take();
  }

  override clear(): void {
    this.#added = [];
    super.clear();
  }
}
