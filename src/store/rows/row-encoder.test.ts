import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logsOfJson, spansOfJson } from '../../../test/ingest/decode.ts';
import { encodeJson } from '../../../test/ingest/otlp-messages.ts';
import { readRows } from '../../../test/ingest/read-rows.ts';
import { logsRequests, tracesRequests } from '../../../test/ingest/request-arbitraries.ts';
import { log, origin, span } from '../../../test/ingest/sample-records.ts';
import type { Attributes, LogRecord, Origin, SpanRecord } from './record.ts';
import { type RowBlock, RowBlocks } from './row-blocks.ts';
import { logRows, spanRows } from './row-encoder.ts';

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
