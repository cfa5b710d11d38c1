import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encodeMetrics, metricSeries } from '../../test/support/metrics.ts';
import { startReadOnlyProxy } from '../../test/support/read-only-proxy.ts';
import { addressOf, insertRecord, startTestEngine, type TestEngine } from '../../test/support/store.ts';
import type { Limits } from '../access/principal.ts';
import { ClickHouse, type ClickHouseOptions } from '../store/clickhouse.ts';
import { identifier, Sql, sql } from '../store/sql/sql.ts';
import { openStore, type Store } from '../store/store.ts';
import { type AdminQueries, createAdminQueries } from './admin-queries.ts';
import { Cursors } from './cursor.ts';

let engine: TestEngine;
let store: Store;

/** 2026-03-01T12:00:30Z */
const now = Date.UTC(2026, 2, 1, 12, 0, 30);
const minute = 60_000;

function queriesOver(over: Store, metrics = over.metrics): AdminQueries {
  const cursors = new Cursors(Buffer.alloc(32));
  return createAdminQueries({ store: over, metrics, now: () => BigInt(now) * 1_000_000n, cursors });
}

const clickhouseOf = (address: ClickHouseOptions['address'], rowsToRead: number) =>
  new ClickHouse({ address, limits: { seconds: 120, memoryBytes: 1_000_000_000, rowsToRead } });

const callOf = (limits: Limits) => ({
  principal: { keyId: 'k', name: 'admin', roles: ['admin' as const], limits },
  signal: new AbortController().signal,
});

const statusOf = async (queries: AdminQueries, limits: Limits = {}) => {
  const found = await queries.storeStatus(callOf(limits));
  return Object.fromEntries(found.map(({ signal, ...rest }) => [signal, rest]));
};

/** Minutes with rows, by how many minutes ago they were. */
const counted = (points: readonly (readonly [number, number])[]) =>
  points.filter(([, rows]) => rows > 0).map(([at, rows]) => [(now - 30_000) / 1000 / 60 - at / 60, rows]);

const ns = (ms: number) => BigInt(ms) * 1_000_000n;

beforeAll(async () => {
  engine = await startTestEngine();
  store = await openStore({
    clickhouse: engine.clickhouse,
    database: 'default',
    retention: 1e9,
    now: () => now,
  });
  const logs = store.table('logs')?.name ?? expect.fail('no table of logs');
  const traces = store.table('traces')?.name ?? expect.fail('no table of traces');
  const of = (cluster: string, namespace: string) => ({
    ResourceAttributes: { 'k8s.cluster.name': cluster, 'k8s.namespace.name': namespace },
  });
  const at = (ms: number) => ({ Timestamp: new Date(ms).toISOString().replace('T', ' ').replace('Z', '') });
  const records: readonly [Sql, number, string, string][] = [
    [logs, 0, 'eu', 'shop'],
    [logs, 30_000, 'eu', 'shop'],
    [logs, 30_001, 'eu', 'bank'],
    [logs, 59 * minute + 30_000, 'us', 'shop'],
    [logs, 59 * minute + 30_001, 'eu', 'old'],
    [logs, 3 * 24 * 60 * minute, 'us', 'older'],
    [traces, 5 * minute, '', ''],
  ];
  for (const [table, ago, cluster, namespace] of records) {
    await insertRecord(engine.clickhouse, table, {
      columns: at(now - 1 - ago),
      maps: of(cluster, namespace),
    });
  }
  await store.insertMetrics(
    encodeMetrics([
      metricSeries({ __name__: 'up', cluster: 'eu', namespace: 'shop' }, [
        { timestamp: now - 2 * minute, value: 1 },
        { timestamp: now - minute, value: 1 },
      ]),
      metricSeries({ __name__: 'up', cluster: 'eu', namespace: 'vault' }, [
        { timestamp: now - minute, value: 1 },
        { timestamp: now - 90 * minute, value: 1 },
      ]),
      metricSeries({ __name__: 'down' }, [{ timestamp: now - minute, value: 1 }]),
    ]),
    { digest: 'a' },
  );
});
afterAll(() => engine.close());

