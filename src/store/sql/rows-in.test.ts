import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { limitedTo } from '../../../test/support/scope.ts';
import { addressOf, startTestEngine, type TestEngine } from '../../../test/support/store.ts';
import { ClickHouse } from '../clickhouse.ts';
import { countRecords } from '../search.ts';
import { openStore } from '../store.ts';
import { join, sql } from './sql.ts';

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine?.close());

const second = 1_000_000_000n;
const slot = 300n * second;
const day = 1_767_312_000n * second;

test('a window holds the records of its times, whatever slots and ages they are of', async () => {
  // Of no retention, which would drop what is too far ahead.
  await engine.clickhouse.run(sql`CREATE DATABASE edges`);
  await engine.clickhouse.run(
    sql`CREATE TABLE edges.otel_logs (Timestamp DateTime64(9, 'UTC'), ServiceName String, Body String, ResourceAttributes Map(String, String), LogAttributes Map(String, String)) ENGINE = MergeTree ORDER BY (toStartOfFiveMinutes(Timestamp), ServiceName, Timestamp) SETTINGS index_granularity = 2`,
  );
  const dateTimeEnd = 2n ** 32n * second;
  const edges = [
    0n,
    slot,
    day,
    day + slot,
    day + 287n * slot,
    dateTimeEnd - slot,
    dateTimeEnd,
    dateTimeEnd + slot,
  ];
  const times = edges
    .flatMap((edge) => [edge - 1n, edge, edge + 1n, edge + 7n * second])
    .filter((time) => time >= 0n);
  const rows = times.map((time, i) => sql`(fromUnixTimestamp64Nano(${time}), ${`service-${i % 3}`})`);
  await engine.clickhouse.run(
    sql`INSERT INTO edges.otel_logs (Timestamp, ServiceName) VALUES ${join(rows, ', ')}`,
  );
  const store = await openStore({
    clickhouse: engine.clickhouse,
    database: 'edges',
    retention: 60,
    asIs: true,
  });
  const logs = store.table('logs') ?? expect.fail('no table of logs');
  const anEdge = fc.constantFrom(...times, ...times.map((time) => time + 2n));
  await fc.assert(
    fc.asyncProperty(anEdge, anEdge, async (from, to) => {
      const found = await countRecords(
        engine.clickhouse,
        logs,
        { window: { from, to }, scope: limitedTo() },
        {},
      );
      expect(found).toBe(times.filter((time) => time >= from && time < to).length);
    }),
    {
      numRuns: 60,
      seed: 6,
      examples: [
        [0n, dateTimeEnd + 2n * slot],
        [0n, slot],
        [day + slot, day + slot + 1n],
      ],
    },
  );
});

test('an hour of a day does not read the day', async () => {
  const store = await openStore({ clickhouse: engine.clickhouse, database: 'hours', retention: 1e9 });
  const logs = store.table('logs') ?? expect.fail('no table of logs');
  // 100,000 of many services in 24 hours, and an index mark for 8,192 rows.
  await engine.clickhouse.run(
    sql`INSERT INTO ${logs.name} (Timestamp, ServiceName) SELECT fromUnixTimestamp64Nano(toInt64(${day} + number * 864000000)), concat('service-', toString(number % 20)) FROM numbers(100000)`,
  );
  const limits = { seconds: 120, memoryBytes: 1e9, rowsToRead: 25_000 };
  const clickhouse = new ClickHouse({ address: () => addressOf(engine.engine), limits });
  try {
    const hour = { from: day + 7n * 12n * slot, to: day + 8n * 12n * slot };
    expect(await countRecords(clickhouse, logs, { window: hour, scope: limitedTo() }, {})).toBe(4167);
  } finally {
    await clickhouse.close();
  }
});
