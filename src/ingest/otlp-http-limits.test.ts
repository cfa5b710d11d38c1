import { once } from 'node:events';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { SinkError } from '../../test/ingest/memory-sink.ts';
import { json, OtlpEndpoint } from '../../test/ingest/otlp-endpoint.ts';
import {
  encodeJson,
  log,
  logsRequest,
  newYearMilliseconds,
  span,
  tracesRequest,
} from '../../test/ingest/otlp-messages.ts';
import { closing } from '../../test/support/closing.ts';
import { defaultOtlpHttpLimits } from './otlp-http.ts';

const endpoint = new OtlpEndpoint();

const logs = logsRequest([log('first'), log('second')]);
const traces = tracesRequest([span('GET /')]);

describe('sizes', () => {
  const limits = { ...defaultOtlpHttpLimits, bodyBytes: 100_000 };

  test('a body that is too long is a 413, announced or not', async () => {
    await endpoint.serve({ limits });
    const fits = new Uint8Array(100_000).fill(32);
    const longer = new Uint8Array(100_001).fill(32);
    expect((await endpoint.post('/v1/logs', fits)).status).toBe(200);
    const announced = await endpoint.post('/v1/logs', longer);
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
    expect((await fetch(`${endpoint.url}/v1/logs`, init)).status).toBe(413);
    expect((await endpoint.postJson('/v1/logs', logs)).status).toBe(200);
  });

  test('a bomb is a 413', async () => {
    await endpoint.serve({ limits });
    const bomb = new Uint8Array(gzipSync(new Uint8Array(3 << 20)));
    const answer = await endpoint.post('/v1/logs', bomb, {
      'content-type': json,
      'content-encoding': 'gzip',
    });
    expect(answer.status).toBe(413);
    expect(JSON.parse(answer.text).message).toContain('once it is inflated');
  });

  test('a client that goes on after a 413 is cut off', async () => {
    await endpoint.serve({ limits });
    const socket = connect(endpoint.port, '127.0.0.1');
    const closed = closing(socket);
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
    await endpoint.serve();
    endpoint.sink.before = () => {
      throw new SinkError(true);
    };
    const answer = await endpoint.postJson('/v1/logs', logs);
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
      await endpoint.serve();
      endpoint.sink.before = () => {
        throw error;
      };
      const answer = await endpoint.postJson('/v1/logs', logs);
      expect(answer.status).toBe(500);
      expect(answer.headers.get('retry-after')).toBeNull();
      expect(answer.text).not.toContain(error.message);
    },
  );

  test('that takes too long is told to stop, and answered for with a 503', async () => {
    await endpoint.serve({ limits: { ...defaultOtlpHttpLimits, storeMilliseconds: 20 } });
    endpoint.sink.before = (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(new Error('aborted')));
      });
    const answer = await endpoint.postJson('/v1/logs', logs);
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).not.toBeNull();
  });

  test('that failed halfway is asked again for all blocks, under the same tokens', async () => {
    await endpoint.serve();
    const day = 86_400_000_000_000n;
    const records = Array.from({ length: 120 }, (_, i) =>
      log('a', { timeUnixNano: String(BigInt(newYearMilliseconds) * 1_000_000n - BigInt(i) * day) }),
    );
    let calls = 0;
    endpoint.sink.before = () => {
      calls += 1;
      if (calls === 2) throw new SinkError(true);
    };
    expect((await endpoint.postJson('/v1/logs', logsRequest(records))).status).toBe(503);
    expect((await endpoint.postJson('/v1/logs', logsRequest(records))).status).toBe(200);
    expect(endpoint.sink.tokens.slice(0, 2)).toEqual(endpoint.sink.tokens.slice(2));
    expect(endpoint.sink.count('logs')).toBe(120);
  });
});

describe('what is in flight', () => {
  test('is bounded: beyond it comes a 429 with Retry-After', async () => {
    await endpoint.serve({
      limits: { ...defaultOtlpHttpLimits, inFlight: { requests: 2, bytes: 1 << 20, decoding: 1 } },
    });
    const waiting: (() => void)[] = [];
    endpoint.sink.before = () => new Promise((resolve) => waiting.push(resolve));
    const held = [
      endpoint.postJson('/v1/logs', logs),
      endpoint.postJson('/v1/logs', logsRequest([log('b')])),
    ];
    await expect.poll(() => waiting.length).toBe(2);
    const refused = await endpoint.postJson('/v1/logs', logs);
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toBe('1');
    expect(JSON.parse(refused.text).code).toBe(8);
    for (const resolve of waiting) resolve();
    expect((await Promise.all(held)).map(({ status }) => status)).toEqual([200, 200]);
    endpoint.sink.before = () => {};
    expect((await endpoint.postJson('/v1/logs', logs)).status).toBe(200);
  });

  test('is bounded in bytes too', async () => {
    await endpoint.serve({
      limits: { ...defaultOtlpHttpLimits, inFlight: { requests: 9, bytes: 2000, decoding: 1 } },
    });
    let release = (): void => {};
    endpoint.sink.before = () =>
      new Promise((resolve) => {
        release = resolve;
      });
    const held = endpoint.postJson('/v1/logs', logsRequest([log('x'.repeat(1500))]));
    await expect.poll(() => endpoint.sink.tokens.length).toBe(1);
    expect((await endpoint.postJson('/v1/logs', logsRequest([log('y'.repeat(1500))]))).status).toBe(429);
    release();
    expect((await held).status).toBe(200);
  });

  test('is given up when a client goes away in the middle of its body', async () => {
    await endpoint.serve({
      limits: { ...defaultOtlpHttpLimits, inFlight: { requests: 1, bytes: 1 << 20, decoding: 1 } },
    });
    const bytes = encodeJson(logs);
    const socket = connect(endpoint.port, '127.0.0.1');
    socket.write(
      `POST /v1/logs HTTP/1.1\r\nHost: a\r\nContent-Type: ${json}\r\nContent-Length: ${bytes.length}\r\n\r\n`,
    );
    socket.write(bytes.subarray(0, 50));
    const statusOfAnother = async (): Promise<number> =>
      (await endpoint.postJson('/v1/traces', traces)).status;
    await expect.poll(statusOfAnother).toBe(429);
    socket.destroy();
    await expect.poll(statusOfAnother).toBe(200);
    expect(endpoint.sink.count('logs')).toBe(0);
    expect(endpoint.sink.count('traces')).toBe(1);
  });
});

test('a silent connection and a slow body are cut off', async () => {
  await endpoint.serve(
    {},
    {
      headersTimeout: 100,
      requestTimeout: 200,
      connectionsCheckingInterval: 50,
      keepAliveTimeout: 1000,
      discardTimeout: 1000,
    },
  );
  for (const start of [
    'POST /v1/lo',
    `POST /v1/logs HTTP/1.1\r\nHost: a\r\nContent-Type: ${json}\r\nContent-Length: 9\r\n\r\n{`,
  ]) {
    const socket = connect(endpoint.port, '127.0.0.1');
    const closed = closing(socket);
    socket.write(start);
    const [answer] = await once(socket, 'data');
    expect(String(answer)).toMatch(/^HTTP\/1.1 408 /);
    await closed;
  }
  // A request of others is as short as these limits only where the machine is not busy.
  await expect.poll(async () => (await endpoint.postJson('/v1/logs', logs)).status).toBe(200);
});
