import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { metricsOf, recordsOf } from '../../test/ingest/decode.ts';
import {
  encodeJson,
  encodeMessage,
  gauge,
  type Json,
  log,
  logsRequest,
  metricsRequest,
  newYear,
  newYearMilliseconds,
  span,
  textAttribute,
  tracesRequest,
} from '../../test/ingest/otlp-messages.ts';
import { readSamples } from '../../test/ingest/read-metrics.ts';
import { readRows } from '../../test/ingest/read-rows.ts';
import { InputError } from '../telemetry/input-error.ts';
import { PayloadTooLargeError } from './payload-too-large.ts';
import { type RequestBody, RequestDecoder } from './request-decoder.ts';

const terms = { arrival: newYear, limits: {} };
const limits = { inflatedBytes: 100_000, records: 1000, rowBytes: 1 << 20 };

const jsonBody = (request: Json, fields: Partial<RequestBody> = {}): RequestBody => ({
  signal: 'logs',
  encoding: 'json',
  gzip: false,
  bytes: encodeJson(request),
  ...terms,
  ...fields,
});
const gzip = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(gzipSync(bytes));

describe('a body', () => {
  test('becomes rows, plain and gzip, JSON and protobuf', () => {
    const decoder = new RequestDecoder();
    const request = logsRequest([log('first'), log('second')]);
    const protobuf = encodeMessage('ExportLogsServiceRequest', request);
    const results = [
      decoder.decodeBody(jsonBody(request)),
      decoder.decodeBody(jsonBody(request, { gzip: true, bytes: gzip(encodeJson(request)) })),
      decoder.decodeBody(jsonBody(request, { encoding: 'protobuf', bytes: protobuf })),
      decoder.decodeBody(jsonBody(request, { encoding: 'protobuf', gzip: true, bytes: gzip(protobuf) })),
    ];
    for (const { blocks, accepted, rejected } of results.map(recordsOf)) {
      expect({ accepted, rejected, blocks: blocks.length }).toEqual({ accepted: 2, rejected: 0, blocks: 1 });
      expect(readRows('logs', blocks[0]?.bytes ?? new Uint8Array()).map(({ Body }) => Body)).toEqual([
        'first',
        'second',
      ]);
    }
    expect(results.map(({ digest }) => digest)).toEqual([
      ...[results[0]?.digest, results[0]?.digest, results[2]?.digest, results[2]?.digest],
    ]);
    expect(results[2]?.digest).toBe(createHash('sha256').update(protobuf).digest('hex'));
  });

  test('counts what is rejected and why, and stores the rest', () => {
    const result = new RequestDecoder().decodeBody(
      jsonBody(
        tracesRequest([
          span('fine'),
          span('early', { startTimeUnixNano: '0' }),
          span('late', { startTimeUnixNano: String(newYear + 2n * 86_400_000_000_000n) }),
          span('without id', { spanId: '' }),
          span('early too', { startTimeUnixNano: '0' }),
          span('linked', { links: [{ traceId: 'ab' }] }),
        ]),
        { signal: 'traces' },
      ),
    );
    expect(result).toMatchObject({
      accepted: 2,
      rejected: 4,
      rejections: [
        { reason: 'a span has no start time', count: 2 },
        { reason: "a start time is more than one day ahead of the server's clock", count: 1 },
        { reason: 'a span id is not 8 bytes (in JSON 16 hexadecimal digits), or it is all zeros', count: 1 },
      ],
      warnings: [{ reason: 'an invalid id of a span link was left out', count: 1 }],
    });
  });

  test("is rejected where it is outside of a key's limits, resource by resource", () => {
    const [namespace, cluster] = ['k8s.namespace.name', 'k8s.cluster.name'];
    const resources = ['shop', 'web'].flatMap((value) => [
      ...Object.values(
        Object(logsRequest([log(value)], [textAttribute(namespace, value), textAttribute(cluster, 'east')])),
      ),
    ]);
    const request = { resourceLogs: resources.flat() as Json[] };
    const result = new RequestDecoder().decodeBody(jsonBody(request, { limits: { namespaces: ['shop'] } }));
    expect(result).toMatchObject({
      accepted: 1,
      rejected: 1,
      rejections: [{ reason: 'the key may not write namespace "web"', count: 1 }],
    });
  });

  test('has a digest of its own for each set of limits', () => {
    const decoder = new RequestDecoder();
    const request = logsRequest([log('a')], [textAttribute('k8s.namespace.name', 'shop')]);
    const digests = [{}, { namespaces: ['shop'] }, { clusters: ['shop'] }].map(
      (some) => decoder.decodeBody(jsonBody(request, { limits: some })).digest,
    );
    expect(new Set(digests).size).toBe(3);
  });

  test('that spans hundreds of days is cut into blocks', () => {
    const records = Array.from({ length: 365 }, (_, i) =>
      log(`day ${i}`, { timeUnixNano: String(newYear - BigInt(i) * 86_400_000_000_000n) }),
    );
    const { accepted, blocks } = recordsOf(new RequestDecoder().decodeBody(jsonBody(logsRequest(records))));
    expect(accepted).toBe(365);
    expect(blocks.map(({ rows }) => rows)).toEqual([90, 90, 90, 90, 5]);
  });

  test('of nothing is fine', () => {
    const decoder = new RequestDecoder();
    const nothing = { accepted: 0, rejected: 0, blocks: [], warnings: [] };
    expect(decoder.decodeBody(jsonBody({}))).toMatchObject(nothing);
    expect(decoder.decodeBody(jsonBody({}, { bytes: new Uint8Array() }))).toMatchObject(nothing);
    expect(decoder.decodeBody(jsonBody({}, { bytes: new Uint8Array(), encoding: 'protobuf' }))).toMatchObject(
      nothing,
    );
  });

  test('of metrics becomes samples, in every encoding', () => {
    const decoder = new RequestDecoder();
    const request = metricsRequest([
      gauge('a', 1.5),
      gauge('b', 2),
      { name: 'c', gauge: { dataPoints: [{}] } },
    ]);
    const protobuf = encodeMessage('ExportMetricsServiceRequest', request);
    const bodies = [
      jsonBody(request),
      jsonBody(request, { gzip: true, bytes: gzip(encodeJson(request)) }),
      jsonBody(request, { encoding: 'protobuf', bytes: protobuf }),
      jsonBody(request, { encoding: 'protobuf', gzip: true, bytes: gzip(protobuf) }),
    ];
    for (const body of bodies) {
      const result = metricsOf(decoder.decodeBody({ ...body, signal: 'metrics' }));
      expect(result).toMatchObject({
        accepted: 2,
        rejected: 1,
        rejections: [{ reason: 'a data point has no time', count: 1 }],
        warnings: [],
      });
      const labels = { job: 'checkout', workload: 'checkout' };
      const timestamp = newYearMilliseconds;
      expect(readSamples(result.encoded)).toEqual([
        { labels: { __name__: 'a', ...labels }, timestamp, value: 1.5 },
        { labels: { __name__: 'b', ...labels }, timestamp, value: 2 },
      ]);
    }
  });

  test('of metrics that is broken leaves nothing behind', () => {
    const decoder = new RequestDecoder();
    const resource = [textAttribute('service.name', 'cart'), textAttribute('a', 'b')];
    const good = metricsRequest([gauge('fine', 1)], resource);
    const broken = metricsRequest([gauge('early', 1), { name: 'late', gauge: 5 }], resource);
    expect(() => decoder.decodeBody(jsonBody(broken, { signal: 'metrics' }))).toThrow(InputError);
    const { encoded, accepted } = metricsOf(decoder.decodeBody(jsonBody(good, { signal: 'metrics' })));
    expect(accepted).toBe(1);
    expect(readSamples(encoded).map(({ labels }) => labels.__name__)).toEqual(['fine', 'target_info']);
  });

  test('of metrics past a limit is refused', () => {
    const limits = { inflatedBytes: 1 << 20, records: 1_000_000, rowBytes: 10_000 };
    const labels = Array.from({ length: 20 }, (_, i) => textAttribute(`a${i}`, 'x'.repeat(50)));
    const metrics = Array.from({ length: 10 }, (_, i) => gauge(`m${i}`, 1, { attributes: labels }));
    expect(() =>
      new RequestDecoder(limits).decodeBody(jsonBody(metricsRequest(metrics), { signal: 'metrics' })),
    ).toThrow('the series make more than 10000 bytes with their labels; send smaller batches');
  });

  test('that belongs elsewhere is told so', () => {
    const request = { ...Object(tracesRequest([span('a')])), ...Object(logsRequest([log('b')])) };
    expect(new RequestDecoder().decodeBody(jsonBody(request))).toMatchObject({
      accepted: 1,
      warnings: [{ reason: 'resourceSpans were ignored: they belong to /v1/traces', count: 1 }],
    });
  });
});

