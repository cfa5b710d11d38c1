import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ClickHouseClient, ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { addressOf } from '../../../test/support/store.ts';
import { createLog } from '../../observe/log.ts';
import { type Engine, startEngine } from './engine.ts';

let dataDir: string;
let engine: Engine;
let client: ClickHouseClient;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'engine-limits-'));
  engine = await startEngine({ dataDir, log: createLog('silent') });
  client = createClient({
    ...addressOf(engine),
    max_open_connections: 50,
    log: { level: ClickHouseLogLevel.OFF },
  });
});

afterAll(async () => {
  await client.close();
  await engine.close();
  await rm(dataDir, { recursive: true, force: true });
});

const endless = (mark: string) =>
  `SELECT '${mark}', count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))`;

async function run(
  query: string,
  settings: Record<string, string | number> = {},
  signal?: AbortSignal,
): Promise<string> {
  const result = await client.query({
    query,
    format: 'CSV',
    clickhouse_settings: settings,
    ...(signal === undefined ? {} : { abort_signal: signal }),
  });
  return result.text();
}

/** The marks of the endless queries that run in the engine now. */
async function running(): Promise<string[]> {
  const query =
    "SELECT extract(query, '\\'(mark-[^\\']*)\\'') AS mark FROM system.processes WHERE mark != '' AND query NOT LIKE '%system.processes%' ORDER BY mark";
  return (await run(query, { priority: 1 }))
    .replaceAll('"', '')
    .trim()
    .split('\n')
    .filter((mark) => mark !== '');
}

describe('an abort', () => {
  test('ends a query that runs', async () => {
    const controller = new AbortController();
    const aborted = run(endless('mark-run'), {}, controller.signal);
    await expect.poll(running).toEqual(['mark-run']);
    controller.abort();
    await expect(aborted).rejects.toThrow('aborted');
    await expect.poll(running).toEqual([]);
  });

  test('ends a query that waits, before it has begun', async () => {
    const controllers = ['mark-1', 'mark-2', 'mark-3'].map((mark) => {
      const controller = new AbortController();
      return { controller, result: run(endless(mark), {}, controller.signal).catch(() => 'aborted') };
    });
    await expect.poll(running).toHaveLength(2);
    const waiting = await running();
    expect(waiting).toHaveLength(2);
    for (const { controller } of controllers.slice(2)) controller.abort();
    for (const { controller } of controllers.slice(0, 2)) controller.abort();
    await expect(Promise.all(controllers.map(({ result }) => result))).resolves.toEqual([
      'aborted',
      'aborted',
      'aborted',
    ]);
    await expect.poll(running).toEqual([]);
    expect(await run('SELECT 1')).toBe('1\n');
  });

  test('of a result that is being read ends its query', async () => {
    const query = "SELECT 'mark-read', number FROM numbers(1000000000000)";
    const result = await client.query({ query, format: 'JSONEachRow' });
    for await (const rows of result.stream()) {
      expect(rows.length).toBeGreaterThan(0);
      break;
    }
    result.close();
    await expect.poll(running).toEqual([]);
  });
});

describe('limits', () => {
  test.each([
    ['time', endless('mark-time'), { max_execution_time: 0.3 }, '159', 'TIMEOUT_EXCEEDED'],
    [
      'memory',
      'SELECT length(groupArray(toString(number))) FROM numbers(100000000)',
      { max_memory_usage: '50000000' },
      '241',
      'MEMORY_LIMIT_EXCEEDED',
    ],
    [
      'rows read',
      'SELECT sum(number) FROM numbers(1000000)',
      { max_rows_to_read: '1000' },
      '158',
      'TOO_MANY_ROWS',
    ],
    [
      'rows returned',
      'SELECT number FROM numbers(1000000)',
      { max_result_rows: '1000' },
      '396',
      'TOO_MANY_ROWS_OR_BYTES',
    ],
  ])('%s', async (_, query, settings, code, type) => {
    await expect(run(query, settings)).rejects.toMatchObject({ code, type });
  });

  test('a result that has to be held whole is bounded', async () => {
    const query = 'SELECT repeat(toString(number % 10), 1000000) FROM numbers(1000)';
    const result = client.query({ query, format: 'JSON', clickhouse_settings: { max_block_size: '10' } });
    await expect(result).rejects.toMatchObject({ code: '396' });
  });
});

