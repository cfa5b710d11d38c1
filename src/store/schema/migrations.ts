import { z } from 'zod';
import type { ClickHouse } from '../clickhouse.ts';
import { identifier, join, type Sql, sql } from '../sql/sql.ts';
import { type AuditTableOptions, auditTableName, auditTimeToLive, createAuditTable } from './audit-table.ts';
import { createMetricTable, type MetricTable, metricTableNames, metricTimeToLive } from './metric-tables.ts';
import { createTable, onCluster, type TableOptions, tableNames, timeToLive } from './tables.ts';

/** What the tables of a database are made with. */
export type MigrationOptions = Omit<TableOptions, 'textIndex'> & AuditTableOptions;

const signals = ['logs', 'traces'] as const;
const metricTables: readonly MetricTable[] = ['series', 'samples'];

/**
 * The steps that make our tables, in order; a step is never changed once it was released, a new one is
 * added. Each can run again after it was cut off half way.
 */
const migrations: readonly {
  readonly name: string;
  steps(options: TableOptions & AuditTableOptions): Sql[];
}[] = [
  {
    name: 'tables of logs and traces',
    steps: (options) => signals.map((signal) => createTable(signal, options)),
  },
  {
    name: 'tables of metrics',
    steps: (options) => metricTables.map((table) => createMetricTable(table, options)),
  },
  { name: 'table of audit records', steps: (options) => [createAuditTable(options)] },
];

/** Brings the database to the newest form, and the tables to the configured retention. */
export async function migrate(clickhouse: ClickHouse, options: MigrationOptions): Promise<void> {
  const { database, cluster } = options;
  const history = sql`${identifier(database)}.kubesense_migrations`;
  const engine = cluster === undefined ? sql`MergeTree` : sql`ReplicatedMergeTree`;
  await clickhouse.run(sql`CREATE DATABASE IF NOT EXISTS ${identifier(database)}${onCluster(cluster)}`);
  await clickhouse.run(
    sql`CREATE TABLE IF NOT EXISTS ${history}${onCluster(cluster)} (version UInt32, name String, applied_at DateTime('UTC') DEFAULT now()) ENGINE = ${engine} ORDER BY version`,
  );
  const [applied] = await clickhouse.rows(sql`SELECT max(version) FROM ${history}`, z.tuple([z.number()]));
  const withIndex = { ...options, textIndex: await hasTextIndex(clickhouse) };
  for (const [index, migration] of migrations.entries()) {
    const version = index + 1;
    if (version <= (applied?.[0] ?? 0)) continue;
    for (const statement of migration.steps(withIndex)) await clickhouse.run(statement);
    await clickhouse.run(sql`INSERT INTO ${history} (version, name) VALUES (${version}, ${migration.name})`);
  }
  await keepRetention(clickhouse, options);
}

async function hasTextIndex(clickhouse: ClickHouse): Promise<boolean> {
  const rows = await clickhouse.rows(
    sql`SELECT value FROM system.settings WHERE name = 'enable_full_text_index'`,
    z.tuple([z.string()]),
  );
  return rows[0]?.[0] === '1';
}

/** Changes the TTL of our tables where the setting was changed; what is stored follows at the next merge. */
async function keepRetention(
  clickhouse: ClickHouse,
  { database, cluster, retention, auditRetention }: MigrationOptions,
): Promise<void> {
  const wanted = new Map<string, Sql>([
    ...signals.map((signal) => [tableNames[signal], timeToLive(retention)] as const),
    ...metricTables.map((table) => [metricTableNames[table], metricTimeToLive(table, retention)] as const),
    [auditTableName, auditTimeToLive(auditRetention)],
  ]);
  const names = [...wanted.keys()].map((name) => sql`${name}`);
  // A table of that name without the column is somebody else's.
  const ours = await clickhouse.rows(
    sql`SELECT name, engine_full FROM system.tables WHERE database = ${database} AND name IN (${join(names, ', ')}) AND name IN (SELECT table FROM system.columns WHERE database = ${database} AND name = 'IngestedAt')`,
    z.tuple([z.string(), z.string()]),
  );
  for (const [name, engine] of ours) {
    const expression = wanted.get(name);
    if (expression === undefined || engine.includes(intervalOf(expression))) continue;
    await clickhouse.run(
      sql`ALTER TABLE ${identifier(database)}.${identifier(name)}${onCluster(cluster)} MODIFY TTL ${expression}`,
    );
  }
}

/** What two retentions differ in: ClickHouse writes the rest of the expression in a form of its own. */
const intervalOf = (expression: Sql): string => /toIntervalSecond\(\d+\)/.exec(expression.text)?.[0] ?? '';
