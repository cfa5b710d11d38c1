import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Session } from 'chdb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { logsOfJson, spansOfJson } from '../../../test/ingest/decode.ts';
import { encodeJson } from '../../../test/ingest/otlp-messages.ts';
import { readRows } from '../../../test/ingest/read-rows.ts';
import { logsRequests, tracesRequests } from '../../../test/ingest/request-arbitraries.ts';
import { rowColumnNames } from './columns.ts';
import type { Attributes, LogRecord, Origin, SpanRecord } from './record.ts';
import { type RowBlock, RowBlocks } from './row-blocks.ts';
import { logRows, spanRows } from './row-encoder.ts';

const origin: Origin = {
  resource: { attributes: ['service.name', 'checkout', 'k8s.pod.name', 'checkout-0'], schemaUrl: 'r' },
  scope: { name: 'scope', version: '1', attributes: ['k', 'v'], schemaUrl: 's' },
  defect: undefined,
};
const log: LogRecord = {
  time: 1_767_225_600_123_456_789n,
  observedTime: 0n,
  severityNumber: 17,
  severityText: 'ERROR',
  body: 'Überweisung 💶 failed',
  attributes: ['http.route', '/pay'],
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  flags: 257,
  eventName: 'payment.failed',
  defect: undefined,
};
const span: SpanRecord = {
  traceId: '5b8efff798038103d269b633813fc60c',
  spanId: 'eee19b7ec3c1b174',
  parentSpanId: 'eee19b7ec3c1b173',
  traceState: 'vendor=1',
  name: 'POST /pay',
  kind: 3,
  start: 1_767_225_600_000_000_001n,
  end: 1_767_225_600_000_000_009n,
  attributes: ['http.request.method', 'POST'],
  events: [
    { time: 1_767_225_600_000_000_005n, name: 'exception', attributes: ['exception.type', 'IOException'] },
    { time: 0n, name: '', attributes: [] },
  ],
  links: [{ traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceState: 'a=b', attributes: ['k', 'v'] }],
  statusCode: 2,
  statusMessage: 'timeout',
  defect: undefined,
};

const blocksOf = (logs: readonly LogRecord[], limits?: { days: number; bytes: number }): RowBlock[] => {
  const rows = new RowBlocks(logRows, limits);
  for (const record of logs) rows.add(record, origin);
  return rows.take();
};
const readLogs = (blocks: readonly RowBlock[]) => blocks.flatMap(({ bytes }) => readRows('logs', bytes));
const readSpans = (spans: readonly SpanRecord[], from = origin) => {
  const rows = new RowBlocks(spanRows);
  for (const record of spans) rows.add(record, from);
  return rows.take().flatMap(({ bytes }) => readRows('traces', bytes));
};

const map = (attributes: Attributes): Record<string, string | undefined> => {
  const pairs: [string, string | undefined][] = [];
  for (let i = 0; i < attributes.length; i += 2) pairs.push([attributes[i] ?? '', attributes[i + 1]]);
  return Object.fromEntries(pairs);
};
const service = ({ resource }: Origin) => map(resource.attributes)['service.name'] ?? '';

const logRow = (record: LogRecord, from: Origin): Record<string, unknown> => ({
  Timestamp: String(record.time),
  TraceId: record.traceId,
  SpanId: record.spanId,
  TraceFlags: record.flags % 256,
  SeverityText: record.severityText,
  SeverityNumber: record.severityNumber,
  Body: record.body,
  LogAttributes: map(record.attributes),
  EventName: record.eventName,
  ServiceName: service(from),
  ResourceSchemaUrl: from.resource.schemaUrl,
  ResourceAttributes: map(from.resource.attributes),
  ScopeSchemaUrl: from.scope.schemaUrl,
  ScopeName: from.scope.name,
  ScopeVersion: from.scope.version,
  ScopeAttributes: map(from.scope.attributes),
});

const kinds = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];
const spanRow = (record: SpanRecord, from: Origin): Record<string, unknown> => ({
  Timestamp: String(record.start),
  TraceId: record.traceId,
  SpanId: record.spanId,
  ParentSpanId: record.parentSpanId,
  TraceState: record.traceState,
  SpanName: record.name,
  SpanKind: kinds[record.kind],
  SpanAttributes: map(record.attributes),
  Duration: String(record.end < record.start ? 0n : record.end - record.start),
  StatusCode: ['Unset', 'Ok', 'Error'][record.statusCode],
  StatusMessage: record.statusMessage,
  'Events.Timestamp': record.events.map(({ time }) => String(time)),
  'Events.Name': record.events.map(({ name }) => name),
  'Events.Attributes': record.events.map(({ attributes }) => map(attributes)),
  'Links.TraceId': record.links.map(({ traceId }) => traceId),
  'Links.SpanId': record.links.map(({ spanId }) => spanId),
  'Links.TraceState': record.links.map(({ traceState }) => traceState),
  'Links.Attributes': record.links.map(({ attributes }) => map(attributes)),
  ServiceName: service(from),
  ResourceAttributes: map(from.resource.attributes),
  ScopeName: from.scope.name,
  ScopeVersion: from.scope.version,
});

