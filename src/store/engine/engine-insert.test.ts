import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { addressOf } from '../../../test/support/store.ts';
import { createLog } from '../../observe/log.ts';
import { type Engine, startEngine } from './engine.ts';

let dataDir: string;
let engine: Engine;
let client: ClickHouseClient;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'engine-insert-'));
  engine = await startEngine({ dataDir, log: createLog('silent') });
  client = createClient({ ...addressOf(engine), log: { level: ClickHouseLogLevel.OFF } });
});

afterAll(async () => {
  await client.close();
  await engine.close();
  await rm(dataDir, { recursive: true, force: true });
});

beforeEach(async () => {
  await client.command({ query: 'DROP TABLE IF EXISTS t SYNC' });
  await client.command({
    query: `CREATE TABLE t (a UInt64, day UInt16 DEFAULT 1, b String DEFAULT 'none', m Map(LowCardinality(String), String),
      size UInt64 MATERIALIZED length(b)) ENGINE = MergeTree PARTITION BY day ORDER BY a
      SETTINGS non_replicated_deduplication_window = 1000, fsync_after_insert = 1`,
  });
});

async function rows(query: string): Promise<unknown[]> {
  const result = await client.query({ query, format: 'JSONCompactEachRow' });
  return result.json<unknown[]>();
}

/** Rows of `a UInt64, day UInt16` in RowBinary. */
function binaryRows(values: readonly (readonly [a: number, day: number])[]): Buffer {
  const data = Buffer.alloc(values.length * 10);
  for (const [i, [a, day]] of values.entries()) {
    data.writeBigUInt64LE(BigInt(a), i * 10);
    data.writeUInt16LE(day, i * 10 + 8);
  }
  return data;
}

async function insertBinary(
  data: Buffer,
  settings: Record<string, string | number> = {},
  columns = '(a, day)',
) {
  const query = `INSERT INTO t ${columns} FORMAT RowBinary`;
  const { stream } = await client.exec({
    query,
    values: Readable.from([data]),
    clickhouse_settings: settings,
  });
  stream.resume();
}

describe('formats', () => {
  test('JSONEachRow: what is missing gets its default', async () => {
    await client.insert({
      table: 't',
      values: [
        { a: 1, m: { k: "it's" } },
        { a: 2, day: 3, b: 'zwei ä' },
      ],
      format: 'JSONEachRow',
    });
    expect(await rows('SELECT *, size FROM t ORDER BY a')).toEqual([
      ['1', 1, 'none', { k: "it's" }, '4'],
      ['2', 3, 'zwei ä', {}, '7'],
    ]);
  });

  test('a list of columns, in another order than the table has', async () => {
    const data = Buffer.alloc(10);
    data.writeUInt16LE(9, 0);
    data.writeBigUInt64LE(2n ** 63n, 2);
    await insertBinary(data, {}, '(day, a)');
    await client.insert({
      table: 't',
      values: [['x', 5]],
      format: 'JSONCompactEachRow',
      columns: ['b', 'a'],
    });
    await client.insert({
      table: 't',
      values: [[6, 2, 'y']],
      format: 'JSONCompactEachRow',
      columns: { except: ['m'] },
    });
    expect(await rows('SELECT a, day, b FROM t ORDER BY a')).toEqual([
      ['5', 1, 'x'],
      ['6', 2, 'y'],
      ['9223372036854775808', 9, 'none'],
    ]);
  });

  test('a result in Native goes back in as it is', async () => {
    const query = 'SELECT number AS a, toUInt16(number % 3) AS day FROM numbers(150000)';
    const { stream } = await client.exec({ query: `${query} FORMAT Native` });
    const chunks: Buffer[] = [];
    for await (const chunk of stream) chunks.push(chunk);
    const values = Readable.from(chunks);
    const inserted = await client.exec({ query: 'INSERT INTO t (a, day) FORMAT Native', values });
    inserted.stream.resume();
    expect(await rows('SELECT count(), sum(a), sum(day) FROM t')).toEqual([
      ['150000', '11249925000', '150000'],
    ]);
  });

  test('values and data within the query', async () => {
    await client.command({ query: "INSERT INTO t (a, b) VALUES (1, 'one;'), (2, 'it''s');" });
    await client.command({ query: 'INSERT INTO t (a, b) FORMAT TSV\n3\tdrei\n4\tvier\n' });
    await client.command({
      query: 'INSERT INTO t (a, b) SELECT number, toString(number) FROM numbers(5, 2)',
    });
    expect(await rows('SELECT a, b FROM t ORDER BY a')).toEqual([
      ['1', 'one;'],
      ['2', "it's"],
      ['3', 'drei'],
      ['4', 'vier'],
      ['5', '5'],
      ['6', '6'],
    ]);
  });

  test('a compressed stream of rows', async () => {
    const compressing = createClient({ ...addressOf(engine), compression: { request: true } });
    const values = Readable.from(
      (function* () {
        for (let a = 0; a < 50_000; a += 1) yield { a, b: `row ${a}` };
      })(),
    );
    await compressing.insert({ table: 't', values, format: 'JSONEachRow' });
    await compressing.close();
    expect(await rows("SELECT count(), sum(a), countIf(b = concat('row ', toString(a))) FROM t")).toEqual([
      ['50000', '1249975000', '50000'],
    ]);
  });

  test('no rows at all', async () => {
    await insertBinary(Buffer.alloc(0));
    expect(await rows('SELECT count() FROM t')).toEqual([['0']]);
  });
});

