import type { MetricSeries } from './metric-record.ts';
import type { RowBlock } from './row-blocks.ts';

/** Rows of the series table that one request may need; what is known already is left out when they are stored. */
export interface SeriesRows {
  /** Rows in RowBinary, one after another. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Where each row ends. */
  readonly ends: Uint32Array<ArrayBuffer>;
  /** Identifies each row's content: rows with the same key are stored once. */
  readonly keys: readonly string[];
}

/** Series and samples of one request, ready to be moved to another thread and stored. */
export interface EncodedMetrics {
  readonly series: SeriesRows;
  readonly samples: readonly RowBlock[];
  /** Series whose samples have to be added up first, which takes what came before. */
  readonly deltas: readonly MetricSeries[];
  /** Samples in `samples` and `deltas`. */
  readonly count: number;
}
