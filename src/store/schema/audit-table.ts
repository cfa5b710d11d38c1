import { z } from 'zod';
import type { ClickHouse } from '../clickhouse.ts';
import { identifier, type Sql, sql } from '../sql/sql.ts';
import { onCluster } from './tables.ts';

/** What was done with keys, a row for each. */
export const auditTableName = 'kubesense_audit';

export const auditTable = (database: string): Sql =>
  sql`${identifier(database)}.${identifier(auditTableName)}`;

export interface AuditTableOptions {
  readonly database: string;
  readonly cluster?: string | undefined;
  /** Seconds that a record is kept. */
  readonly auditRetention: number;
}

export const auditTimeToLive = (retention: number): Sql =>
  sql`toDateTime(Time) + toIntervalSecond(${retention})`;

/** The statement that makes the table, if it is not there. */
export function createAuditTable({ database, cluster, auditRetention }: AuditTableOptions): Sql {
  const engine =
    cluster === undefined
      ? sql`MergeTree`
      : sql`ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')`;
  return sql`CREATE TABLE IF NOT EXISTS ${auditTable(database)}${onCluster(cluster)} (
  Time DateTime64(3, 'UTC') CODEC(Delta(8), ZSTD(1)),
  KeyId LowCardinality(String),
  KeyName LowCardinality(String),
  Action LowCardinality(String),
  Query String CODEC(ZSTD(1)),
  WindowFrom Nullable(Int64) CODEC(ZSTD(1)),
  WindowTo Nullable(Int64) CODEC(ZSTD(1)),
  Rows Nullable(UInt64) CODEC(ZSTD(1)),
  DurationMs Float64 CODEC(ZSTD(1)),
  Outcome LowCardinality(String),
  IngestedAt DateTime('UTC') DEFAULT now() CODEC(Delta(4), ZSTD(1))
) ENGINE = ${engine}
PARTITION BY toMonday(Time)
ORDER BY Time
TTL ${auditTimeToLive(auditRetention)}
SETTINGS fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000`;
}

export async function hasAuditTable(clickhouse: ClickHouse, database: string): Promise<boolean> {
  const found = await clickhouse.rows(
    sql`SELECT name FROM system.columns WHERE database = ${database} AND table = ${auditTableName} AND name = 'IngestedAt'`,
    z.tuple([z.string()]),
    { cheap: true },
  );
  return found.length > 0;
}