describe('what is refused', () => {
  test('leaves nothing behind in what comes next', () => {
    const decoder = new RequestDecoder();
    const half = encodeMessage('ExportLogsServiceRequest', logsRequest([log('first'), log('second')]));
    const bad: RequestBody[] = [
      jsonBody(logsRequest([log('first'), log('second', { attributes: 5 })])),
      jsonBody({}, { encoding: 'protobuf', bytes: half.slice(0, half.length - 3) }),
      jsonBody(logsRequest([log('early', { timeUnixNano: '-5' }), { body: 5 }])),
    ];
    for (const body of bad) expect(() => decoder.decodeBody(body)).toThrow(InputError);
    const { accepted, rejected, blocks } = recordsOf(
      decoder.decodeBody(jsonBody(logsRequest([log('fine')]))),
    );
    expect({ accepted, rejected }).toEqual({ accepted: 1, rejected: 0 });
    expect(readRows('logs', blocks[0]?.bytes ?? new Uint8Array())).toMatchObject([{ Body: 'fine' }]);
  });

  test('gzip that is none, or that is cut off', () => {
    const whole = gzip(encodeJson(logsRequest([log('a')])));
    for (const bytes of [encodeJson({}), whole.slice(0, whole.length - 10), new Uint8Array()]) {
      expect(() => new RequestDecoder().decodeBody(jsonBody({}, { gzip: true, bytes }))).toThrow(
        new InputError('the body is not valid gzip'),
      );
    }
  });

  test('a body that is too long, and one that is once it is inflated', () => {
    const decoder = new RequestDecoder(limits);
    const fits = new Uint8Array(limits.inflatedBytes).fill(32);
    const longer = new Uint8Array(limits.inflatedBytes + 1).fill(32);
    expect(decoder.decodeBody(jsonBody({}, { bytes: fits })).accepted).toBe(0);
    expect(decoder.decodeBody(jsonBody({}, { bytes: gzip(fits), gzip: true })).accepted).toBe(0);
    for (const body of [jsonBody({}, { bytes: longer }), jsonBody({}, { bytes: gzip(longer), gzip: true })]) {
      expect(() => decoder.decodeBody(body)).toThrow(PayloadTooLargeError);
      expect(() => decoder.decodeBody(body)).toThrow('more than 100000 bytes once it is inflated');
    }
  });

  test('a bomb, without inflating the whole of it', () => {
    const megabyte = gzipSync(new Uint8Array(1 << 20));
    const bomb = new Uint8Array(Buffer.concat(Array.from({ length: 1024 }, () => megabyte)));
    expect(bomb.length).toBeLessThan(2 << 20);
    const decoder = new RequestDecoder({ ...limits, inflatedBytes: 1 << 20 });
    const peak = (): number => process.resourceUsage().maxRSS * 1024;
    const before = peak();
    expect(() => decoder.decodeBody(jsonBody({}, { bytes: bomb, gzip: true }))).toThrow(PayloadTooLargeError);
    expect(peak() - before).toBeLessThan(64 << 20);
  });

  test('a long resource before many short records, which would multiply', () => {
    const resource = [textAttribute('padding', 'x'.repeat(20_000))];
    const request = logsRequest(
      Array.from({ length: 1000 }, () => ({})),
      resource,
    );
    const decoder = new RequestDecoder(limits);
    expect(() => decoder.decodeBody(jsonBody(request))).toThrow(PayloadTooLargeError);
    expect(() => decoder.decodeBody(jsonBody(request))).toThrow(/the records make more than 1048576 bytes/);
    expect(decoder.decodeBody(jsonBody(logsRequest([log('fine')])))).toMatchObject({ accepted: 1 });
  });

  test('more records than are taken at once, rejected ones counted too', () => {
    const decoder = new RequestDecoder(limits);
    const many = (count: number, record: Json): Json =>
      logsRequest(Array.from({ length: count }, () => record));
    for (const record of [{}, log('', { timeUnixNano: '-1' })]) {
      const { accepted, rejected } = decoder.decodeBody(jsonBody(many(1000, record)));
      expect(accepted + rejected).toBe(1000);
      expect(() => decoder.decodeBody(jsonBody(many(1001, record)))).toThrow(PayloadTooLargeError);
    }
    const spans = encodeMessage(
      'ExportTraceServiceRequest',
      tracesRequest(Array.from({ length: 1001 }, () => ({}))),
    );
    const body = jsonBody({}, { signal: 'traces', encoding: 'protobuf', bytes: spans });
    expect(() => decoder.decodeBody(body)).toThrow('there are more than 1000 records; send smaller batches');
  });

  test('JSON of millions of tiny objects, which would take minutes to parse', () => {
    const objects = Buffer.alloc(4_000_001 * 3, '{},').subarray(0, -1);
    const bytes = new Uint8Array(
      Buffer.concat([Buffer.from('{"resourceLogs":['), objects, Buffer.from(']}')]),
    );
    expect(() => new RequestDecoder().decodeBody(jsonBody({}, { bytes }))).toThrow(PayloadTooLargeError);
  });
});

