import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { startReadOnlyProxy } from '../../../test/support/read-only-proxy.ts';
import { limitedTo } from '../../../test/support/scope.ts';
import { addressOf, insertRecord, startTestEngine, type TestEngine } from '../../../test/support/store.ts';
import { builtinField } from '../../telemetry/fields.ts';
import { ClickHouse } from '../clickhouse.ts';
import { countRecords, searchRecords } from '../search.ts';
import { rowsIn } from '../sql/rows-in.ts';
import { identifier, Sql, sql } from '../sql/sql.ts';
import { openStore } from '../store.ts';

const attributes = 'Map(LowCardinality(String), String)';

/** Tables that other programs make, reduced to the columns that tell them apart. */
const otherTables = {
  'exporter, older': `TimestampTime DateTime DEFAULT toDateTime(Timestamp)) ENGINE = MergeTree PARTITION BY toDate(TimestampTime) ORDER BY (ServiceName, TimestampTime, Timestamp)`,
  'exporter, newest': `EventName String, "__otel_materialized_k8s.namespace.name" LowCardinality(String) MATERIALIZED ResourceAttributes['k8s.namespace.name'], "__otel_materialized_k8s.pod.name" LowCardinality(String) MATERIALIZED ResourceAttributes['k8s.pod.name']) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY (toStartOfFiveMinutes(Timestamp), ServiceName, Timestamp)`,
  ClickStack: `TimestampTime DateTime DEFAULT toDateTime(Timestamp), "__hdx_materialized_k8s.namespace.name" LowCardinality(String) MATERIALIZED ResourceAttributes['k8s.namespace.name']) ENGINE = MergeTree PARTITION BY toDate(TimestampTime) ORDER BY (ServiceName, TimestampTime, Timestamp)`,
};

let test: TestEngine;
beforeAll(async () => {
  test = await startTestEngine();
});
afterAll(() => test?.close());

const field = (name: string) => builtinField('logs', name) ?? expect.fail(`no field ${name}`);
const second = 1_000_000_000n;
const at = BigInt(Date.UTC(2026, 0, 2, 3, 4, 5) / 1000) * second;

it.each(Object.entries(otherTables))('reads the logs of the %s', async (name, rest) => {
  const database = name.replaceAll(/\W+/g, '_');
  const table = sql`${identifier(database)}.otel_logs`;
  await test.clickhouse.run(sql`CREATE DATABASE ${identifier(database)}`);
  await test.clickhouse.run(
    new Sql(
      `CREATE TABLE ${table.text} (Timestamp DateTime64(9), TraceId String, SpanId String, TraceFlags UInt8, SeverityText LowCardinality(String), SeverityNumber UInt8, ServiceName LowCardinality(String), Body String, ResourceAttributes ${attributes}, ScopeName String, LogAttributes ${attributes}, ${rest}`,
    ),
  );
  await insertRecord(test.clickhouse, table, {
    columns: { Body: 'boom', SeverityNumber: 17 },
    maps: { ResourceAttributes: { 'k8s.namespace.name': 'shop', 'k8s.pod.name': 'web-6f6cfc45b-h5m2n' } },
  });

  const store = await openStore({ clickhouse: test.clickhouse, database, retention: 60 });
  const logs = store.table('logs') ?? expect.fail('no table of logs');
  const search = async (from: bigint, to: bigint) => {
    const { records } = await searchRecords(
      test.clickhouse,
      logs,
      {
        window: { from, to },
        scope: limitedTo({ namespaces: ['shop'] }),
        columns: ['timestamp', 'namespace', 'workload', 'level', 'body_length', 'cluster'].map(field),
        order: 'newest',
        limit: 10,
      },
      {},
    );
    return records.map(({ values }) => values);
  };
  expect(await search(at, at + 1n)).toEqual([[at, 'shop', 'web', 'ERROR', 4, null]]);
  expect(await search(at - second, at)).toEqual([]);
  expect(await search(at + 1n, at + second)).toEqual([]);
});

it('says which column a table lacks', async () => {
  await test.clickhouse.run(sql`CREATE DATABASE odd`);
  await test.clickhouse.run(
    sql`CREATE TABLE odd.otel_logs (Timestamp DateTime64(9), Body String, ResourceAttributes JSON) ENGINE = MergeTree ORDER BY Timestamp`,
  );
  await expect(openStore({ clickhouse: test.clickhouse, database: 'odd', retention: 60 })).rejects.toThrow(
    "odd.otel_logs can't be read: its column ResourceAttributes is JSON, expected Map(",
  );
});

it('migrates once, and follows the configured retention', async () => {
  const open = (retention: number) => openStore({ clickhouse: test.clickhouse, database: 'ours', retention });
  await open(3600);
  await open(3600);
  const store = await open(7200);
  expect(store.migrated).toBe(true);
  const engines = await test.clickhouse.rows(
    sql`SELECT name, engine_full FROM system.tables WHERE database = 'ours' AND name LIKE 'otel_%' ORDER BY name`,
    z.tuple([z.string(), z.string()]),
  );
  expect(engines.map(([name]) => name)).toEqual(['otel_logs', 'otel_traces']);
  for (const [, engine] of engines) expect(engine).toContain('toIntervalSecond(7200)');
  const versions = await test.clickhouse.rows(
    sql`SELECT version FROM ours.kubesense_migrations ORDER BY version`,
    z.tuple([z.number()]),
  );
  expect(versions).toEqual([[1], [2], [3]]);
});