describe('what the store holds', () => {
  test('of each signal', async () => {
    const { logs, traces, metrics } = await statusOf(queriesOver(store));
    expect(logs).toMatchObject({ rows: 6, newest: ns(now - 1), oldest: ns(now - 1 - 3 * 24 * 60 * minute) });
    expect(logs?.rowsPerMinute).toHaveLength(60);
    expect(logs?.rowsPerMinute[0]?.[0]).toBe((now - 30_000) / 1000 - 59 * 60);
    expect(logs?.rowsPerMinute.at(-1)?.[0]).toBe((now - 30_000) / 1000);
    expect(counted(logs?.rowsPerMinute ?? [])).toEqual([
      [1, 2],
      [0, 1],
    ]);
    expect(counted(traces?.rowsPerMinute ?? [])).toEqual([[5, 1]]);
    expect(traces).toMatchObject({ rows: 1, newest: ns(now - 1 - 5 * minute) });
    expect(metrics).toMatchObject({ rows: 5, newest: ns(now - minute), oldest: ns(now - 90 * minute) });
    expect(counted(metrics?.rowsPerMinute ?? [])).toEqual([
      [2, 1],
      [1, 3],
    ]);
    for (const one of [logs, traces, metrics]) expect(one?.bytes).toBeGreaterThan(100);
  });

  test.each<[Limits, number, number, number]>([
    [{ namespaces: ['shop'] }, 3, 0, 2],
    [{ namespaces: ['shop'], clusters: ['us'] }, 1, 0, 0],
    [{ namespaces: ['shop', 'vault'] }, 3, 0, 4],
    [{ clusters: ['eu'] }, 4, 0, 4],
    [{ clusters: [] }, 0, 0, 0],
    [{ namespaces: ["x' OR 1=1 --"] }, 0, 0, 0],
  ])('that %j may see, and no sizes', async (limits, ...expected) => {
    const { logs, traces, metrics } = await statusOf(queriesOver(store), limits);
    const all = [logs, traces, metrics];
    expect(all.map((one) => one?.rows)).toEqual(expected);
    expect(all.map((one) => one?.bytes)).toEqual([null, null, null]);
    for (const one of all) if (one?.rows === 0) expect([one.newest, one.oldest]).toEqual([null, null]);
    const perMinute = all.map((one) =>
      counted(one?.rowsPerMinute ?? []).reduce((sum, [, n = 0]) => sum + n, 0),
    );
    for (const [i, rows] of perMinute.entries()) expect(rows).toBeLessThanOrEqual(expected[i] ?? 0);
  });

  test('by namespace, minute by minute', async () => {
    const { logs, metrics } = await statusOf(queriesOver(store), { namespaces: ['shop'] });
    expect(counted(logs?.rowsPerMinute ?? [])).toEqual([
      [1, 1],
      [0, 1],
    ]);
    expect(logs).toMatchObject({ newest: ns(now - 1), oldest: ns(now - 1 - 59 * minute - 30_000) });
    expect(counted(metrics?.rowsPerMinute ?? [])).toEqual([
      [2, 1],
      [1, 1],
    ]);
    expect(metrics).toMatchObject({ oldest: ns(now - 2 * minute) });
  });

  test('of metrics that are asked elsewhere is not told', async () => {
    const elsewhere = { ...(store.metrics ?? expect.fail('no metrics')) };
    const { metrics, logs } = await statusOf(queriesOver(store, elsewhere));
    expect(metrics).toEqual({ rows: null, bytes: null, newest: null, oldest: null, rowsPerMinute: [] });
    expect(logs?.rows).toBe(6);
  });

  test('without limits takes no row to read', async () => {
    const frugal = clickhouseOf(() => addressOf(engine.engine), 1);
    const queries = queriesOver({ ...store, clickhouse: frugal });
    expect((await statusOf(queries)).logs).toMatchObject({ rows: 6, newest: ns(now - 1) });
    expect((await statusOf(queries, { namespaces: ['shop'] })).logs).toMatchObject({ rows: null });
    await frugal.close();
  });
});

test('a store that does not answer tells nothing, and that is no error', async () => {
  const dead = clickhouseOf(() => undefined, 1);
  const found = await statusOf(queriesOver({ ...store, clickhouse: dead }));
  const nothing = { rows: null, bytes: null, newest: null, oldest: null, rowsPerMinute: [] };
  expect(found).toEqual({ logs: nothing, traces: nothing, metrics: nothing });
});

test("other people's tables, with credentials that only read", async () => {
  const database = 'others';
  await engine.clickhouse.run(sql`CREATE DATABASE ${identifier(database)}`);
  const attributes = 'Map(LowCardinality(String), String)';
  await engine.clickhouse.run(
    new Sql(
      `CREATE TABLE others.otel_logs (Timestamp DateTime64(9), TimestampTime DateTime DEFAULT toDateTime(Timestamp), TraceId String, SpanId String, SeverityText String, SeverityNumber UInt8, ServiceName String, Body String, ResourceAttributes ${attributes}, ScopeName String, LogAttributes ${attributes}) ENGINE = MergeTree PARTITION BY toDate(TimestampTime) ORDER BY (ServiceName, TimestampTime, Timestamp)`,
    ),
  );
  await insertRecord(engine.clickhouse, sql`others.otel_logs`, {
    columns: { Timestamp: '2026-03-01 11:58:00.5', Body: 'x' },
    maps: { ResourceAttributes: { 'k8s.namespace.name': 'shop' } },
  });
  const { url, ...user } = addressOf(engine.engine);
  const proxy = await startReadOnlyProxy(new URL(url), { settings: true });
  const clickhouse = clickhouseOf(() => ({ ...user, url: proxy.url }), 1_000_000);
  const others = await openStore({ clickhouse, database, retention: 60 });
  const { logs, traces, metrics } = await statusOf(queriesOver(others));
  expect(logs).toMatchObject({
    rows: 1,
    newest: ns(now - 2.5 * minute + 500),
    oldest: ns(now - 2.5 * minute + 500),
  });
  expect(counted(logs?.rowsPerMinute ?? [])).toEqual([[2, 1]]);
  expect([traces?.rows, metrics?.rows]).toEqual([null, null]);
  expect(await statusOf(queriesOver(others), { namespaces: ['bank'] })).toMatchObject({ logs: { rows: 0 } });
  await clickhouse.close();
  proxy.close();
});

describe('names that a key can be limited to', () => {
  const values = (field: 'namespace' | 'cluster', limits: Limits = {}) =>
    queriesOver(store).scopeValues(field, callOf(limits));

  test('are those of the last day, in all signals', async () => {
    expect(await values('namespace')).toEqual(['bank', 'old', 'shop', 'vault']);
    expect(await values('cluster')).toEqual(['eu', 'us']);
  });

  test('within the limits of who asks', async () => {
    expect(await values('namespace', { namespaces: ['shop', 'older'] })).toEqual(['shop']);
    expect(await values('cluster', { namespaces: ['vault'] })).toEqual(['eu']);
    expect(await values('namespace', { clusters: ['us'] })).toEqual(['shop']);
    expect(await values('namespace', { namespaces: [] })).toEqual([]);
  });
});
