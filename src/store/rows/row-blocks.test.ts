import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from 'chdb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readRows } from '../../../test/ingest/read-rows.ts';
import { log, origin, span } from '../../../test/ingest/sample-records.ts';
import { rowColumnNames } from './columns.ts';
import type { LogRecord } from './record.ts';
import { type RowBlock, RowBlocks } from './row-blocks.ts';
import { logRows, spanRows } from './row-encoder.ts';

const blocksOf = (logs: readonly LogRecord[], limits?: { days: number; bytes: number }): RowBlock[] => {
  const rows = new RowBlocks(logRows, limits);
  for (const record of logs) rows.add(record, origin);
  return rows.take();
};
const readLogs = (blocks: readonly RowBlock[]) => blocks.flatMap(({ bytes }) => readRows('logs', bytes));

describe('blocks', () => {
  const day = 86_400_000_000_000n;
  const onDays = (days: readonly number[]): LogRecord[] =>
    days.map((number, i) => ({ ...log, time: BigInt(number) * day + BigInt(i), body: `record ${i}` }));
  const daysOf = ({ bytes }: RowBlock): Set<bigint> =>
    new Set(readRows('logs', bytes).map(({ Timestamp }) => BigInt(String(Timestamp)) / day));

  test('keep the order of records where they are of few days', () => {
    const [block, ...others] = blocksOf(onDays([3, 1, 3, 2, 1]));
    expect(others).toEqual([]);
    expect(block?.rows).toBe(5);
    expect(readRows('logs', block?.bytes ?? new Uint8Array()).map(({ Body }) => Body)).toEqual(
      [0, 1, 2, 3, 4].map((i) => `record ${i}`),
    );
  });

  test('touch no more days than allowed, each day in one block', () => {
    const days = Array.from({ length: 1000 }, (_, i) => (i * 7919) % 300);
    const blocks = blocksOf(onDays(days), { days: 90, bytes: 1 << 30 });
    expect(blocks.map((block) => daysOf(block).size)).toEqual([90, 90, 90, 30]);
    expect(blocks.reduce((sum, { rows }) => sum + rows, 0)).toBe(1000);
    const bodies = readLogs(blocks).map(({ Body }) => Body);
    expect(new Set(bodies)).toEqual(new Set(days.map((_, i) => `record ${i}`)));
  });

  test('tell days apart at midnight UTC', () => {
    const midnight = { ...log, time: 20_000n * day };
    const before = { ...log, time: 20_000n * day - 1n };
    expect(blocksOf([before, midnight], { days: 1, bytes: 1 << 30 })).toHaveLength(2);
    expect(
      blocksOf([midnight, { ...log, time: 20_001n * day - 1n }], { days: 1, bytes: 1 << 30 }),
    ).toHaveLength(1);
  });

  test('are closed once they are long, at the end of a row', () => {
    const body = 'x'.repeat(1000);
    const blocks = blocksOf(
      Array.from({ length: 5000 }, () => ({ ...log, body })),
      { days: 90, bytes: 2 << 20 },
    );
    expect(blocks.length).toBe(3);
    expect(
      blocks.slice(0, -1).every(({ bytes }) => bytes.length >= 2 << 20 && bytes.length < 3.1 * (1 << 20)),
    ).toBe(true);
    expect(readLogs(blocks)).toHaveLength(5000);
  });

  test('hold every row once, whatever days they are of and however long they get', () => {
    const body = 'x'.repeat(500);
    for (const days of [3, 10, 40]) {
      const records = onDays(Array.from({ length: 2000 }, (_, i) => (i * 7919) % days));
      const rows = new RowBlocks(logRows, { days: 10, bytes: 100_000 });
      for (const [i, record] of records.entries()) rows.add({ ...record, body: `${i} ${body}` }, origin);
      const { bytes } = rows;
      const blocks = rows.take();
      expect(blocks.reduce((sum, block) => sum + block.bytes.length, 0)).toBe(bytes);
      expect(blocks.every((block) => daysOf(block).size <= 10)).toBe(true);
      const bodies = readLogs(blocks).map(({ Body }) => Number.parseInt(String(Body), 10));
      expect(bodies.toSorted((a, b) => a - b)).toEqual(records.map((_, i) => i));
    }
  });

  test('are the same for the same records, and forgotten once they were taken', () => {
    const records = onDays(Array.from({ length: 200 }, (_, i) => (i * 31) % 120));
    const rows = new RowBlocks(logRows);
    for (const record of records) rows.add(record, origin);
    const blocks = rows.take();
    expect(rows.take()).toEqual([]);
    for (const record of records) rows.add(record, origin);
    expect(rows.take()).toEqual(blocks);
  });
});

