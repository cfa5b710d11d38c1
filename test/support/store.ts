import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../src/observe/log.ts';
import { ClickHouse, type ClickHouseAddress } from '../../src/store/clickhouse.ts';
import { type Engine, startEngine } from '../../src/store/engine/engine.ts';
import { identifier, join as joinSql, type Sql, sql } from '../../src/store/sql/sql.ts';

export interface TestEngine {
  readonly engine: Engine;
  readonly clickhouse: ClickHouse;
  close(): Promise<void>;
}

/** A real engine in a temporary folder. */
export async function startTestEngine(): Promise<TestEngine> {
  const dataDir = await mkdtemp(join(tmpdir(), 'kubesense-test-'));
  const engine = await startEngine({ dataDir, log: createLog('silent') });
  const clickhouse = new ClickHouse({
    address: () => engine.address,
    limits: { seconds: 120, memoryBytes: 2_000_000_000, rowsToRead: 1_000_000_000 },
  });
  return {
    engine,
    clickhouse,
    async close() {
      await clickhouse.close();
      await engine.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Where an engine is that is ready. */
export function addressOf(engine: Engine): ClickHouseAddress {
  if (engine.address === undefined) throw new Error('the engine is not ready');
  return engine.address;
}

export interface TestServer {
  readonly url: string;
  readonly username: string;
  readonly password: string;
  /** A database of this run alone. */
  readonly database: string;
  close(): Promise<void>;
}

/**
 * A ClickHouse server: the one that KUBESENSE_TEST_CLICKHOUSE_URL names (`http://user:password@host:8123`),
 * else the engine's process, started by itself.
 */
export async function openTestServer(): Promise<TestServer> {
  const named = process.env.KUBESENSE_TEST_CLICKHOUSE_URL;
  const database = `kubesense_test_${process.pid}`;
  if (named === undefined || named === '') {
    const { engine, close } = await startTestEngine();
    return { ...addressOf(engine), database, close };
  }
  const { origin, username, password } = new URL(named);
  const server = {
    url: origin,
    username: decodeURIComponent(username),
    password: decodeURIComponent(password),
  };
  return {
    ...server,
    database,
    async close() {
      const limits = { seconds: 60, memoryBytes: 1_000_000_000, rowsToRead: 1_000_000_000 };
      const clickhouse = new ClickHouse({ address: () => server, limits });
      await clickhouse.run(sql`DROP DATABASE IF EXISTS ${identifier(database)}`);
      await clickhouse.close();
    },
  };
}

export interface TestRecord {
  /** Columns of text or numbers; absent ones have their default. */
  readonly columns?: Readonly<Record<string, string | number | bigint>>;
  /** Columns of attributes. */
  readonly maps?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const map = (entries: Readonly<Record<string, string>>): Sql =>
  sql`map(${joinSql(
    Object.entries(entries).map(([key, value]) => sql`${key}, ${value}`),
    ', ',
  )})`;

/** Inserts one record, at 2026-01-02T03:04:05Z where it has no time of its own. */
export async function insertRecord(
  clickhouse: ClickHouse,
  table: Sql,
  { columns = {}, maps = {} }: TestRecord,
): Promise<void> {
  const values: readonly (readonly [string, Sql])[] = [
    ['Timestamp', sql`'2026-01-02 03:04:05'`],
    ...Object.entries(columns).map(([name, value]) => [name, sql`${value}`] as const),
    ...Object.entries(maps).map(([name, entries]) => [name, map(entries)] as const),
  ];
  const unique = new Map(values);
  await clickhouse.run(
    sql`INSERT INTO ${table} (${joinSql([...unique.keys()].map(identifier), ', ')}) VALUES (${joinSql([...unique.values()], ', ')})`,
  );
}