describe('ClickHouse reads', () => {
  test('a log record as it was', () => {
    expect(readLogs(blocksOf([log]))).toEqual([
      {
        Timestamp: '1767225600123456789',
        TraceId: '5b8efff798038103d269b633813fc60c',
        SpanId: 'eee19b7ec3c1b174',
        TraceFlags: 1,
        SeverityText: 'ERROR',
        SeverityNumber: 17,
        Body: 'Überweisung 💶 failed',
        LogAttributes: { 'http.route': '/pay' },
        EventName: 'payment.failed',
        ServiceName: 'checkout',
        ResourceSchemaUrl: 'r',
        ResourceAttributes: { 'service.name': 'checkout', 'k8s.pod.name': 'checkout-0' },
        ScopeSchemaUrl: 's',
        ScopeName: 'scope',
        ScopeVersion: '1',
        ScopeAttributes: { k: 'v' },
      },
    ]);
  });

  test('a span as it was', () => {
    expect(readSpans([span])).toEqual([
      {
        Timestamp: '1767225600000000001',
        TraceId: '5b8efff798038103d269b633813fc60c',
        SpanId: 'eee19b7ec3c1b174',
        ParentSpanId: 'eee19b7ec3c1b173',
        TraceState: 'vendor=1',
        SpanName: 'POST /pay',
        SpanKind: 'Client',
        SpanAttributes: { 'http.request.method': 'POST' },
        Duration: '8',
        StatusCode: 'Error',
        StatusMessage: 'timeout',
        'Events.Timestamp': ['1767225600000000005', '0'],
        'Events.Name': ['exception', ''],
        'Events.Attributes': [{ 'exception.type': 'IOException' }, {}],
        'Links.TraceId': ['1'.repeat(32)],
        'Links.SpanId': ['2'.repeat(16)],
        'Links.TraceState': ['a=b'],
        'Links.Attributes': [{ k: 'v' }],
        ServiceName: 'checkout',
        ResourceAttributes: { 'service.name': 'checkout', 'k8s.pod.name': 'checkout-0' },
        ScopeName: 'scope',
        ScopeVersion: '1',
      },
    ]);
  });

  test('numbers that OTLP has no meaning for as not given, and a span that ends before it starts as short', () => {
    expect(
      readLogs(
        blocksOf([
          { ...log, severityNumber: -1 },
          { ...log, severityNumber: 300 },
        ]),
      ),
    ).toMatchObject([{ SeverityNumber: 0 }, { SeverityNumber: 0 }]);
    expect(readSpans([{ ...span, kind: 9, statusCode: -1, end: span.start - 1n }])).toMatchObject([
      { SpanKind: 'Unspecified', StatusCode: 'Unset', Duration: '0' },
    ]);
  });

  test('texts of every length around those where their form changes', () => {
    const lengths = [0, 1, 13, 14, 39, 40, 41, 42, 43, 63, 64, 126, 127, 128, 129, 5461, 5462, 8191, 8192];
    lengths.push(16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 2_097_151, 2_097_152);
    const texts = ['x', 'ü', '€', '💶'].flatMap((unit) => lengths.map((length) => unit.repeat(length)));
    const bodies = readLogs(blocksOf(texts.map((body) => ({ ...log, body })))).map(({ Body }) => Body);
    expect(bodies.length).toBe(texts.length);
    for (const [i, text] of texts.entries()) expect(bodies[i] === text, `text ${i}`).toBe(true);
  });

  test('half a surrogate pair as U+FFFD', () => {
    const texts = ['a\ud800b', `${'x'.repeat(100)}\udc00`];
    const bodies = readLogs(blocksOf(texts.map((body) => ({ ...log, body })))).map(({ Body }) => Body);
    expect(bodies).toEqual(['a\uFFFDb', `${'x'.repeat(100)}\uFFFD`]);
  });

  test('records of any content, from several origins', () => {
    const fits = (time: bigint): boolean => time < 2n ** 63n;
    fc.assert(
      fc.property(fc.array(logsRequests, { minLength: 20, maxLength: 60 }), (requests) => {
        const decoded = requests.flatMap((request) => logsOfJson(encodeJson(request)));
        const records = decoded.filter(([{ time }]) => fits(time));
        const rows = new RowBlocks(logRows, { days: 1_000_000, bytes: 1 << 30 });
        for (const [record, from] of records) rows.add(record, from);
        expect(rows.rows).toBe(records.length);
        expect(readLogs(rows.take())).toEqual(records.map(([record, from]) => logRow(record, from)));
      }),
      { numRuns: 5 },
    );
    fc.assert(
      fc.property(fc.array(tracesRequests, { minLength: 20, maxLength: 60 }), (requests) => {
        const decoded = requests.flatMap((request) => spansOfJson(encodeJson(request)));
        const records = decoded.filter(
          ([{ start, events }]) => fits(start) && events.every(({ time }) => fits(time)),
        );
        const rows = new RowBlocks(spanRows, { days: 1_000_000, bytes: 1 << 30 });
        for (const [record, from] of records) rows.add(record, from);
        const read = rows.take().flatMap(({ bytes }) => readRows('traces', bytes));
        expect(read).toEqual(records.map(([record, from]) => spanRow(record, from)));
      }),
      { numRuns: 5 },
    );
  });
});

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
