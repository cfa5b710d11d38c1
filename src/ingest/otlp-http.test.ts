import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:net';
import { deflateSync, gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { MemorySink, SinkError } from '../../test/ingest/memory-sink.ts';
import {
  decodeMessage,
  encodeJson,
  encodeMessage,
  type Json,
  log,
  logsRequest,
  newYearMilliseconds,
  span,
  textAttribute,
  tracesRequest,
} from '../../test/ingest/otlp-messages.ts';
import type { Limits, Role } from '../access/principal.ts';
import { createLog } from '../observe/log.ts';
import { Decoder } from './decoder.ts';
import {
  createOtlpHandler,
  defaultOtlpHttpLimits,
  type ExportOutcome,
  type OtlpHttpOptions,
} from './otlp-http.ts';
import { createOtlpServer } from './otlp-server.ts';

const json = 'application/json';
const protobuf = 'application/x-protobuf';

let decoder: Decoder;
let sink: MemorySink;
let server: Server | undefined;
let url = '';

beforeAll(() => {
  decoder = new Decoder({
    threads: 1,
    limits: { inflatedBytes: 2 << 20, records: 100_000, rowBytes: 8 << 20 },
  });
});
afterAll(() => decoder.close());
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(options: Partial<OtlpHttpOptions> = {}): Promise<void> {
  sink = new MemorySink();
  const handler = createOtlpHandler({
    decoder,
    sink,
    log: createLog('silent'),
    now: () => newYearMilliseconds,
    ...options,
  });
  server = createOtlpServer(handler).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${port()}`;
}

function port(): number {
  const address = server?.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server is not listening');
  return address.port;
}

interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly text: string;
}

async function post(
  path: string,
  body: Uint8Array<ArrayBuffer> | string,
  headers: Record<string, string> = { 'content-type': json },
): Promise<Answer> {
  const response = await fetch(url + path, { method: 'POST', body, headers });
  const bytes = new Uint8Array(await response.arrayBuffer());
  return { status: response.status, headers: response.headers, bytes, text: Buffer.from(bytes).toString() };
}
const postJson = (path: string, request: Json, headers = {}): Promise<Answer> =>
  post(path, encodeJson(request), { 'content-type': json, ...headers });

/** Resolves once the condition holds. */
async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not come to pass in time');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

const logs = logsRequest([log('first'), log('second')]);
const traces = tracesRequest([span('GET /')]);

describe('an export', () => {
  test('of logs and of spans, in JSON and in protobuf, plain and gzip, is stored', async () => {
    await serve();
    const logsBytes = encodeMessage('ExportLogsServiceRequest', logs);
    const tracesBytes = encodeMessage('ExportTraceServiceRequest', traces);
    const gzip = (bytes: Uint8Array) => new Uint8Array(gzipSync(bytes));
    const answers = [
      await post('/v1/logs', encodeJson(logs), { 'content-type': 'application/json; charset=UTF-8' }),
      await post('/v1/traces', encodeJson(traces)),
      await post('/v1/logs', gzip(logsBytes), { 'content-type': protobuf, 'content-encoding': 'gzip' }),
      await post('/v1/traces?x=y', tracesBytes, { 'content-type': protobuf, 'content-encoding': 'identity' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(answers.map(({ headers }) => headers.get('content-type'))).toEqual([
      json,
      json,
      protobuf,
      protobuf,
    ]);
    expect(answers.map(({ text }) => text)).toEqual(['{}', '{}', '', '']);
    expect(sink.rows('logs').map(({ Body }) => Body)).toEqual(['first', 'second', 'first', 'second']);
    expect(sink.rows('traces').map(({ SpanName }) => SpanName)).toEqual(['GET /', 'GET /']);
  });

  test('of nothing is fine', async () => {
    await serve();
    expect(await postJson('/v1/logs', {})).toMatchObject({ status: 200, text: '{}' });
    expect(await post('/v1/traces', new Uint8Array(), { 'content-type': protobuf })).toMatchObject({
      status: 200,
      text: '',
    });
    expect(sink.tokens).toEqual([]);
  });

  test('is answered only when all of its blocks are durable', async () => {
    await serve();
    let release = (): void => {};
    let calls = 0;
    sink.before = () => {
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
    const answer = postJson('/v1/logs', logsRequest(records)).finally(() => {
      answered = true;
    });
    await until(() => calls === 2);
    await new Promise((resolve) => setImmediate(resolve));
    expect(answered).toBe(false);
    release();
    expect((await answer).status).toBe(200);
    expect(sink.inserted.map(({ rows }) => rows)).toEqual([90, 30]);
  });

  test('that is sent again is stored once', async () => {
    await serve();
    await postJson('/v1/logs', logs);
    await postJson('/v1/logs', logs);
    await postJson('/v1/logs', logsRequest([log('other')]));
    expect(sink.tokens).toHaveLength(3);
    expect(sink.tokens[0]).toMatch(/^[0-9a-f]{64}-0$/);
    expect(sink.tokens[0]).toBe(sink.tokens[1]);
    expect(sink.count('logs')).toBe(3);
  });

  test('is rejected in part, in both encodings as OTLP defines it', async () => {
    await serve();
    const request = tracesRequest([
      span('fine'),
      span('no start', { startTimeUnixNano: '0' }),
      span('no id', { spanId: '' }),
    ]);
    const inJson = await postJson('/v1/traces', request);
    const errorMessage =
      '2 rejected: a span has no start time (1), a span id is not 8 bytes (in JSON 16 hexadecimal digits), or it is all zeros (1)';
    expect(inJson.status).toBe(200);
    expect(JSON.parse(inJson.text)).toEqual({ partialSuccess: { rejectedSpans: '2', errorMessage } });

    const bytes = encodeMessage('ExportTraceServiceRequest', request);
    const inProtobuf = await post('/v1/traces', bytes, { 'content-type': protobuf });
    expect(inProtobuf.status).toBe(200);
    expect(decodeMessage('ExportTraceServiceResponse', inProtobuf.bytes)).toEqual({
      partialSuccess: { rejectedSpans: '2', errorMessage },
    });
    expect(sink.rows('traces').map(({ SpanName }) => SpanName)).toEqual(['fine', 'fine']);

    const late = logsRequest([log('late', { timeUnixNano: '9000000000000000000' })]);
    const lateMessage = "1 rejected: a time is more than one day ahead of the server's clock (1)";
    expect(JSON.parse((await postJson('/v1/logs', late)).text)).toEqual({
      partialSuccess: { rejectedLogRecords: '1', errorMessage: lateMessage },
    });
    const lateBytes = encodeMessage('ExportLogsServiceRequest', late);
    const lateAnswer = await post('/v1/logs', lateBytes, { 'content-type': protobuf });
    expect(decodeMessage('ExportLogsServiceResponse', lateAnswer.bytes)).toEqual({
      partialSuccess: { rejectedLogRecords: '1', errorMessage: lateMessage },
    });
  });

  test('is accepted with a word about what was put right', async () => {
    await serve();
    const request = logsRequest([log('a', { traceId: 'abcd' })]);
    const errorMessage =
      'stored, but: a trace id that is not 16 bytes, or a span id that is not 8 bytes, was left out (1)';
    const { text } = await postJson('/v1/logs', request);
    expect(JSON.parse(text)).toEqual({ partialSuccess: { rejectedLogRecords: '0', errorMessage } });
    const bytes = encodeMessage('ExportLogsServiceRequest', request);
    const inProtobuf = await post('/v1/logs', bytes, { 'content-type': protobuf });
    expect(decodeMessage('ExportLogsServiceResponse', inProtobuf.bytes)).toEqual({
      partialSuccess: { errorMessage },
    });
    expect(sink.rows('logs')).toMatchObject([
      { Body: 'a', TraceId: '' },
      { Body: 'a', TraceId: '' },
    ]);
  });

  test('that names no time is stored under its arrival', async () => {
    await serve();
    await postJson('/v1/logs', logsRequest([{ body: { stringValue: 'a' } }]));
    expect(sink.rows('logs')).toMatchObject([{ Timestamp: `${newYearMilliseconds}000000` }]);
  });
});

describe('what is no export', () => {
  test('another path is a JSON 404, whatever is sent there', async () => {
    await serve();
    for (const path of ['/', '/v1/metrics', '/v1/logs/', '/V1/logs', '/.well-known/x']) {
      const answer = await post(path, 'x', { 'content-type': protobuf });
      expect(answer.status).toBe(404);
      expect(answer.headers.get('content-type')).toBe(json);
      expect(JSON.parse(answer.text)).toEqual({
        code: 5,
        message: 'there is nothing here; OTLP is taken at /v1/logs and /v1/traces',
      });
    }
  });

  test('another method is a 405 that says which one works', async () => {
    await serve();
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
      const response = await fetch(`${url}/v1/logs`, { method });
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
    await serve();
    const answer = await post('/v1/logs', encodeJson(logs), { 'content-type': type });
    expect(answer.status).toBe(415);
    expect(JSON.parse(answer.text).message).toContain('application/x-protobuf or application/json');
    expect(sink.tokens).toEqual([]);
  });

  test('another content coding is a 415 that says which ones work', async () => {
    await serve();
    const body = new Uint8Array(deflateSync(encodeJson(logs)));
    for (const coding of ['deflate', 'zstd', 'br', 'gzip, gzip']) {
      const answer = await post('/v1/logs', body, { 'content-type': json, 'content-encoding': coding });
      expect(answer.status).toBe(415);
      expect(answer.headers.get('accept-encoding')).toBe('gzip, identity');
    }
  });

  test('a bad payload is a 400 with the reason in its own encoding, and nothing of it is stored', async () => {
    await serve();
    const inJson = await postJson('/v1/logs', logsRequest([log('fine'), { body: 'text' }]));
    expect(inJson.status).toBe(400);
    expect(JSON.parse(inJson.text)).toEqual({
      code: 3,
      message:
        'resourceLogs[0].scopeLogs[0].logRecords[1].body is not an AnyValue, such as {"stringValue":"…"}',
    });
    const bytes = encodeMessage('ExportLogsServiceRequest', logs);
    const cut = await post('/v1/logs', bytes.slice(0, -5), { 'content-type': protobuf });
    expect(cut.status).toBe(400);
    expect(cut.headers.get('content-type')).toBe(protobuf);
    expect(decodeMessage('Status', cut.bytes)).toEqual({
      code: 3,
      message: expect.stringMatching(
        /^the body is not an ExportLogsServiceRequest in protobuf: .* at byte \d+$/,
      ),
    });
    const noGzip = await post('/v1/logs', bytes, { 'content-type': protobuf, 'content-encoding': 'gzip' });
    expect(noGzip.status).toBe(400);
    expect(sink.tokens).toEqual([]);
    expect((await postJson('/v1/logs', logs)).status).toBe(200);
    expect(sink.count('logs')).toBe(2);
  });
});

describe('sizes', () => {
  const limits = { ...defaultOtlpHttpLimits, bodyBytes: 100_000 };

  test('a body that is too long is a 413, announced or not', async () => {
    await serve({ limits });
    const fits = new Uint8Array(100_000).fill(32);
    const longer = new Uint8Array(100_001).fill(32);
    expect((await post('/v1/logs', fits)).status).toBe(200);
    const announced = await post('/v1/logs', longer);
    expect(announced.status).toBe(413);
    expect(JSON.parse(announced.text).message).toBe(
      'the body has more than 100000 bytes; send smaller batches',
    );
    const stream = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 11; i++) controller.enqueue(new Uint8Array(10_000).fill(32));
        controller.close();
      },
    });
    const init = { method: 'POST', body: stream, duplex: 'half' as const, headers: { 'content-type': json } };
    expect((await fetch(`${url}/v1/logs`, init)).status).toBe(413);
    expect((await postJson('/v1/logs', logs)).status).toBe(200);
  });

  test('a bomb is a 413', async () => {
    await serve({ limits });
    const bomb = new Uint8Array(gzipSync(new Uint8Array(3 << 20)));
    const answer = await post('/v1/logs', bomb, { 'content-type': json, 'content-encoding': 'gzip' });
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.text).message).toContain('once it is inflated');
  });

  test('a client that goes on after a 413 is cut off', async () => {
    await serve({ limits });
    const socket = connect(port(), '127.0.0.1');
    socket.on('error', () => {});
    const closed = once(socket, 'close');
    socket.write(
      `POST /v1/logs HTTP/1.1\r\nHost: a\r\nContent-Type: ${json}\r\nContent-Length: 100000000\r\n\r\n`,
    );
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 413 /);
    const pump = setInterval(() => socket.write(Buffer.alloc(50_000)), 1);
    await closed;
    clearInterval(pump);
  });
});

describe('the store', () => {
  test('that is down is a 503 with Retry-After, and nothing of its error gets out', async () => {
    await serve();
    sink.before = () => {
      throw new SinkError(true);
    };
    const answer = await postJson('/v1/logs', logs);
    expect(answer.status).toBe(503);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(JSON.parse(answer.text)).toEqual({
      code: 14,
      message: expect.stringMatching(/^the store can't take records now; try again later \(.+\)$/),
    });
    expect(answer.text).not.toMatch(/secret|DB::Exception|10\.0\.0\.7/);
  });

  test.each([new SinkError(false), new TypeError('a bug')])(
    'that fails for good is a 500, which senders do not repeat: %s',
    async (error) => {
      await serve();
      sink.before = () => {
        throw error;
      };
      const answer = await postJson('/v1/logs', logs);
      expect(answer.status).toBe(500);
      expect(answer.headers.get('retry-after')).toBeNull();
      expect(answer.text).not.toContain(error.message);
    },
  );

  test('that takes too long is told to stop, and answered for with a 503', async () => {
    await serve({ limits: { ...defaultOtlpHttpLimits, storeMilliseconds: 20 } });
    sink.before = (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('aborted')));
      });
    const answer = await postJson('/v1/logs', logs);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).not.toBeNull();
  });

  test('that failed halfway is asked again for all blocks, under the same tokens', async () => {
    await serve();
    const day = 86_400_000_000_000n;
    const records = Array.from({ length: 120 }, (_, i) =>
      log('a', { timeUnixNano: String(BigInt(newYearMilliseconds) * 1_000_000n - BigInt(i) * day) }),
    );
    let calls = 0;
    sink.before = () => {
      calls += 1;
      if (calls === 2) throw new SinkError(true);
    };
    expect((await postJson('/v1/logs', logsRequest(records))).status).toBe(503);
    expect((await postJson('/v1/logs', logsRequest(records))).status).toBe(200);
    expect(sink.tokens.slice(0, 2)).toEqual(sink.tokens.slice(2));
    expect(sink.count('logs')).toBe(120);
  });
});

describe('what is in flight', () => {
  test('is bounded: beyond it comes a 429 with Retry-After', async () => {
    await serve({
      limits: { ...defaultOtlpHttpLimits, inFlight: { requests: 2, bytes: 1 << 20, decoding: 1 } },
    });
    const waiting: (() => void)[] = [];
    sink.before = () => new Promise((resolve) => waiting.push(resolve));
    const held = [postJson('/v1/logs', logs), postJson('/v1/logs', logsRequest([log('b')]))];
    await until(() => waiting.length === 2);
    const refused = await postJson('/v1/logs', logs);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(JSON.parse(refused.text).code).toBe(8);
    for (const resolve of waiting) resolve();
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
    sink.before = () => {};
    expect((await postJson('/v1/logs', logs)).status).toBe(200);
  });

  test('is bounded in bytes too', async () => {
    await serve({
      limits: { ...defaultOtlpHttpLimits, inFlight: { requests: 9, bytes: 2000, decoding: 1 } },
    });
    let release = (): void => {};
    sink.before = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    const held = postJson('/v1/logs', logsRequest([log('x'.repeat(1500))]));
    await until(() => sink.tokens.length === 1);
    expect((await postJson('/v1/logs', logsRequest([log('y'.repeat(1500))]))).status).toBe(429);
    release();
    expect((await held).status).toBe(200);
  });

  test('is given up when a client goes away in the middle of its body', async () => {
    await serve({
      limits: { ...defaultOtlpHttpLimits, inFlight: { requests: 1, bytes: 1 << 20, decoding: 1 } },
    });
    const bytes = encodeJson(logs);
    const socket = connect(port(), '127.0.0.1');
    socket.on('error', () => {});
    socket.write(
      `POST /v1/logs HTTP/1.1\r\nHost: a\r\nContent-Type: ${json}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
    );
    socket.write(bytes.subarray(0, 50));
    await until(() => (server?.listening ?? false) && socket.bytesWritten > 50);
    let status = 0;
    await expect.poll(async () => (await postJson('/v1/traces', {})).status, { timeout: 10_000 }).toBe(429);
    socket.destroy();
    await expect
      .poll(
        async () => {
          status = (await postJson('/v1/traces', traces)).status;
          return status;
        },
        { timeout: 10_000 },
      )
      .toBe(200);
    expect(sink.count('logs')).toBe(0);
    expect(sink.count('traces')).toBe(1);
  });
});

