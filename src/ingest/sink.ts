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
export interface Sink {
  /** Resolves when the block is durable; rejects with an error whose `retryable` says whether a later try may work. */
  insert(signal: Signal, block: SinkBlock, options: SinkOptions): Promise<void>;
}

/** Whether a failure of the sink may pass by itself. Without a word about it, it counts as lasting. */
export function isRetryable(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'retryable' in error && error.retryable === true;
}
