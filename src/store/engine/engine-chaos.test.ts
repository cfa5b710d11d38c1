import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type ClickHouseClient, ClickHouseError, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { addressOf } from '../../../test/support/store.ts';
import { createLog } from '../../observe/log.ts';
import { type Engine, startEngine } from './engine.ts';

const clients = 16;
const requestsEach = 125;
const batchRows = 50;

let dataDir: string;
let engine: Engine;
const restarts: boolean[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'engine-chaos-'));
  engine = await startEngine({ dataDir, log: createLog('silent'), memoryLimitBytes: 1024 ** 3 });
  engine.onStateChange((ready) => restarts.push(ready));
});

afterAll(async () => {
  await engine.close();
  await rm(dataDir, { recursive: true, force: true });
});

/** One step of a client: `id` is its own, in all the test. It throws where an answer is wrong. */
type Step = (client: ClickHouseClient, id: number, random: () => number) => Promise<void>;

// What has to wait, waits: all 16 clients together have three lanes.
const patient = { queue_max_wait_ms: 60_000 };

async function json<T>(
  client: ClickHouseClient,
  query: string,
  settings: Record<string, string | number> = {},
): Promise<T[]> {
  const result = await client.query({
    query,
    format: 'JSONEachRow',
    clickhouse_settings: { ...patient, ...settings },
  });
  return result.json<T>();
}

/** The error's code; 'aborted' where the connection was cut. */
async function codeOf(failing: Promise<unknown>): Promise<string> {
  try {
    await failing;
  } catch (error) {
    if (error instanceof ClickHouseError) return error.code;
    if (error instanceof Error && /abort|ResultSet has been closed/i.test(error.message)) return 'aborted';
    throw error;
  }
  throw new Error('it did not fail');
}

const steps: readonly (readonly [weight: number, name: string, step: Step])[] = [
  [
    20,
    'a sum',
    async (client, id) => {
      const query = `SELECT ${id} AS id, sum(number) AS sum FROM numbers(${id})`;
      expect(await json(client, query)).toEqual([{ id, sum: String((id * (id - 1)) / 2) }]);
    },
  ],
  [
    15,
    'parameters',
    async (client, id) => {
      const text = `it's ${id} \\ \t "x"`;
      const result = await client.query({
        query: 'SELECT {text:String} AS text, {id:UInt32} + 1 AS next',
        format: 'JSONEachRow',
        query_params: { text, id },
        clickhouse_settings: { ...patient, priority: '1' },
      });
      expect(await result.json()).toEqual([{ text, next: String(id + 1) }]);
    },
  ],
  [
    8,
    'many rows',
    async (client, id) => {
      const query = `SELECT ${id} AS id, number AS n FROM numbers(100000)`;
      const rows = await json<{ id: number; n: string }>(client, query);
      expect(rows.length).toBe(100_000);
      expect(rows.every((row, i) => row.id === id && row.n === String(i))).toBe(true);
    },
  ],
  [
    6,
    'binary rows',
    async (client, id) => {
      const query = `SELECT toUInt32(number), toUInt32(${id}) FROM numbers(100000) FORMAT RowBinary`;
      const { stream } = await client.exec({ query, clickhouse_settings: patient });
      const chunks: Buffer[] = [];
      for await (const chunk of stream) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      expect(bytes.length).toBe(800_000);
      for (let n = 0; n < 100_000; n += 1) {
        if (bytes.readUInt32LE(n * 8) !== n || bytes.readUInt32LE(n * 8 + 4) !== id)
          throw new Error(`row ${n}`);
      }
    },
  ],
  [
    6,
    'a document',
    async (client, id) => {
      const query = `SELECT ${id} AS id, number AS n FROM numbers(3)`;
      const result = await client.query({ query, format: 'JSON', clickhouse_settings: patient });
      expect(await result.json()).toMatchObject({ rows: 3, data: ['0', '1', '2'].map((n) => ({ id, n })) });
    },
  ],
  [
    4,
    'tables',
    async (client) => {
      const result = await client.query({
        query: 'SHOW TABLES',
        format: 'CSV',
        clickhouse_settings: patient,
      });
      expect(await result.text()).toBe('"chaos"\n');
    },
  ],
  [
    10,
    'an insert that is read back',
    async (client, id) => {
      const values = Array.from({ length: batchRows }, (_, n) => ({ batch: id, n }));
      await client.insert({ table: 'chaos', values, format: 'JSONEachRow', clickhouse_settings: patient });
      const query = `SELECT count() AS rows, sum(n) AS sum FROM chaos WHERE batch = ${id}`;
      const sum = (batchRows * (batchRows - 1)) / 2;
      expect(await json(client, query)).toEqual([{ rows: String(batchRows), sum: String(sum) }]);
    },
  ],
  [
    4,
    'an insert of damaged data',
    async (client, id) => {
      const values = Readable.from([Buffer.alloc(batchRows * 16 - 5, id % 256)]);
      const insert = client.exec({
        query: 'INSERT INTO chaos FORMAT RowBinary',
        values,
        clickhouse_settings: patient,
      });
      expect(await codeOf(insert)).toBe('33');
    },
  ],
  [
    6,
    'a syntax error',
    async (client, id) => {
      const failing = json(client, `SELECT ${id} AS id FROM FROM wrong${id}`);
      await expect(failing).rejects.toMatchObject({
        code: '62',
        message: expect.stringContaining(`wrong${id}`),
      });
    },
  ],
  [
    4,
    'an unknown table',
    async (client, id) => {
      const failing = json(client, `SELECT * FROM missing_${id}`);
      await expect(failing).rejects.toMatchObject({
        code: '60',
        message: expect.stringContaining(`missing_${id}`),
      });
    },
  ],
  [
    6,
    'a failure before anything was sent',
    async (client, id) => {
      const failing = json(
        client,
        `SELECT throwIf(number = 500000, 'thrown by ${id}') AS t FROM numbers(1000000) WHERE t`,
      );
      await expect(failing).rejects.toMatchObject({
        code: '395',
        message: expect.stringContaining(`thrown by ${id}`),
      });
    },
  ],
  [
    5,
    'a failure within the result',
    async (client, id) => {
      const query = `SELECT ${id}, number, throwIf(number = 150000, 'thrown by ${id}') FROM numbers(300000)`;
      const failing = json(client, query);
      await expect(failing).rejects.toMatchObject({
        code: '395',
        message: expect.stringContaining(`thrown by ${id}`),
      });
      const read = async () => {
        const { stream } = await client.exec({
          query: `${query} FORMAT RowBinary`,
          clickhouse_settings: patient,
        });
        for await (const _ of stream);
      };
      expect(['395', 'aborted']).toContain(await codeOf(read()));
    },
  ],
  [
    2,
    'a time-out',
    async (client) => {
      const query = 'SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))';
      expect(await codeOf(json(client, query, { max_execution_time: 0.1 }))).toBe('159');
    },
  ],
  [
    2,
    'too much memory',
    async (client) => {
      const query = 'SELECT length(groupArray(toString(number))) FROM numbers(100000000)';
      expect(await codeOf(json(client, query, { max_memory_usage: '20000000' }))).toBe('241');
    },
  ],
  [
    5,
    'an abort',
    async (client, id, random) => {
      const controller = new AbortController();
      setTimeout(() => controller.abort(), random() * 80);
      const query = `SELECT ${id}, count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))`;
      const failing = client.query({
        query,
        format: 'JSON',
        abort_signal: controller.signal,
        clickhouse_settings: patient,
      });
      expect(await codeOf(failing)).toBe('aborted');
    },
  ],
  [
    5,
    'a result that is closed early',
    async (client, id) => {
      const query = `SELECT ${id} AS id, number AS n FROM numbers(1000000000)`;
      const result = await client.query({ query, format: 'JSONEachRow', clickhouse_settings: patient });
      for await (const rows of result.stream<{ id: number; n: string }>()) {
        expect(rows[0]?.json()).toEqual({ id, n: '0' });
        break;
      }
      result.close();
    },
  ],
];

