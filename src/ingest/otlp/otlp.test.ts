import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { logsOfJson, logsOfProtobuf, spansOfJson, spansOfProtobuf } from '../../../test/ingest/decode.ts';
import {
  encodeJson,
  encodeMessage,
  type Json,
  log,
  logsRequest,
  span,
  tracesRequest,
} from '../../../test/ingest/otlp-messages.ts';
import { logsRequests, tracesRequests } from '../../../test/ingest/request-arbitraries.ts';
import { TextCache } from './text-cache.ts';

const logsMessage = 'ExportLogsServiceRequest';
const tracesMessage = 'ExportTraceServiceRequest';

const logs: Record<string, (request: Json) => ReturnType<typeof logsOfJson>> = {
  JSON: (request) => logsOfJson(encodeJson(request)),
  protobuf: (request) => logsOfProtobuf(encodeMessage(logsMessage, request)),
};
const spans: Record<string, (request: Json) => ReturnType<typeof spansOfJson>> = {
  JSON: (request) => spansOfJson(encodeJson(request)),
  protobuf: (request) => spansOfProtobuf(encodeMessage(tracesMessage, request)),
};

const fullLog: Json = {
  resourceLogs: [
    {
      resource: {
        attributes: [
          { key: 'service.name', value: { stringValue: 'checkout' } },
          { key: 'process.pid', value: { intValue: '4242' } },
        ],
      },
      schemaUrl: 'https://opentelemetry.io/schemas/1.39.0',
      scopeLogs: [
        {
          scope: {
            name: 'com.example.Checkout',
            version: '1.2.3',
            attributes: [{ key: 'short', value: { boolValue: true } }],
          },
          schemaUrl: 'https://opentelemetry.io/schemas/1.38.0',
          logRecords: [
            {
              timeUnixNano: '1767225600123456789',
              observedTimeUnixNano: '1767225600987654321',
              severityNumber: 17,
              severityText: 'ERROR',
              body: { stringValue: 'Überweisung 💶 failed' },
              attributes: [
                { key: 'http.route', value: { stringValue: '/pay' } },
                { key: 'duration', value: { doubleValue: 1.5 } },
                {
                  key: 'ids',
                  value: { arrayValue: { values: [{ intValue: '9007199254740993' }, { stringValue: 'x' }] } },
                },
                {
                  key: 'user',
                  value: { kvlistValue: { values: [{ key: 'name', value: { stringValue: 'Zoë' } }] } },
                },
                { key: 'raw', value: { bytesValue: 'AQID' } },
                { key: 'nothing', value: {} },
              ],
              droppedAttributesCount: 3,
              flags: 257,
              traceId: '5b8efff798038103d269b633813fc60c',
              spanId: 'eee19b7ec3c1b174',
              eventName: 'payment.failed',
            },
          ],
        },
      ],
    },
  ],
};

describe.each(Object.entries(logs))('log records in %s', (_, decode) => {
  test('every field', () => {
    expect(decode(fullLog)).toEqual([
      [
        {
          time: 1767225600123456789n,
          observedTime: 1767225600987654321n,
          severityNumber: 17,
          severityText: 'ERROR',
          body: 'Überweisung 💶 failed',
          attributes: [
            ...['http.route', '/pay', 'duration', '1.5', 'ids', '[9007199254740993,"x"]'],
            ...['user', '{"name":"Zoë"}', 'raw', 'AQID', 'nothing', ''],
          ],
          traceId: '5b8efff798038103d269b633813fc60c',
          spanId: 'eee19b7ec3c1b174',
          flags: 257,
          eventName: 'payment.failed',
          defect: undefined,
        },
        {
          resource: {
            attributes: ['service.name', 'checkout', 'process.pid', '4242'],
            schemaUrl: 'https://opentelemetry.io/schemas/1.39.0',
          },
          scope: {
            name: 'com.example.Checkout',
            version: '1.2.3',
            attributes: ['short', 'true'],
            schemaUrl: 'https://opentelemetry.io/schemas/1.38.0',
          },
          defect: undefined,
        },
      ],
    ]);
  });

  test('nothing at all', () => {
    expect(decode({})).toEqual([]);
    expect(decode({ resourceLogs: [{}, { scopeLogs: [{}] }] })).toEqual([]);
    const [[record, origin] = []] = decode({ resourceLogs: [{ scopeLogs: [{ logRecords: [{}] }] }] });
    expect(record).toMatchObject({ time: 0n, body: '', attributes: [], traceId: '', severityNumber: 0 });
    expect(origin?.resource).toEqual({ attributes: [], schemaUrl: '' });
  });

  test('a body that is a kvlist becomes JSON', () => {
    const values = [
      { key: 'b', value: { intValue: '1' } },
      { key: 'a', value: { arrayValue: { values: [{}, { doubleValue: 'NaN' }] } } },
    ];
    const [[record] = []] = decode(logsRequest([{ body: { kvlistValue: { values } } }]));
    expect(record?.body).toBe('{"a":[null,"NaN"],"b":1}');
  });

  test('a key that comes twice has its last value, few and many', () => {
    const pairs = (count: number): Json =>
      Array.from({ length: count }, (_, i) => ({
        key: `k${i % (count - 1)}`,
        value: { intValue: String(i) },
      }));
    for (const count of [3, 40]) {
      const [[record] = []] = decode(logsRequest([{ attributes: pairs(count) }]));
      expect(record?.attributes.slice(0, 4)).toEqual(['k0', String(count - 1), 'k1', '1']);
      expect(record?.attributes).toHaveLength((count - 1) * 2);
    }
  });

  test('a value that is nested too deep is a defect of its record alone', () => {
    const nested = (depth: number): Json =>
      depth === 0 ? { stringValue: 'x' } : { arrayValue: { values: [nested(depth - 1)] } };
    const records = decode(
      logsRequest([{ body: nested(100) }, { body: nested(101) }, log('fine'), { body: nested(150) }]),
    );
    expect(records.map(([{ defect }]) => defect?.includes('nested more than 100 levels'))).toEqual([
      undefined,
      true,
      undefined,
      true,
    ]);
    expect(records[0]?.[0].body).toBe(`${'['.repeat(100)}"x"${']'.repeat(100)}`);
  });

  test('one in a resource is a defect of all of its records', () => {
    const nested = (depth: number): Json =>
      depth === 0 ? {} : { kvlistValue: { values: [{ key: 'k', value: nested(depth - 1) }] } };
    const request = logsRequest([log('a')], [{ key: 'deep', value: nested(101) }]);
    expect(decode(request).map(([, { defect }]) => defect !== undefined)).toEqual([true]);
  });
});