describe('lines', () => {
  const lines = (...parts: (Json | string)[]) =>
    new Uint8Array(
      Buffer.from(parts.map((part) => (typeof part === 'string' ? part : JSON.stringify(part))).join('\n')),
    );
  const metrics: Json = {
    resourceMetrics: [
      {
        scopeMetrics: [
          {
            metrics: [
              { name: 'a', gauge: { dataPoints: [{}, {}] } },
              { name: 'b', sum: { dataPoints: [{}] } },
              { name: 'c', histogram: { dataPoints: [{}] } },
              { name: 'd', exponentialHistogram: { dataPoints: [{}] } },
              { name: 'e', summary: { dataPoints: [{}] } },
              gauge('f', 1),
            ],
          },
        ],
      },
    ],
  };

  test('are told apart by what they hold', () => {
    const bytes = lines(logsRequest([log('a'), log('b')]), metrics, '', tracesRequest([span('c')]), '\r');
    const decoded = new RequestDecoder().decodeLines({ ...terms, bytes });
    expect(decoded).toMatchObject({ requests: 3, broken: [] });
    expect(decoded.metrics).toMatchObject({ accepted: 1, rejected: 6 });
    expect(decoded.logs).toMatchObject({ accepted: 2, rejected: 0 });
    expect(decoded.traces).toMatchObject({ accepted: 1, rejected: 0 });
  });

  test('that are broken are named, give nothing, and do no harm to others', () => {
    const bytes = lines(
      logsRequest([log('a')]),
      '{"resourceLogs":[',
      logsRequest([log('b'), { body: 5 }]),
      '[]',
      { hello: 1 },
      logsRequest([log('c')]),
    );
    const decoded = new RequestDecoder().decodeLines({ ...terms, bytes });
    expect(decoded.broken.map(({ index }) => index)).toEqual([1, 2, 3, 4]);
    expect(decoded.broken[1]?.message).toBe(
      'resourceLogs[0].scopeLogs[0].logRecords[1].body is not an AnyValue, such as {"stringValue":"…"}',
    );
    expect(decoded.broken[3]?.message).toBe(
      'the line has none of resourceLogs, resourceSpans, resourceMetrics',
    );
    const rows = decoded.logs.blocks.flatMap((block) => readRows('logs', block.bytes));
    expect(rows.map(({ Body }) => Body)).toEqual(['a', 'c']);
  });
});