describe('what goes wrong', () => {
  test('data that ends in the middle of a row leaves nothing', async () => {
    const data = binaryRows(Array.from({ length: 100_000 }, (_, a) => [a, 1] as const));
    await expect(insertBinary(data.subarray(0, -3))).rejects.toMatchObject({
      code: '33',
      message: expect.not.stringContaining('spool'),
    });
    expect(await rows('SELECT count() FROM t')).toEqual([['0']]);
  });

  test.each([
    ['nosuch', 'JSONEachRow', '60'],
    ['t', 'NoSuchFormat', '73'],
  ])('INSERT INTO %s FORMAT %s', async (table, format, code) => {
    const query = `INSERT INTO ${table} FORMAT ${format}`;
    await expect(client.exec({ query, values: Readable.from(['{"a":1}']) })).rejects.toMatchObject({ code });
  });

  test('too many partitions are refused, and taken when told so', async () => {
    const data = binaryRows(Array.from({ length: 150 }, (_, day) => [day, day] as const));
    await expect(insertBinary(data)).rejects.toMatchObject({ code: '252' });
    expect(await rows('SELECT count() FROM t')).toEqual([['0']]);
    await insertBinary(data, { max_partitions_per_insert_block: 0 });
    expect(await rows('SELECT count(), uniqExact(day) FROM t')).toEqual([['150', '150']]);
  });

  test('a connection that is cut while data arrives inserts nothing', async () => {
    const controller = new AbortController();
    const values = new Readable({
      read() {
        this.push(binaryRows([[1, 1]]));
        controller.abort();
      },
    });
    const query = 'INSERT INTO t (a, day) FORMAT RowBinary';
    await expect(client.exec({ query, values, abort_signal: controller.signal })).rejects.toThrow('aborted');
    await insertBinary(binaryRows([[2, 1]]));
    expect(await rows('SELECT a FROM t')).toEqual([['2']]);
  });

  test('nothing is left in the spool', async () => {
    await expect(insertBinary(Buffer.alloc(7))).rejects.toThrow();
    await insertBinary(binaryRows([[1, 1]]));
    await expect.poll(() => readdir(join(dataDir, 'store', 'spool'))).toEqual([]);
  });
});

describe('an insert that is sent again', () => {
  const threeDays = binaryRows(Array.from({ length: 3_000 }, (_, a) => [a, a % 3] as const));
  const count = () => rows('SELECT count() FROM t');

  test('with the same token is stored once, over several partitions', async () => {
    await insertBinary(threeDays, { insert_deduplication_token: 'one' });
    await insertBinary(threeDays, { insert_deduplication_token: 'one' });
    expect(await count()).toEqual([['3000']]);
    await insertBinary(threeDays, { insert_deduplication_token: 'two' });
    expect(await count()).toEqual([['6000']]);
  });

  test('with the same token completes what is missing, partition by partition', async () => {
    await insertBinary(threeDays, { insert_deduplication_token: 'one' });
    await client.command({ query: 'ALTER TABLE t DROP PARTITION 2' });
    await insertBinary(threeDays, { insert_deduplication_token: 'one' });
    expect(await count()).toEqual([['3000']]);
  });

  test('with the same content is stored once, as in a ClickHouse server, unless told otherwise', async () => {
    await insertBinary(threeDays);
    await insertBinary(threeDays);
    expect(await count()).toEqual([['3000']]);
    await insertBinary(threeDays, { insert_deduplicate: 0 });
    expect(await count()).toEqual([['6000']]);
  });

  test('with the same token is stored once, although it makes several blocks', async () => {
    const big = binaryRows(Array.from({ length: 100_000 }, (_, a) => [a, a % 3] as const));
    const settings = {
      insert_deduplication_token: 'big',
      max_block_size: '5000',
      min_insert_block_size_rows: '10000',
      min_insert_block_size_bytes: '0',
    };
    await insertBinary(big, settings);
    await insertBinary(big, settings);
    expect(await rows('SELECT count(), uniqExact(a) FROM t')).toEqual([['100000', '100000']]);
  });
});