describe('lanes', () => {
  test('cheap queries go past heavy ones, others wait up to their deadline', async () => {
    const controller = new AbortController();
    const heavy = ['mark-a', 'mark-b'].map((mark) =>
      run(endless(mark), {}, controller.signal).catch(() => 'aborted'),
    );
    await expect.poll(running).toEqual(['mark-a', 'mark-b']);
    await expect(run('SELECT 2', { queue_max_wait_ms: 50 })).rejects.toMatchObject({ code: '202' });
    const waiting = run('SELECT 3', { queue_max_wait_ms: 30_000 });
    for (let i = 0; i < 20; i += 1) expect(await run(`SELECT ${i}`, { priority: 1 })).toBe(`${i}\n`);
    controller.abort();
    expect(await Promise.all(heavy)).toEqual(['aborted', 'aborted']);
    expect(await waiting).toBe('3\n');
  });

  test('what writes does not wait for what reads', async () => {
    const controller = new AbortController();
    const heavy = ['mark-c', 'mark-d'].map((mark) =>
      run(endless(mark), {}, controller.signal).catch(() => 'aborted'),
    );
    await expect.poll(running).toEqual(['mark-c', 'mark-d']);
    await client.command({ query: 'CREATE TABLE w (a Int32) ENGINE = MergeTree ORDER BY a' });
    await client.insert({ table: 'w', values: [{ a: 1 }], format: 'JSONEachRow' });
    expect(await run('SELECT a FROM w', { priority: 1 })).toBe('1\n');
    controller.abort();
    await Promise.all(heavy);
  });

  test('KILL QUERY ends the query of another client', async () => {
    const killed = run(endless('mark-kill'));
    killed.catch(() => undefined);
    await expect.poll(running).toEqual(['mark-kill']);
    await client.command({ query: "KILL QUERY WHERE query LIKE '%mark-kill%' AND query NOT LIKE '%KILL%'" });
    await expect(killed).rejects.toMatchObject({ code: '394', type: 'QUERY_WAS_CANCELLED' });
  });
});

async function enginePid(): Promise<number> {
  const status = await readFile(join(dataDir, 'store', 'engine', 'status'), 'utf8');
  return Number(/^PID: (\d+)$/m.exec(status)?.[1]);
}

/** Resident memory of the engine's process, in MB. */
async function residentMegabytes(): Promise<number> {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(await enginePid())])) / 1024;
}

test('a result of 800 MB is streamed as fast as it is taken, and does not pile up', async () => {
  const { username, password, url } = addressOf(engine);
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const headers = { 'X-ClickHouse-User': username, 'X-ClickHouse-Key': password };
    const sent = request(
      `${url}/?max_block_size=10000&max_execution_time=120`,
      { method: 'POST', headers },
      resolve,
    );
    sent.on('error', reject);
    sent.end("SELECT number, repeat('x', 990) FROM numbers(800000) FORMAT RowBinary");
  });
  const before = await residentMegabytes();
  let most = before;
  let total = 0;
  let sampled = 0;
  for await (const chunk of response) {
    total += chunk.length;
    // Looking takes longer than sending, so that the engine is always ahead of what is taken.
    if (total - sampled > 20_000_000) {
      sampled = total;
      most = Math.max(most, await residentMegabytes());
    }
  }
  expect(total).toBe(800_000 * (8 + 2 + 990));
  expect(most - before).toBeLessThan(450);
});