it('keeps the tables of metrics by the same retention, series a day longer than samples', async () => {
  const engines = () =>
    test.clickhouse.rows(
      sql`SELECT name, engine_full FROM system.tables WHERE database = 'metrics' AND name LIKE 'kubesense_metric_%' ORDER BY name`,
      z.tuple([z.string(), z.string()]),
    );
  for (const retention of [3600, 7200]) {
    await openStore({ clickhouse: test.clickhouse, database: 'metrics', retention });
    expect(await engines()).toEqual([
      ['kubesense_metric_samples', expect.stringContaining(`toIntervalSecond(${retention})`)],
      ['kubesense_metric_series', expect.stringContaining(`toIntervalSecond(${retention + 86_400})`)],
    ]);
  }
});

it('keeps audit records by a retention of their own, which looking at them does not change', async () => {
  const engine = () =>
    test.clickhouse.rows(
      sql`SELECT engine_full FROM system.tables WHERE database = 'audited' AND name = 'kubesense_audit'`,
      z.tuple([z.string()]),
    );
  const options = { clickhouse: test.clickhouse, database: 'audited', retention: 60 };
  await openStore(options);
  expect(await engine()).toEqual([[expect.stringContaining('toIntervalSecond(7776000)')]]);
  await openStore({ ...options, auditRetention: 3600 });
  expect(await engine()).toEqual([[expect.stringContaining('toIntervalSecond(3600)')]]);
  const looked = await openStore({ ...options, auditRetention: 60, asIs: true });
  expect(looked.audit).toBeDefined();
  expect(await engine()).toEqual([[expect.stringContaining('toIntervalSecond(3600)')]]);
  const nowhere = await openStore({ ...options, database: 'nowhere', asIs: true });
  expect([nowhere.audit, nowhere.table('logs')]).toEqual([undefined, undefined]);
});

it('drops a record a retention after the later of its time and its arrival', async () => {
  const store = await openStore({ clickhouse: test.clickhouse, database: 'ageing', retention: 86_400 });
  const logs = store.table('logs') ?? expect.fail('no table of logs');
  const old = { Timestamp: '2020-01-01 00:00:00', Body: 'old recording, loaded today' };
  await insertRecord(test.clickhouse, logs.name, { columns: old });
  await insertRecord(test.clickhouse, logs.name, {
    columns: { ...old, Timestamp: '2020-01-02 00:00:00', IngestedAt: '2020-01-02 00:00:00' },
  });
  await test.clickhouse.run(sql`OPTIMIZE TABLE ${logs.name} FINAL`);
  const left = await test.clickhouse.rows(
    sql`SELECT toString(Timestamp) FROM ${logs.name} WHERE ${rowsIn(logs, { window: { from: 0n, to: at }, scope: limitedTo() })}`,
    z.tuple([z.string()]),
  );
  expect(left).toEqual([['2020-01-01 00:00:00.000000000']]);
});

describe.each([
  ['that may bring settings', true],
  ['with readonly = 1', false],
])('read-only credentials %s', (_, settings) => {
  let proxy: Awaited<ReturnType<typeof startReadOnlyProxy>>;
  let clickhouse: ClickHouse;

  beforeAll(async () => {
    await openStore({ clickhouse: test.clickhouse, database: 'shared', retention: 60 });
    const { url, ...credentials } = addressOf(test.engine);
    proxy = await startReadOnlyProxy(new URL(url), { settings });
    const limits = { seconds: 120, memoryBytes: 2_000_000_000, rowsToRead: 1_000_000_000 };
    clickhouse = new ClickHouse({ address: () => ({ url: proxy.url, ...credentials }), limits });
  });
  afterAll(async () => {
    await clickhouse.close();
    proxy.close();
  });

  it('read the tables that are there', async () => {
    const store = await openStore({ clickhouse, database: 'shared', retention: 60 });
    expect(store.migrated).toBe(false);
    expect(store.audit).toBeUndefined();
    const logs = store.table('logs') ?? expect.fail('no table of logs');
    const counted = await countRecords(
      clickhouse,
      logs,
      { window: { from: 0n, to: at }, scope: limitedTo() },
      {},
    );
    expect(counted).toBe(0);
  });

  it('create nothing where there is nothing', async () => {
    const store = await openStore({ clickhouse, database: 'nothing', retention: 60 });
    expect(store.table('logs')).toBeUndefined();
    const block = { rows: 1, bytes: new Uint8Array(1), columns: ['Body'] };
    await expect(store.insert('logs', block, { deduplicationToken: 'a' })).rejects.toMatchObject({
      kind: 'denied',
      retryable: false,
    });
    const databases = await test.clickhouse.rows(
      sql`SELECT count() FROM system.databases WHERE name = 'nothing'`,
      z.tuple([z.coerce.number()]),
    );
    expect(databases).toEqual([[0]]);
  });
});
