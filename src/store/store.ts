import type { Signal } from '../telemetry/fields.ts';
import { AuditTable } from './audit/audit-table.ts';
import type { Block, ClickHouse, InsertOptions } from './clickhouse.ts';
import type { MetricStore } from './metrics/metric-store.ts';
import { type InsertedMetrics, type InsertMetricsOptions, MetricWriter } from './metrics/metric-writer.ts';
import { tableMetricStore } from './metrics/table-metric-store.ts';
import type { EncodedMetrics } from './rows/metric-rows.ts';
import { auditTable, hasAuditTable } from './schema/audit-table.ts';
import { inspectTable } from './schema/inspect.ts';
import { hasMetricTables, metricTableName } from './schema/metric-tables.ts';
import { type MigrationOptions, migrate } from './schema/migrations.ts';
import type { SignalTable } from './schema/signal-table.ts';
import { tableNames } from './schema/tables.ts';
import { StoreError } from './store-error.ts';

export interface StoreOptions {
  readonly clickhouse: ClickHouse;
  readonly database: string;
  readonly cluster?: string | undefined;
  /** Seconds that a record is kept. */
  readonly retention: number;
  /** Seconds that an audit record is kept; 90 days when absent. */
  readonly auditRetention?: number | undefined;
  /** The tables that are there are taken as they are: none is made, and no retention is changed. */
  readonly asIs?: boolean | undefined;
  /** Milliseconds since the epoch; the system's clock when absent. */
  readonly now?: () => number;
}

/** The tables of logs, traces and metrics in one ClickHouse. */
export interface Store {
  readonly clickhouse: ClickHouse;
  /** Where its tables are. */
  readonly database: string;
  /** False where the tables are used as they are, as the credentials allow no more, or no more was asked. */
  readonly migrated: boolean;
  /** Where a signal is stored; undefined where the store has no table of it. */
  table(signal: Signal): SignalTable | undefined;
  /** Stores a block of rows; resolves when it is durable, rejects with a `StoreError`. */
  insert(signal: Signal, block: Block, options: InsertOptions): Promise<void>;
  /** The metrics that are stored here; undefined where there are no tables of them. */
  readonly metrics: MetricStore | undefined;
  /** What was done with keys; undefined where there is no table of it, or only the credentials to read it. */
  readonly audit: AuditTable | undefined;
  /** Stores series and samples; resolves when they are durable, rejects with a `StoreError`. */
  insertMetrics(encoded: EncodedMetrics, options: InsertMetricsOptions): Promise<InsertedMetrics>;
}

/** Makes or migrates the tables where the credentials allow it, and looks at what is there. */
export async function openStore({
  clickhouse,
  database,
  cluster,
  retention,
  auditRetention = 90 * 86_400,
  asIs = false,
  now = Date.now,
}: StoreOptions): Promise<Store> {
  await clickhouse.connect();
  const migrated = !asIs && (await tryMigrate(clickhouse, { database, cluster, retention, auditRetention }));
  const tables: Record<Signal, SignalTable | undefined> = {
    logs: await inspectTable(clickhouse, database, 'logs'),
    traces: await inspectTable(clickhouse, database, 'traces'),
  };
  const hasMetrics = await hasMetricTables(clickhouse, database);
  const hasAudit = (migrated || asIs) && (await hasAuditTable(clickhouse, database));
  const metricWriter = new MetricWriter({
    insert: (table, block, options) => clickhouse.insert(metricTableName(table, database), block, options),
    now,
  });
  return {
    clickhouse,
    database,
    migrated,
    metrics: hasMetrics
      ? tableMetricStore({
          clickhouse,
          series: metricTableName('series', database),
          samples: metricTableName('samples', database),
        })
      : undefined,
    table: (signal) => tables[signal],
    async insert(signal, block, options) {
      const table = tables[signal];
      if (table === undefined) {
        throw new StoreError('denied', `the store has no table of ${signal}, and none could be made`);
      }
      const missing = block.columns.filter((column) => !table.columns.has(column));
      if (missing.length > 0) {
        throw new StoreError('denied', `${tableNames[signal]} has no column ${missing.join(', ')}`);
      }
      await clickhouse.insert(table.name, block, options);
    },
    audit: hasAudit ? new AuditTable(clickhouse, auditTable(database)) : undefined,
    async insertMetrics(encoded, options) {
      if (!hasMetrics) {
        throw new StoreError('denied', 'the store has no tables of metrics, and none could be made');
      }
      return metricWriter.insert(encoded, options);
    },
  };
}

async function tryMigrate(clickhouse: ClickHouse, options: MigrationOptions): Promise<boolean> {
  try {
    await migrate(clickhouse, options);
    return true;
  } catch (error) {
    if (error instanceof StoreError && error.kind === 'denied') return false;
    throw error;
  }
}
