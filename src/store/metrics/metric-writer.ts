import type { Limits } from '../../telemetry/scope.ts';
import type { Block, InsertOptions } from '../clickhouse.ts';
import { DayBlocks, type RowBlock } from '../rows/day-blocks.ts';
import { sampleRowColumns, seriesRowColumns } from '../rows/metric-columns.ts';
import { type EncodedMetrics, MetricRows } from '../rows/metric-rows.ts';
import { completeRow, metadataKey, metricNameOf, type SeriesRows } from '../rows/series-rows.ts';
import { type MetricTable, seriesRefreshSeconds } from '../schema/metric-tables.ts';
import { StoreError } from '../store-error.ts';
import { DeltaAccumulator } from './delta-accumulator.ts';
import { KnownRows } from './known-rows.ts';
import { RememberedFamilies } from './remembered-families.ts';

export interface InsertMetricsOptions {
  /** The same for the same request: sent again, it is stored once. */
  readonly digest: string;
  /** What the sender's key may write; absent: everything. What it says of families goes to such senders' series alone. */
  readonly limits?: Limits | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface InsertedMetrics {
  /** Samples of deltas that were left out, as they were not newer than what had been added up. */
  readonly duplicates: number;
}

export interface MetricWriterOptions {
  /** Stores a block; resolves when it is durable, rejects with a `StoreError`. */
  readonly insert: (table: MetricTable, block: Block, options: InsertOptions) => Promise<void>;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

const columns: Readonly<Record<MetricTable, readonly string[]>> = {
  series: seriesRowColumns.map(({ name }) => name),
  samples: sampleRowColumns.map(({ name }) => name),
};
const mostKnownRows = 1_000_000;

/**
 * Stores metrics: first the series that are not known to be stored, then their samples, so that no sample
 * is ever without its series.
 */
export class MetricWriter {
  readonly #options: MetricWriterOptions;
  readonly #known: KnownRows;
  readonly #families = new RememberedFamilies();
  readonly #deltas = new DeltaAccumulator();
  readonly #cumulative = new MetricRows();
  readonly #unknown = new DayBlocks();

  constructor(options: MetricWriterOptions) {
    this.#options = options;
    this.#known = new KnownRows({
      capacity: mostKnownRows,
      milliseconds: seriesRefreshSeconds * 1000,
      now: options.now,
    });
  }

  /** Resolves when all is durable; rejects with a `StoreError`, after which the same can be sent again. */
  async insert(encoded: EncodedMetrics, options: InsertMetricsOptions): Promise<InsertedMetrics> {
    this.#families.remember(options.limits ?? {}, encoded.families);
    try {
      await this.#store(encoded, options.digest, options);
      const duplicates = await this.#deltas.add(encoded.deltas, async (cumulative) => {
        for (const series of cumulative) this.#cumulative.add(series);
        await this.#store(this.#cumulative.take(), `${options.digest}-deltas`, options);
      });
      return { duplicates };
    } catch (error) {
      // The tables may have been lost, or be others from now on.
      if (!(error instanceof StoreError) || !passing.has(error.kind)) this.#known.clear();
      throw error;
    }
  }

  async #store(
    { series, samples }: Pick<EncodedMetrics, 'series' | 'samples'>,
    token: string,
    { limits = {}, signal }: InsertMetricsOptions,
  ): Promise<void> {
    const unknown = this.#unknownRows(series, limits);
    // Which rows are unknown differs from one try to the next, so a token of the request would drop some.
    // Rows that are stored twice become one by themselves.
    await this.#insertAll('series', unknown.blocks, `${token}-series-${this.#options.now()}`, signal);
    this.#known.add(unknown.keys);
    await this.#insertAll('samples', samples, token, signal);
  }

  async #insertAll(
    table: MetricTable,
    blocks: readonly RowBlock[],
    token: string,
    signal: AbortSignal | undefined,
  ): Promise<void> {
    for (const [index, block] of blocks.entries()) {
      const options = { deduplicationToken: `${token}-${index}`, signal };
      await this.#options.insert(table, { ...block, columns: columns[table] }, options);
    }
  }

  #unknownRows({ bytes, ends, days, bare, keys }: SeriesRows, limits: Limits): UnknownRows {
    this.#known.forgetOld();
    const metadataOf = this.#families.lookup(limits);
    const rowAt = (i: number): Uint8Array => bytes.subarray(ends[i - 1] ?? 0, ends[i]);
    const unknown: string[] = [];
    keys.forEach((ownKey, i) => {
      const metadata = bare[i] === 1 ? metadataOf(metricNameOf(rowAt(i))) : undefined;
      const key = metadata === undefined ? ownKey : ownKey + metadataKey(metadata);
      if (this.#known.has(key)) return;
      this.#unknown.writer.raw(metadata === undefined ? rowAt(i) : completeRow(rowAt(i), metadata));
      this.#unknown.endRow(days[i] ?? 0);
      unknown.push(key);
    });
    return { blocks: this.#unknown.take(), keys: unknown };
  }
}

interface UnknownRows {
  readonly blocks: readonly RowBlock[];
  readonly keys: readonly string[];
}

/** Failures that say nothing about what is stored. */
const passing: ReadonlySet<StoreError['kind']> = new Set(['busy', 'timeout', 'memory', 'aborted']);
