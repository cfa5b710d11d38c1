import type { Limits } from '../access/principal.ts';
import type { EncodedMetrics } from '../store/rows/metric-rows.ts';
import type { Signal } from '../telemetry/fields.ts';

/** Rows for one INSERT. */
export interface SinkBlock {
  readonly rows: number;
  /** RowBinary of the columns. */
  readonly bytes: Uint8Array;
  readonly columns: readonly string[];
}

export interface SinkOptions {
  /** Blocks with the same token are stored once, so that a sender may try again. */
  readonly deduplicationToken: string;
  readonly signal?: AbortSignal | undefined;
}

/** Where rows go. */
export interface Sink extends MetricSink {
  /** Resolves when the block is durable; rejects with an error whose `retryable` says whether a later try may work. */
  insert(signal: Signal, block: SinkBlock, options: SinkOptions): Promise<void>;
}

export interface MetricSinkOptions {
  /** The same for the same request: sent again, it is stored once. */
  readonly digest: string;
  /** What the sender may write: what it says of metric families goes to such senders' series alone. */
  readonly limits: Limits;
  readonly signal?: AbortSignal | undefined;
}

export interface InsertedMetrics {
  /** Samples of changes (OTLP's delta temporality) that were left out, as they came too late to be added up. */
  readonly duplicates: number;
}

/** Where series and samples of metrics go. */
export interface MetricSink {
  /** Resolves when all is durable; rejects as `Sink.insert` does. */
  insertMetrics(encoded: EncodedMetrics, options: MetricSinkOptions): Promise<InsertedMetrics>;
}

/** Whether a failure of the sink may pass by itself. Without a word about it, it counts as lasting. */
export function isRetryable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'retryable' in error && error.retryable === true;
}
