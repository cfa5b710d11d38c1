import type { Signal } from '../../telemetry/fields.ts';
import { identifier, join, type Sql, sql } from '../sql/sql.ts';
import { fieldExpressions, materializedColumn, materializedFields } from './expressions.ts';

/** Names of the tables, as the OpenTelemetry Collector's ClickHouse exporter has them. */
export const tableNames: Readonly<Record<Signal, string>> = { logs: 'otel_logs', traces: 'otel_traces' };

export interface TableOptions {
  readonly database: string;
  /** Makes replicated tables on this cluster. */
  readonly cluster?: string | undefined;
  /** Seconds that a record is kept, counted from the later of its time and its arrival. */
  readonly retention: number;
  /** The server has text indexes; without, a token bloom filter takes their place. */
  readonly textIndex: boolean;
}

const attributeIndexes = (columns: readonly string[]): Sql[] =>
  columns.flatMap((column) => [
    sql`INDEX ${identifier(`idx_${column}_key`)} mapKeys(${identifier(column)}) TYPE bloom_filter(0.01) GRANULARITY 1`,
    sql`INDEX ${identifier(`idx_${column}_value`)} mapValues(${identifier(column)}) TYPE bloom_filter(0.01) GRANULARITY 1`,
  ]);

/** Columns of the exporter's newest form. */
const logColumns: readonly Sql[] = [
  sql`Timestamp DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1))`,
  sql`TraceId String CODEC(ZSTD(1))`,
  sql`SpanId String CODEC(ZSTD(1))`,
  sql`TraceFlags UInt8`,
  sql`SeverityText LowCardinality(String) CODEC(ZSTD(1))`,
  sql`SeverityNumber UInt8`,
  sql`ServiceName LowCardinality(String) CODEC(ZSTD(1))`,
  sql`Body String CODEC(ZSTD(1))`,
  sql`ResourceSchemaUrl LowCardinality(String) CODEC(ZSTD(1))`,
  sql`ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1))`,
  sql`ScopeSchemaUrl LowCardinality(String) CODEC(ZSTD(1))`,
  sql`ScopeName String CODEC(ZSTD(1))`,
  sql`ScopeVersion LowCardinality(String) CODEC(ZSTD(1))`,
  sql`ScopeAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1))`,
  sql`LogAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1))`,
  sql`EventName String CODEC(ZSTD(1))`,
];

const traceColumns: readonly Sql[] = [
  sql`Timestamp DateTime64(9, 'UTC') CODEC(Delta(8), ZSTD(1))`,
  sql`TraceId String CODEC(ZSTD(1))`,
  sql`SpanId String CODEC(ZSTD(1))`,
  sql`ParentSpanId String CODEC(ZSTD(1))`,
  sql`TraceState String CODEC(ZSTD(1))`,
  sql`SpanName LowCardinality(String) CODEC(ZSTD(1))`,
  sql`SpanKind LowCardinality(String) CODEC(ZSTD(1))`,
  sql`ServiceName LowCardinality(String) CODEC(ZSTD(1))`,
  sql`ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1))`,
  sql`ScopeName String CODEC(ZSTD(1))`,
  sql`ScopeVersion String CODEC(ZSTD(1))`,
  sql`SpanAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1))`,
  sql`Duration UInt64 CODEC(T64, ZSTD(1))`,
  sql`StatusCode LowCardinality(String) CODEC(ZSTD(1))`,
  sql`StatusMessage String CODEC(ZSTD(1))`,
  sql`Events Nested (Timestamp DateTime64(9, 'UTC'), Name LowCardinality(String), Attributes Map(LowCardinality(String), String)) CODEC(ZSTD(1))`,
  sql`Links Nested (TraceId String, SpanId String, TraceState String, Attributes Map(LowCardinality(String), String)) CODEC(ZSTD(1))`,
];

const traceIdIndex = sql`INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1`;

function indexes(signal: Signal, textIndex: boolean): readonly Sql[] {
  if (signal === 'traces') {
    return [
      traceIdIndex,
      sql`INDEX idx_duration Duration TYPE minmax GRANULARITY 1`,
      ...attributeIndexes(['ResourceAttributes', 'SpanAttributes']),
    ];
  }
  const tokens = textIndex
    ? sql`text(tokenizer = 'splitByNonAlpha')`
    : sql`tokenbf_v1(32768, 3, 0) GRANULARITY 1`;
  return [
    traceIdIndex,
    sql`INDEX idx_body lower(Body) TYPE ${tokens}`,
    ...attributeIndexes(['ResourceAttributes', 'LogAttributes']),
  ];
}

function materialized(signal: Signal): Sql[] {
  return materializedFields(signal).map((field) => {
    const expression = fieldExpressions[signal][field];
    if (expression === undefined) throw new Error(`${signal} have no expression for ${field}`);
    const column = identifier(materializedColumn(field));
    return field === 'body_length'
      ? sql`${column} UInt64 MATERIALIZED ${expression} CODEC(T64, ZSTD(1))`
      : sql`${column} LowCardinality(String) MATERIALIZED ${expression}`;
  });
}

export const tableName = (signal: Signal, database: string): Sql =>
  sql`${identifier(database)}.${identifier(tableNames[signal])}`;

export const onCluster = (cluster: string | undefined): Sql =>
  cluster === undefined ? sql`` : sql` ON CLUSTER ${identifier(cluster)}`;

/** When a record is dropped: an old recording that is loaded today stays for the whole retention. */
export const timeToLive = (retention: number): Sql =>
  sql`toDateTime(greatest(Timestamp, toDateTime64(IngestedAt, 9))) + toIntervalSecond(${retention})`;

/** The statement that makes our table of a signal, if it is not there. */
export function createTable(signal: Signal, options: TableOptions): Sql {
  const columns = [
    ...(signal === 'logs' ? logColumns : traceColumns),
    sql`IngestedAt DateTime('UTC') DEFAULT now() CODEC(Delta(4), ZSTD(1))`,
    ...materialized(signal),
    ...indexes(signal, options.textIndex),
  ];
  const engine =
    options.cluster === undefined
      ? sql`MergeTree`
      : sql`ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')`;
  return sql`CREATE TABLE IF NOT EXISTS ${tableName(signal, options.database)}${onCluster(options.cluster)} (
  ${join(columns, ',\n  ')}
) ENGINE = ${engine}
PARTITION BY toDate(Timestamp)
ORDER BY (toStartOfFiveMinutes(Timestamp), ServiceName, Timestamp)
TTL ${timeToLive(options.retention)}
SETTINGS ttl_only_drop_parts = 1, fsync_after_insert = 1, fsync_part_directory = 1, non_replicated_deduplication_window = 1000`;
}