describe.each(Object.entries(spans))('spans in %s', (_, decode) => {
  test('every field', () => {
    const request = tracesRequest([
      {
        traceId: '5b8efff798038103d269b633813fc60c',
        spanId: 'eee19b7ec3c1b174',
        parentSpanId: 'eee19b7ec3c1b173',
        traceState: 'vendor=1',
        flags: 256,
        name: 'POST /pay',
        kind: 3,
        startTimeUnixNano: '1767225600000000001',
        endTimeUnixNano: '1767225600000000009',
        attributes: [{ key: 'http.request.method', value: { stringValue: 'POST' } }],
        events: [
          {
            timeUnixNano: '1767225600000000005',
            name: 'exception',
            attributes: [{ key: 'exception.type', value: { stringValue: 'IOException' } }],
          },
        ],
        links: [
          {
            traceId: '00000000000000000000000000000001',
            spanId: '0000000000000002',
            traceState: 'a=b',
            attributes: [{ key: 'k', value: { boolValue: false } }],
          },
        ],
        status: { code: 2, message: 'timeout' },
      },
    ]);
    expect(decode(request).map(([decoded]) => decoded)).toEqual([
      {
        traceId: '5b8efff798038103d269b633813fc60c',
        spanId: 'eee19b7ec3c1b174',
        parentSpanId: 'eee19b7ec3c1b173',
        traceState: 'vendor=1',
        name: 'POST /pay',
        kind: 3,
        start: 1767225600000000001n,
        end: 1767225600000000009n,
        attributes: ['http.request.method', 'POST'],
        events: [
          { time: 1767225600000000005n, name: 'exception', attributes: ['exception.type', 'IOException'] },
        ],
        links: [
          {
            traceId: '00000000000000000000000000000001',
            spanId: '0000000000000002',
            traceState: 'a=b',
            attributes: ['k', 'false'],
          },
        ],
        statusCode: 2,
        statusMessage: 'timeout',
        defect: undefined,
      },
    ]);
  });

  test('a value that is nested too deep in an event or a link is a defect of the span', () => {
    const nested = (depth: number): Json =>
      depth === 0 ? {} : { arrayValue: { values: [nested(depth - 1)] } };
    const attributes = [{ key: 'deep', value: nested(101) }];
    const decoded = decode(
      tracesRequest([
        span('a', { events: [{ attributes }] }),
        span('b', { links: [{ attributes }] }),
        span('c'),
      ]),
    );
    expect(decoded.map(([{ defect }]) => defect !== undefined)).toEqual([true, true, false]);
  });
});

describe('both encodings', () => {
  test('give the same log records', () => {
    const texts = new TextCache();
    fc.assert(
      fc.property(logsRequests, (request) => {
        expect(logsOfProtobuf(encodeMessage(logsMessage, request), texts)).toEqual(
          logsOfJson(encodeJson(request)),
        );
      }),
      { numRuns: 300 },
    );
  });

  test('give the same spans', () => {
    const texts = new TextCache();
    fc.assert(
      fc.property(tracesRequests, (request) => {
        expect(spansOfProtobuf(encodeMessage(tracesMessage, request), texts)).toEqual(
          spansOfJson(encodeJson(request)),
        );
      }),
      { numRuns: 300 },
    );
  });
});