/** Numbers in [0, 1), the same for each seed: the Lehmer generator with Park and Miller's parameters. */
function randomNumbers(seed: number): () => number {
  let state = (seed * 1_000_003) % 2_147_483_647;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

/** Each step as often as its weight says. */
const lots = steps.flatMap(([weight, name, step]) => Array.from({ length: weight }, () => ({ name, step })));

function pick(random: () => number) {
  const lot = lots[Math.floor(random() * lots.length)];
  if (lot === undefined) throw new RangeError('a random number that is not in [0, 1)');
  return lot;
}

test(`${clients * requestsEach} mixed requests from ${clients} clients: each gets its own answer, or its own error`, async () => {
  const connect = () =>
    createClient({ ...addressOf(engine), request_timeout: 120_000, log: { level: ClickHouseLogLevel.OFF } });
  const first = connect();
  await first.command({
    query:
      'CREATE TABLE chaos (batch UInt64, n UInt64) ENGINE = MergeTree ORDER BY (batch, n) SETTINGS fsync_after_insert = 1',
  });
  const done = new Map<string, number>();
  const wrong: string[] = [];

  const runClient = async (index: number) => {
    const client = connect();
    const random = randomNumbers(index + 1);
    for (let i = 0; i < requestsEach; i += 1) {
      const id = 1_000_000 + index * 1_000 + i;
      const { name, step } = pick(random);
      try {
        await step(client, id, random);
        done.set(name, (done.get(name) ?? 0) + 1);
      } catch (error) {
        wrong.push(`${name}, client ${index}, request ${i}: ${error}`);
      }
    }
    await client.close();
  };
  await Promise.all(Array.from({ length: clients }, (_, index) => runClient(index)));

  expect(wrong).toEqual([]);
  expect([...done.keys()].sort()).toEqual(steps.map(([, name]) => name).sort());
  const batches = done.get('an insert that is read back') ?? 0;
  expect(await json(first, 'SELECT count() AS rows, uniqExact(batch) AS batches FROM chaos')).toEqual([
    { rows: String(batches * batchRows), batches: String(batches) },
  ]);
  const left = 'SELECT count() AS n FROM system.processes';
  await expect.poll(() => json(first, left)).toEqual([{ n: '1' }]);
  expect(restarts).toEqual([]);
  await first.close();
}, 300_000);