describe('keys', () => {
  const principal = (limits: Limits, roles: Role[] = ['ingest']) => ({
    principal: { keyId: 'k', name: 'collector', roles, limits },
  });

  test('a request without a good one is a 401, without its body being read', async () => {
    await serve({ authenticate: async () => ({ status: 401, message: 'a key is needed' }) });
    const answer = await post('/v1/logs', encodeMessage('ExportLogsServiceRequest', logs), {
      'content-type': protobuf,
    });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(decodeMessage('Status', answer.bytes)).toEqual({ code: 16, message: 'a key is needed' });
    expect(sink.tokens).toEqual([]);
  });

  test('one without the role is a 403', async () => {
    await serve({ authenticate: async () => principal({}, ['query']) });
    const answer = await postJson('/v1/logs', logs);
    expect(answer.status).toBe(403);
    expect(JSON.parse(answer.text)).toEqual({ code: 7, message: 'the key does not have the role ingest' });
  });

  test('when it can not be checked, the sender is to try again', async () => {
    await serve({
      authenticate: async () => {
        throw new Error('http://platform.internal is down');
      },
    });
    const answer = await postJson('/v1/logs', logs);
    expect(answer.status).toBe(503);
    expect(answer.text).not.toContain('platform');
  });

  test('its limits bind what it writes, as partial success', async () => {
    await serve({ authenticate: async () => principal({ namespaces: ['shop'] }) });
    const shop = await postJson(
      '/v1/logs',
      logsRequest([log('a')], [textAttribute('k8s.namespace.name', 'shop')]),
    );
    expect(shop).toMatchObject({ status: 200, text: '{}' });
    const web = await postJson(
      '/v1/logs',
      logsRequest([log('b')], [textAttribute('k8s.namespace.name', 'web')]),
    );
    expect(JSON.parse(web.text)).toEqual({
      partialSuccess: {
        rejectedLogRecords: '1',
        errorMessage: '1 rejected: the key may not write namespace "web" (1)',
      },
    });
    expect(sink.rows('logs').map(({ Body }) => Body)).toEqual(['a']);
  });
});

test('the guard comes first, and answers by itself', async () => {
  await serve({
    guard: (request, response) => {
      if (request.headers.host?.startsWith('127.0.0.1')) return true;
      response.writeHead(421).end();
      return false;
    },
    authenticate: async () => ({ status: 401, message: 'a key is needed' }),
  });
  expect((await postJson('/v1/logs', logs)).status).toBe(401);
  const socket = connect(port(), '127.0.0.1');
  socket.write('POST /v1/logs HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\n\r\n');
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1.1 421 /);
  socket.destroy();
});

test('outcomes are told to whoever counts them', async () => {
  const outcomes: ExportOutcome[] = [];
  await serve({ observe: (outcome) => outcomes.push(outcome) });
  await postJson('/v1/logs', logsRequest([log('a'), log('b', { timeUnixNano: '-1' })]));
  await postJson('/v1/traces', { resourceSpans: 5 });
  await postJson('/nowhere', {});
  expect(outcomes).toMatchObject([
    { signal: 'logs', status: 200, accepted: 1, rejected: 1 },
    { signal: 'traces', status: 400, accepted: 0, rejected: 0 },
  ]);
});

test('a silent connection and a slow body are cut off in time', async () => {
  await serve();
  expect(server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 30_000 });
});
