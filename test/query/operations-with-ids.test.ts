import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Queries } from '../../src/query/queries.ts';
import { join, sql } from '../../src/store/sql/sql.ts';
import { startTestEngine, type TestEngine } from '../support/store.ts';
import { call, openQueries } from './fixture.ts';

/** 2026-01-02T03:00:00Z, ns. */
const start = 1_767_322_800_000_000_000n;
const minute = 60_000_000_000n;
const at = (minutes: number): string => String(start + BigInt(minutes) * minute);

let engine: TestEngine;
let queries: Queries;

/** Twenty minutes with a request each 5 s, each for an order of its own; in the second half those of version 2 fail. */
beforeAll(async () => {
  engine = await startTestEngine();
  const opened = await openQueries(engine, { now: () => start + 600n * minute });
  queries = opened.queries;
  const rows = Array.from({ length: 240 }, (_, i) => {
    const version = i % 3 === 0 ? '2' : '1';
    const status = i >= 120 && version === '2' ? 'Error' : 'Unset';
    return sql`(fromUnixTimestamp64Nano(${start + BigInt(i) * 5_000_000_000n}), ${`t${i}`}, ${`s${i}`}, ${`GET /orders/${10_000 + i}`}, 'Server', 'orders', ${40_000_000 + i}, ${status}, map('service.version', ${version}))`;
  });
  await engine.clickhouse.run(
    sql`INSERT INTO ${opened.store.table('traces')?.name ?? sql``} (Timestamp, TraceId, SpanId, SpanName, SpanKind, ServiceName, Duration, StatusCode, SpanAttributes) VALUES ${join(rows, ', ')}`,
  );
}, 60_000);
afterAll(() => engine.close());

test('operations whose names have ids in them are compared as one, with its attributes', async () => {
  const found = await queries.compareWindows(
    { fromTime: at(10), toTime: at(20), baselineFrom: at(0), baselineTo: at(10) },
    call(),
  );
  expect(found.changes.map(({ kind, subject, after, samples }) => [kind, subject, after, samples])).toEqual([
    ['errors', 'GET /orders/<*>', 40 / 120, [120, 120]],
  ]);
  expect(found.attributes[0]).toMatchObject({
    ...{ operation: 'GET /orders/<*>', attribute: 'service.version', value: '2' },
    ...{ having: { hits: 40, all: 40 }, others: { hits: 0, all: 80 } },
  });
});
