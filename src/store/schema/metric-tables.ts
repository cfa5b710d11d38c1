import { z } from 'zod';
import type { ClickHouse } from '../clickhouse.ts';
import { identifier, join, type Sql, sql } from '../sql/sql.ts';
import { onCluster, type TableOptions, timeToLive } from './tables.ts';

/**
 * The two tables of metrics: `series` says which series there are on each day (UTC) and what is known of
 * them, `samples` holds their samples without labels.
 */
export const metricTableNames = {
  series: 'kubesense_metric_series',
  samples: 'kubesense_metric_samples',
} as const;
export type MetricTable = keyof typeof metricTableNames;

/**
 * For how long a row of the series table may be taken for stored, in seconds; then it is written again.
 * Its row is kept that much longer than samples are, so that no sample outlives its series.
 */
export const seriesRefreshSeconds = 86_400;

export const metricTableName = (table: MetricTable, database: string): Sql =>
  sql`${identifier(database)}.${identifier(metricTableNames[table])}`;

const text = sql`SimpleAggregateFunction(max, String) CODEC(ZSTD(1))`;
const flag = sql`SimpleAggregateFunction(max, UInt8)`;

/** Rows of the same series and day become one: an empty text gives way, as do an earlier arrival and a 0. */
const seriesColumns: readonly Sql[] = [
  sql`MetricName LowCardinality(String)`,
  sql`Id UInt64`,
  sql`Day Date`,
  // The same in all rows of a series, as its id is made of them. `any` takes no LowCardinality.
  sql`Labels SimpleAggregateFunction(any, Map(String, String)) CODEC(ZSTD(1))`,
  sql`Type ${text}`,
  sql`Unit ${text}`,
  sql`Help ${text}`,
  sql`HasHistograms ${flag}`,
  sql`HasStartTimestamps ${flag}`,
  sql`IngestedAt SimpleAggregateFunction(max, DateTime('UTC')) DEFAULT now()`,
];

const sampleColumns: readonly Sql[] = [
  sql`MetricName LowCardinality(String)`,
  // A dictionary is read in a fifth of the time that the numbers take, and sent as it is.
  sql`Id LowCardinality(UInt64) CODEC(LZ4)`,
  // DoubleDelta takes a tenth less and twice the time.
  sql`Timestamp DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1))`,
  // ZSTD takes half the bytes and twice the time, and each query waits for that.
  sql`Value Float64 CODEC(Delta(8), LZ4)`,
  sql`StartTimestamp DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1))`,
  sql`Histogram String CODEC(ZSTD(1))`,
  sql`IngestedAt DateTime('UTC') DEFAULT now() CODEC(Delta(4), ZSTD(1))`,
];

interface Layout {
  readonly engine: Sql;
  readonly columns: readonly Sql[];
  readonly partition: Sql;
  readonly order: Sql;
  timeToLive(retention: number): Sql;
  readonly settings: Sql;
}

/** The quarter of an hour of a sample, by which the samples of a metric are sorted first. */
export const samplePeriod = (time: Sql): Sql => sql`toStartOfFifteenMinutes(${time})`;

const layouts: Readonly<Record<MetricTable, Layout>> = {
  series: {
    engine: sql`AggregatingMergeTree`,
    columns: seriesColumns,
    partition: sql`Day`,
    order: sql`(MetricName, Id, Day)`,
    timeToLive: (retention) =>
      sql`greatest(toDateTime(Day + 1, 'UTC'), IngestedAt) + toIntervalSecond(${retention + seriesRefreshSeconds})`,
    settings: sql``,
  },
  samples: {
    engine: sql`MergeTree`,
    columns: sampleColumns,
    partition: sql`toDate(Timestamp)`,
    // So a question about some minutes reads that much of a metric instead of the day.
    order: sql`(MetricName, ${samplePeriod(sql`Timestamp`)}, Id, Timestamp)`,
    timeToLive,
    settings: sql`, allow_suspicious_low_cardinality_types = 1`,
  },
};

/** When rows of a table of metrics are dropped, for its TTL clause. */
export const metricTimeToLive = (table: MetricTable, retention: number): Sql =>
  layouts[table].timeToLive(retention);

/** The statement that makes a table of metrics, if it is not there. */
export function createMetricTable(table: MetricTable, options: TableOptions): Sql {
  const { engine, columns, partition, order, settings } = layouts[table];
  const replicated = sql`Replicated${engine}('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')`;
  return sql`CREATE TABLE IF NOT EXISTS ${metricTableName(table, options.database)}${onCluster(options.cluster)} (
  ${join(columns, ',\n  ')}
) ENGINE = ${options.cluster === undefined ? engine : replicated}
PARTITION BY ${partition}
ORDER BY ${order}
TTL ${metricTimeToLive(table, options.retention)}
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000${settings}`;
}

/** Whether a database has the tables of metrics: one that is only read may lack them. */
export async function hasMetricTables(clickhouse: ClickHouse, database: string): Promise<boolean> {
  const names = Object.values(metricTableNames).map((name) => sql`${name}`);
  const found = await clickhouse.rows(
    sql`SELECT name FROM system.tables WHERE database = ${database} AND name IN (${join(names, ', ')})`,
    z.tuple([z.string()]),
    { cheap: true },
  );
  return found.length === names.length;
}
