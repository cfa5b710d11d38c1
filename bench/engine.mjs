// How long the embedded engine takes to start, to answer and to insert, over HTTP as the server uses it.
// usage: npm run build && node bench/engine.mjs
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { ClickHouseLogLevel, createClient } from '@clickhouse/client';
import { createLog } from '../dist/observe/log.js';
import { startEngine } from '../dist/store/engine/engine.js';

const dataDir = await mkdtemp(join(tmpdir(), 'bench-engine-'));

function report(what, times) {
  const sorted = [...times].sort((a, b) => a - b);
  const at = (share) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))].toFixed(1);
  console.log(`${what.padEnd(58)} p50 ${at(0.5).padStart(8)} ms   p95 ${at(0.95).padStart(8)} ms`);
}

async function measure(what, rounds, step, prepare = () => undefined) {
  const times = [];
  for (let round = 0; round < rounds + 3; round += 1) {
    const prepared = prepare(round);
    const started = performance.now();
    await step(prepared);
    if (round >= 3) times.push(performance.now() - started);
  }
  report(what, times);
}

/** Rows of `ts DateTime64(9), service LowCardinality(String), body String`, about 120 bytes each. */
function rowBinary(rows, seed) {
  const parts = [];
  for (let row = 0; row < rows; row += 1) {
    const service = Buffer.from(`service-${row % 20}`);
    const body = Buffer.from(
      `request ${seed}-${row} answered with status 200 after 12 ms, trace 4bf92f3577b34da6`,
    );
    const line = Buffer.alloc(8 + 1 + service.length + 1 + body.length);
    line.writeBigInt64LE(1_700_000_000_000_000_000n + BigInt(seed * 1_000_000 + row), 0);
    line.writeUInt8(service.length, 8);
    service.copy(line, 9);
    line.writeUInt8(body.length, 9 + service.length);
    body.copy(line, 10 + service.length);
    parts.push(line);
  }
  return Buffer.concat(parts);
}

const beforeStart = performance.now();
const engine = await startEngine({ dataDir, log: createLog('silent') });
report('start on an empty folder', [performance.now() - beforeStart]);

const client = createClient({ ...engine.address, log: { level: ClickHouseLogLevel.OFF } });
const text = async (query, clickhouse_settings = {}) =>
  (await client.query({ query, format: 'TabSeparated', clickhouse_settings })).text();

try {
  await client.command({
    query: `CREATE TABLE logs (ts DateTime64(9), service LowCardinality(String), body String,
      INDEX words lower(body) TYPE text(tokenizer = 'splitByNonAlpha')) ENGINE = MergeTree
      PARTITION BY toDate(ts) ORDER BY (toStartOfFiveMinutes(ts), service, ts) SETTINGS fsync_after_insert = 1`,
  });
  await measure('SELECT 1', 300, () => text('SELECT 1'));
  for (const [rows, rounds] of [
    [200, 100],
    [20_000, 30],
  ]) {
    const insert = async (data) => {
      const values = Readable.from([data]);
      const { stream } = await client.exec({ query: 'INSERT INTO logs FORMAT RowBinary', values });
      for await (const _ of stream);
    };
    await measure(`insert of ${rows} rows, RowBinary, fsync_after_insert`, rounds, insert, (round) =>
      rowBinary(rows, round),
    );
  }
  await measure('the newest 10 of 680,000 rows', 50, () =>
    text('SELECT * FROM logs ORDER BY ts DESC LIMIT 10'),
  );
  await measure('count by service over all rows', 50, () =>
    text('SELECT service, count() FROM logs GROUP BY service'),
  );
  await measure('120 MB in RowBinary', 5, async () => {
    const query = "SELECT number, repeat('x', 111) FROM numbers(1000000) FORMAT RowBinary";
    const { stream } = await client.exec({ query });
    for await (const _ of stream);
  });
  const heavy = [1, 2].map(() =>
    text('SELECT count() FROM numbers(100000000000) WHERE NOT ignore(sipHash64(number))', {
      max_execution_time: 5,
    }).catch(() => undefined),
  );
  await measure('SELECT 1 with priority, beside two heavy queries', 100, () =>
    text('SELECT 1', { priority: 1 }),
  );
  await Promise.all(heavy);
} finally {
  await client.close();
  await engine.close();
  await rm(dataDir, { recursive: true, force: true });
}