describe('inserts', () => {
  let folder = '';
  let session: Session;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'inserts-'));
    session = new Session(join(folder, 'data'));
  });
  afterAll(() => {
    session.cleanup();
    rmSync(folder, { recursive: true, force: true });
  });

  const insert = (table: string, names: readonly string[], bytes: Uint8Array): void => {
    const file = join(folder, 'block.bin');
    writeFileSync(file, bytes);
    const columns = names.map((name) => `\`${name}\``).join(', ');
    session.query(`INSERT INTO ${table} (${columns}) FROM INFILE '${file}' FORMAT RowBinary`);
  };

  test('take the columns of a table as the Collector makes it', () => {
    session.query(`CREATE TABLE default.otel_traces (
      Timestamp DateTime64(9), TraceId String, SpanId String, ParentSpanId String, TraceState String,
      SpanName LowCardinality(String), SpanKind LowCardinality(String), ServiceName LowCardinality(String),
      ResourceAttributes Map(LowCardinality(String), String), ScopeName String, ScopeVersion String,
      SpanAttributes Map(LowCardinality(String), String), Duration UInt64, StatusCode LowCardinality(String),
      StatusMessage String,
      Events Nested (Timestamp DateTime64(9), Name LowCardinality(String), Attributes Map(LowCardinality(String), String)),
      Links Nested (TraceId String, SpanId String, TraceState String, Attributes Map(LowCardinality(String), String))
    ) ENGINE = MergeTree ORDER BY Timestamp`);
    const rows = new RowBlocks(spanRows);
    rows.add(span, origin);
    for (const { bytes } of rows.take()) insert('default.otel_traces', rowColumnNames.traces, bytes);
    const row = session.query(
      'SELECT SpanName, ServiceName, Duration, Events.Name, Links.TraceState FROM default.otel_traces',
      'JSONCompactEachRow',
    );
    expect(JSON.parse(row)).toEqual(['POST /pay', 'checkout', expect.anything(), ['exception', ''], ['a=b']]);
  });

  test('of a batch that spans hundreds of days get in block by block, where one insert would not', () => {
    session.query(`CREATE TABLE default.otel_logs (
      Timestamp DateTime64(9), TraceId String, SpanId String, TraceFlags UInt8, SeverityText LowCardinality(String),
      SeverityNumber UInt8, ServiceName LowCardinality(String), Body String, ResourceSchemaUrl LowCardinality(String),
      ResourceAttributes Map(LowCardinality(String), String), ScopeSchemaUrl LowCardinality(String), ScopeName String,
      ScopeVersion LowCardinality(String), ScopeAttributes Map(LowCardinality(String), String),
      LogAttributes Map(LowCardinality(String), String), EventName String
    ) ENGINE = MergeTree PARTITION BY toDate(Timestamp) ORDER BY Timestamp`);
    const records = Array.from({ length: 2000 }, (_, i) => ({
      ...log,
      time: BigInt(10_000 + ((i * 7919) % 400)) * 86_400_000_000_000n,
    }));
    for (const { bytes } of blocksOf(records)) insert('default.otel_logs', rowColumnNames.logs, bytes);
    const count = () =>
      session.query('SELECT count(), uniq(toDate(Timestamp)) FROM default.otel_logs', 'CSV').trim();
    expect(count()).toBe('2000,400');
    const [all] = blocksOf(records, { days: 1000, bytes: 1 << 30 });
    expect(() => insert('default.otel_logs', rowColumnNames.logs, all?.bytes ?? new Uint8Array())).toThrow(
      /Too many partitions/,
    );
  });
});
