import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { SinkError } from '../../test/ingest/memory-sink.ts';
import { json, OtlpEndpoint, protobuf } from '../../test/ingest/otlp-endpoint.ts';
import {
  decodeMessage,
  encodeJson,
  encodeMessage,
  gauge,
  log,
  logsRequest,
  metricsRequest,
  newYearMilliseconds,
  span,
  tracesRequest,
} from '../../test/ingest/otlp-messages.ts';
import type { ExportOutcome } from './otlp-http.ts';

const endpoint = new OtlpEndpoint();

const logs = logsRequest([log('first'), log('second')]);
const traces = tracesRequest([span('GET /')]);

describe('an export', () => {
  test('of logs and of spans, in JSON and in protobuf, plain and gzip, is stored', async () => {
    await endpoint.serve();
    const logsBytes = encodeMessage('ExportLogsServiceRequest', logs);
    const tracesBytes = encodeMessage('ExportTraceServiceRequest', traces);
    const gzip = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));
    const answers = [
      await endpoint.post('/v1/logs', encodeJson(logs), {
        'content-type': 'application/json; charset=UTF-8',
      }),
      await endpoint.post('/v1/traces', encodeJson(traces)),
      await endpoint.post('/v1/logs', gzip(logsBytes), {
        'content-type': protobuf,
        'content-encoding': 'gzip',
      }),
      await endpoint.post('/v1/traces?x=y', tracesBytes, {
        'content-type': protobuf,
        'content-encoding': 'identity',
      }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers.map(({ headers }) => headers.get('content-type'))).toEqual([
      json,
      json,
      protobuf,
      protobuf,
    ]);
    expect(answers.map(({ text }) => text)).toEqual(['{}', '{}', '', '']);
    expect(endpoint.sink.rows('logs').map(({ Body }) => Body)).toEqual([
      'first',
      'second',
      'first',
      'second',
    ]);
    expect(endpoint.sink.rows('traces').map(({ SpanName }) => SpanName)).toEqual(['GET /', 'GET /']);
  });

  test('of metrics is stored in both encodings, but for points that are rejected', async () => {
    const outcomes: ExportOutcome[] = [];
    await endpoint.serve({ observe: (outcome) => outcomes.push(outcome) });
    const metrics = metricsRequest(
      [gauge('load', 1.5), { name: 'bad', gauge: { dataPoints: [{}, {}] } }],
      [],
    );
    const bytes = new Uint8Array(gzipSync(encodeMessage('ExportMetricsServiceRequest', metrics)));
    const headers = { 'content-type': protobuf, 'content-encoding': 'gzip' };
    const answers = [
      await endpoint.post('/v1/metrics', encodeJson(metrics)),
      await endpoint.post('/v1/metrics', bytes, headers),
    ];
    const rejected = { rejectedDataPoints: '2', errorMessage: '2 rejected: a data point has no time (2)' };
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(JSON.parse(answers[0]?.text ?? '')).toEqual({ partialSuccess: rejected });
    expect(decodeMessage('ExportMetricsServiceResponse', answers[1]?.bytes ?? new Uint8Array())).toEqual({
      partialSuccess: rejected,
    });
    const sample = { labels: { __name__: 'load' }, timestamp: newYearMilliseconds, value: 1.5 };
    expect(endpoint.sink.samples()).toEqual([sample, sample]);
    const outcome = { signal: 'metrics', status: 200, accepted: 1, rejected: 2 };
    expect(outcomes).toEqual([outcome, outcome]);
  });

  test('of changes that came too late is told so', async () => {
    await endpoint.serve();
    endpoint.sink.duplicates = 3;
    const answer = await endpoint.post('/v1/metrics', encodeJson(metricsRequest([gauge('load', 1)])));
    expect(JSON.parse(answer.text)).toEqual({
      partialSuccess: {
        rejectedDataPoints: '0',
        errorMessage:
          'stored, but: samples of delta temporality were left out, as they were not newer than those that had been added up (3)',
      },
    });
  });

  test('of metrics is told where to go if they are read from another store', async () => {
    await endpoint.serve({ keepsMetrics: false });
    const answer = await endpoint.post('/v1/metrics', encodeJson(metricsRequest([gauge('load', 1)])));
    expect(answer.status).toBe(404);
    expect(JSON.parse(answer.text)).toEqual({
      code: 5,
      message:
        'no metrics are stored here: they are read from the Prometheus-compatible store of KUBESENSE_PROMETHEUS_URL; send them there',
    });
    expect(endpoint.sink.metrics.size).toBe(0);
  });

  test('of metrics is tried again when the store is down', async () => {
    await endpoint.serve();
    endpoint.sink.before = () => {
      throw new SinkError(true);
    };
    const metrics = encodeJson(metricsRequest([gauge('load', 1)]));
    const refused = await endpoint.post('/v1/metrics', metrics);
    expect(refused.status).toBe(503);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect(refused.text).not.toContain('secret');
    endpoint.sink.before = () => {};
    expect((await endpoint.post('/v1/metrics', metrics)).status).toBe(200);
    const [first, second] = endpoint.sink.tokens;
    expect(first).toBe(second);
    expect(endpoint.sink.samples()).toHaveLength(1);
  });

  test('of nothing is fine', async () => {
    await endpoint.serve();
    expect(await endpoint.postJson('/v1/metrics', {})).toMatchObject({ status: 200, text: '{}' });
    expect(await endpoint.postJson('/v1/logs', {})).toMatchObject({ status: 200, text: '{}' });
    expect(await endpoint.post('/v1/traces', new Uint8Array(), { 'content-type': protobuf })).toMatchObject({
      status: 200,
      text: '',
    });
    expect(endpoint.sink.tokens).toEqual([]);
  });

  test('is answered only when all of its blocks are durable', async () => {
    await endpoint.serve();
    let release = (): void => {};
    let calls = 0;
    endpoint.sink.before = () => {
      calls += 1;
      if (calls < 2) return;
      return new Promise((resolve) => {
        release = resolve;
      });
    };
    const day = 86_400_000_000_000n;
    const records = Array.from({ length: 120 }, (_, i) =>
      log('a', { timeUnixNano: String(BigInt(newYearMilliseconds) * 1_000_000n - BigInt(i) * day) }),
    );
    let answered = false;
    const answer = endpoint.postJson('/v1/logs', logsRequest(records)).finally(() => {
      answered = true;
    });
    await expect.poll(() => calls).toBe(2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    release();
    expect((await answer).status).toBe(200);
    expect(endpoint.sink.inserted.map(({ rows }) => rows)).toEqual([90, 30]);
  });

  test('that is sent again is stored once', async () => {
    await endpoint.serve();
    await endpoint.postJson('/v1/logs', logs);
    await endpoint.postJson('/v1/logs', logs);
    await endpoint.postJson('/v1/logs', logsRequest([log('other')]));
    expect(endpoint.sink.tokens).toHaveLength(3);
    expect(endpoint.sink.tokens[0]).toMatch(/^[0-9a-f]{64}-0$/);
    expect(endpoint.sink.tokens[0]).toBe(endpoint.sink.tokens[1]);
    expect(endpoint.sink.count('logs')).toBe(3);
  });

  test('is rejected in part, in both encodings as OTLP defines it', async () => {
    await endpoint.serve();
    const request = tracesRequest([
      span('fine'),
      span('no start', { startTimeUnixNano: '0' }),
      span('no id', { spanId: '' }),
    ]);
    const inJson = await endpoint.postJson('/v1/traces', request);
    const errorMessage =
      '2 rejected: a span has no start time (1), a span id is not 8 bytes (in JSON 16 hexadecimal digits), or it is all zeros (1)';
    expect(inJson.status).toBe(200);
    expect(JSON.parse(inJson.text)).toEqual({ partialSuccess: { rejectedSpans: '2', errorMessage } });

    const bytes = encodeMessage('ExportTraceServiceRequest', request);
    const inProtobuf = await endpoint.post('/v1/traces', bytes, { 'content-type': protobuf });
    expect(inProtobuf.status).toBe(200);
    expect(decodeMessage('ExportTraceServiceResponse', inProtobuf.bytes)).toEqual({
      partialSuccess: { rejectedSpans: '2', errorMessage },
    });
    expect(endpoint.sink.rows('traces').map(({ SpanName }) => SpanName)).toEqual(['fine', 'fine']);

    const late = logsRequest([log('late', { timeUnixNano: '9000000000000000000' })]);
    const lateMessage = "1 rejected: a time is more than one day ahead of the server's clock (1)";
    expect(JSON.parse((await endpoint.postJson('/v1/logs', late)).text)).toEqual({
      partialSuccess: { rejectedLogRecords: '1', errorMessage: lateMessage },
    });
    const lateBytes = encodeMessage('ExportLogsServiceRequest', late);
    const lateAnswer = await endpoint.post('/v1/logs', lateBytes, { 'content-type': protobuf });
    expect(decodeMessage('ExportLogsServiceResponse', lateAnswer.bytes)).toEqual({
      partialSuccess: { rejectedLogRecords: '1', errorMessage: lateMessage },
    });
  });

  test('is accepted with a word about what was put right', async () => {
    await endpoint.serve();
    const request = logsRequest([log('a', { traceId: 'abcd' })]);
    const errorMessage =
      'stored, but: a trace id that is not 16 bytes, or a span id that is not 8 bytes, was left out (1)';
    const { text } = await endpoint.postJson('/v1/logs', request);
    expect(JSON.parse(text)).toEqual({ partialSuccess: { rejectedLogRecords: '0', errorMessage } });
    const bytes = encodeMessage('ExportLogsServiceRequest', request);
    const inProtobuf = await endpoint.post('/v1/logs', bytes, { 'content-type': protobuf });
    expect(decodeMessage('ExportLogsServiceResponse', inProtobuf.bytes)).toEqual({
      partialSuccess: { errorMessage },
    });
    expect(endpoint.sink.rows('logs')).toMatchObject([
      { Body: 'a', TraceId: '' },
      { Body: 'a', TraceId: '' },
    ]);
  });

  test('that names no time is stored under its arrival', async () => {
    await endpoint.serve();
    await endpoint.postJson('/v1/logs', logsRequest([{ body: { stringValue: 'a' } }]));
    expect(endpoint.sink.rows('logs')).toMatchObject([{ Timestamp: `${newYearMilliseconds}000000` }]);
  });
});

