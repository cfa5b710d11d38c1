import type { ExportSignal } from '../../src/ingest/export-signal.ts';
import type {
  InsertedMetrics,
  MetricSinkOptions,
  Sink,
  SinkBlock,
  SinkOptions,
} from '../../src/ingest/sink.ts';
import type { EncodedMetrics } from '../../src/store/rows/metric-rows.ts';
import type { Signal } from '../../src/telemetry/fields.ts';
import { readSamples, type StoredSample } from './read-metrics.ts';
import { readRows } from './read-rows.ts';

interface Inserted extends SinkBlock, SinkOptions {
  readonly table: Signal;
}

/** Keeps blocks in memory, each token once. `before` runs first, so it can delay or refuse an insert. */
export class MemorySink implements Sink {
  readonly inserted: Inserted[] = [];
  readonly tokens: string[] = [];
  /** What is said of all metrics that come. */
  duplicates = 0;
  readonly metrics = new Map<string, EncodedMetrics>();
  before: (table: ExportSignal, options: { signal?: AbortSignal | undefined }) => void | Promise<void> =
    () => {};

  async insert(table: Signal, block: SinkBlock, options: SinkOptions): Promise<void> {
    this.tokens.push(options.deduplicationToken);
    await this.before(table, options);
    const known = this.inserted.some(
      ({ deduplicationToken }) => deduplicationToken === options.deduplicationToken,
    );
    if (!known) this.inserted.push({ ...block, ...options, table });
  }

  async insertMetrics(metrics: EncodedMetrics, options: MetricSinkOptions): Promise<InsertedMetrics> {
    this.tokens.push(options.digest);
    await this.before('metrics', options);
    this.metrics.set(options.digest, metrics);
    return { duplicates: this.duplicates };
  }

  /** The samples of metrics, without those that have to be added up, read with ClickHouse. */
  samples(): StoredSample[] {
    return [...this.metrics.values()].flatMap(readSamples);
  }

  /** How many rows a table has, by what the blocks say of themselves. */
  count(table: Signal): number {
    return this.inserted.filter((block) => block.table === table).reduce((sum, { rows }) => sum + rows, 0);
  }

  /** The rows of a table, read with ClickHouse. */
  rows(table: Signal): Record<string, unknown>[] {
    return this.inserted
      .filter((block) => block.table === table)
      .flatMap(({ bytes }) => readRows(table, bytes));
  }
}

/** A failure of a store. */
export class SinkError extends Error {
  readonly retryable: boolean;

  constructor(retryable: boolean) {
    super('Code: 999. DB::Exception: secret internals at 10.0.0.7:9000');
    this.retryable = retryable;
  }
}