describe('what is no export', () => {
  test('another path is a JSON 404, whatever is sent there', async () => {
    await endpoint.serve();
    for (const path of ['/', '/v1/metrics/', '/v1/logs/', '/V1/logs', '/.well-known/x']) {
      const answer = await endpoint.post(path, 'x', { 'content-type': protobuf });
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-type')).toBe(json);
      expect(JSON.parse(answer.text)).toEqual({
        code: 5,
        message: 'there is nothing here; OTLP is taken at /v1/logs, /v1/traces, /v1/metrics',
      });
    }
  });

  test('another method is a 405 that says which one works', async () => {
    await endpoint.serve();
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await fetch(`${endpoint.url}/v1/logs`, { method });
      expect(response.status).toBe(405);
      expect(response.headers.get('allow')).toBe('POST');
      expect(response.headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/json; charset=latin1',
    'application/grpc',
    '',
  ])('another content type is a 415: %s', async (type) => {
    await endpoint.serve();
    const answer = await endpoint.post('/v1/logs', encodeJson(logs), { 'content-type': type });
    expect(answer.status).toBe(415);
    expect(JSON.parse(answer.text).message).toContain('application/x-protobuf or application/json');
    expect(endpoint.sink.tokens).toEqual([]);
  });

  test('another content coding is a 415 that says which ones work', async () => {
    await endpoint.serve();
    const body = new Uint8Array(deflateSync(encodeJson(logs)));
    for (const coding of ['deflate', 'zstd', 'br', 'gzip, gzip']) {
      const answer = await endpoint.post('/v1/logs', body, {
        'content-type': json,
        'content-encoding': coding,
      });
      expect(answer.status).toBe(415);
      expect(answer.headers.get('accept-encoding')).toBe('gzip, identity');
    }
  });

  test('a bad payload is a 400 with the reason in its own encoding, and nothing of it is stored', async () => {
    await endpoint.serve();
    const inJson = await endpoint.postJson('/v1/logs', logsRequest([log('fine'), { body: 'text' }]));
    expect(inJson.status).toBe(400);
    expect(JSON.parse(inJson.text)).toEqual({
      code: 3,
      message:
        'resourceLogs[0].scopeLogs[0].logRecords[1].body is not an AnyValue, such as {"stringValue":"…"}',
    });
    const bytes = encodeMessage('ExportLogsServiceRequest', logs);
    const cut = await endpoint.post('/v1/logs', bytes.slice(0, -5), { 'content-type': protobuf });
    expect(cut.status).toBe(400);
    expect(cut.headers.get('content-type')).toBe(protobuf);
    expect(decodeMessage('Status', cut.bytes)).toEqual({
      code: 3,
      message: expect.stringMatching(
        /^the body is not an ExportLogsServiceRequest in protobuf: .* at byte \d+$/,
      ),
    });
    const noGzip = await endpoint.post('/v1/logs', bytes, {
      'content-type': protobuf,
      'content-encoding': 'gzip',
    });
    expect(noGzip.status).toBe(400);
    expect(endpoint.sink.tokens).toEqual([]);
    expect((await endpoint.postJson('/v1/logs', logs)).status).toBe(200);
    expect(endpoint.sink.count('logs')).toBe(2);
  });
});

test('outcomes are told to whoever counts them', async () => {
  const outcomes: ExportOutcome[] = [];
  await endpoint.serve({ observe: (outcome) => outcomes.push(outcome) });
  await endpoint.postJson('/v1/logs', logsRequest([log('a'), log('b', { timeUnixNano: '-1' })]));
  await endpoint.postJson('/v1/traces', { resourceSpans: 5 });
  await endpoint.postJson('/nowhere', {});
  expect(outcomes).toMatchObject([
    { signal: 'logs', status: 200, accepted: 1, rejected: 1 },
    { signal: 'traces', status: 400, accepted: 0, rejected: 0 },
  ]);
});
