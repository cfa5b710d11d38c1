import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createKey } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';
import { bearer, initialize, openSession, postMcp, rawRequest } from '../support/raw-http.ts';
import { post } from '../support/sample.ts';

let product: Product;
let key: string;

beforeAll(async () => {
  product = await startProduct();
  key = await createKey(product.dataDir);
});

afterAll(async () => {
  expect(await product?.stop()).toEqual({ code: 0, signal: null });
});

const at = (path: string) => new URL(path, product.mcpUrl);
const otlp = (path: string) => new URL(path, product.otlpUrl);
const json = { 'content-type': 'application/json' };
const listTools = { jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} };

describe('paths', () => {
  test.each([
    '/nothing',
    '/mcp/more',
    '/.well-known/oauth-protected-resource',
    '/.well-known/oauth-authorization-server',
    '/v1/logs',
  ])('%s is a JSON 404', async (path) => {
    for (const method of ['GET', 'POST']) {
      const { status, headers, body } = await rawRequest(at(path), { method });
      expect(status).toBe(404);
      expect(headers['content-type']).toMatch(/^application\/json/);
      expect(() => JSON.parse(body)).not.toThrow();
    }
  });

  test('/livez, /readyz and /metrics need no key on loopback', async () => {
    expect((await rawRequest(at('/livez'))).status).toBe(200);
    expect((await rawRequest(at('/readyz'))).status).toBe(200);
    const metrics = await rawRequest(at('/metrics'));
    expect(metrics.status).toBe(200);
    expect(metrics.headers['content-type']).toMatch(/^text\/plain|^application\/openmetrics-text/);
    expect(metrics.body).toMatch(/^# TYPE \w+ (counter|gauge|histogram)$/m);
  });
});

describe('keys at /mcp', () => {
  test.each([
    ['none', {}],
    ['an empty one', { authorization: 'Bearer ' }],
    ['a wrong one', { authorization: 'Bearer ks_aaaaaaaaaa_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA' }],
    ['no bearer token', { authorization: 'Basic dXNlcjpwYXNz' }],
  ])('%s', async (_, headers) => {
    for (const message of [initialize, listTools]) {
      const { status, headers: got, body } = await postMcp(product.mcpUrl, message, headers);
      expect(status).toBe(401);
      expect(got['www-authenticate']).toMatch(/^Bearer\b/);
      expect(body).not.toContain('ks_');
    }
  });

  test('the key is asked for at every request, not only the first', async () => {
    const session = await openSession(product.mcpUrl, key);
    const within = { 'mcp-session-id': session };
    expect((await postMcp(product.mcpUrl, listTools, { ...bearer(key), ...within })).status).toBe(200);
    expect((await postMcp(product.mcpUrl, listTools, within)).status).toBe(401);
    expect(
      (await rawRequest(product.mcpUrl, { headers: { accept: 'text/event-stream', ...within } })).status,
    ).toBe(401);
    expect((await rawRequest(product.mcpUrl, { method: 'DELETE', headers: within })).status).toBe(401);
  });

  test('a key of another role gets 403', async () => {
    const ingest = await createKey(product.dataDir, '--role', 'ingest');
    expect((await postMcp(product.mcpUrl, initialize, bearer(ingest))).status).toBe(403);
  });

  test("another key's session is answered exactly as one that does not exist", async () => {
    const session = await openSession(product.mcpUrl, key);
    const other = await createKey(product.dataDir);
    const ask = (id: string, by: string) =>
      postMcp(product.mcpUrl, listTools, { ...bearer(by), 'mcp-session-id': id });
    const [foreign, none] = [
      await ask(session, other),
      await ask('00000000-0000-4000-8000-000000000000', other),
    ];
    expect([foreign.status, none.status]).toEqual([404, 404]);
    expect(foreign.body).toBe(none.body);
    expect((await ask(session, key)).status).toBe(200);
  });

  test('DELETE ends a session', async () => {
    const session = await openSession(product.mcpUrl, key);
    const headers = { ...bearer(key), 'mcp-session-id': session };
    expect((await rawRequest(product.mcpUrl, { method: 'DELETE', headers })).status).toBeLessThan(300);
    expect((await postMcp(product.mcpUrl, listTools, headers)).status).toBe(404);
  });
});

describe('web pages can not reach it', () => {
  test.each(['evil.example', 'evil.example:3939', '127.0.0.1.evil.example'])('Host: %s', async (host) => {
    const headers = { ...bearer(key), host };
    expect((await postMcp(product.mcpUrl, initialize, headers)).status).toBe(403);
    expect(
      (await rawRequest(otlp('/v1/logs'), { method: 'POST', headers: { ...json, host }, body: '{}' })).status,
    ).toBe(403);
    expect((await rawRequest(at('/metrics'), { headers: { host } })).status).toBe(403);
  });

  test.each(['https://evil.example', 'http://localhost.evil.example', 'null'])(
    'Origin: %s',
    async (origin) => {
      expect((await postMcp(product.mcpUrl, initialize, { ...bearer(key), origin })).status).toBe(403);
      expect(
        (await rawRequest(otlp('/v1/logs'), { method: 'POST', headers: { ...json, origin }, body: '{}' }))
          .status,
      ).toBe(403);
    },
  );

  test('names of loopback are its own', async () => {
    for (const host of [`localhost:${product.mcpUrl.port}`, `127.0.0.1:${product.mcpUrl.port}`]) {
      const headers = { ...bearer(key), host, origin: `http://${host}` };
      expect((await postMcp(product.mcpUrl, initialize, headers)).status).toBe(200);
    }
  });

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'])(
    '%s gets 415',
    async (type) => {
      const headers = { 'content-type': type };
      const withKey = { ...bearer(key), ...headers };
      expect((await postMcp(product.mcpUrl, initialize, withKey)).status).toBe(415);
      expect((await rawRequest(otlp('/v1/logs'), { method: 'POST', headers, body: '{}' })).status).toBe(415);
    },
  );
});

describe('bodies', () => {
  test('past the cap: 413', async () => {
    const message = { ...listTools, params: { padding: 'x'.repeat(20 * 1024 * 1024) } };
    // A server may hang up on the sender of a body that it does not read.
    const status = await postMcp(product.mcpUrl, message, bearer(key)).then(
      (response) => response.status,
      (error: NodeJS.ErrnoException) => error.code,
    );
    expect([413, 'ECONNRESET', 'EPIPE']).toContain(status);
    expect((await rawRequest(at('/livez'))).status).toBe(200);

    const declared = { ...bearer(key), ...json, accept: 'application/json, text/event-stream' };
    const small = await postMcp(
      product.mcpUrl,
      { ...listTools, params: { padding: 'x'.repeat(4_500_000) } },
      declared,
    );
    expect(small.status).toBe(413);
  });

  test('that are no JSON are an error of the protocol', async () => {
    const { status, body } = await postMcp(product.mcpUrl, '{"jsonrpc": "2.0", ', bearer(key));
    expect(status).toBe(400);
    expect(JSON.parse(body)).toMatchObject({ error: { code: -32700 } });
  });
});

describe('OTLP', () => {
  test('a payload that can not be used gets 400 with the reason', async () => {
    for (const body of ['{"resourceLogs": 5}', '{"resourceLogs": [', '[]']) {
      const response = await post(product.otlpUrl, '/v1/logs', body);
      expect(response.status).toBe(400);
      expect((await response.text()).length).toBeGreaterThan(10);
    }
    const protobuf = {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: new Uint8Array([10, 200, 1]),
    };
    expect((await fetch(otlp('/v1/traces'), protobuf)).status).toBe(400);
    expect(await product.readiness()).toBe(200);
  });

  test('an empty request is a good one', async () => {
    expect((await post(product.otlpUrl, '/v1/logs', {})).status).toBe(200);
    expect((await post(product.otlpUrl, '/v1/traces', { resourceSpans: [] })).status).toBe(200);
  });

  test('other methods and paths', async () => {
    const { status, headers } = await rawRequest(otlp('/v1/logs'));
    expect([status, headers.allow]).toEqual([405, 'POST']);
    expect((await rawRequest(otlp('/v2/logs'), { method: 'POST', headers: json, body: '{}' })).status).toBe(
      404,
    );
  });

  test('times more than a day ahead are rejected, and the rest is taken', async () => {
    const record = (ms: number, text: string) => ({
      timeUnixNano: `${ms}000000`,
      body: { stringValue: text },
    });
    const logRecords = [record(Date.now(), 'now'), record(Date.now() + 3 * 86_400_000, 'ahead')];
    const response = await post(product.otlpUrl, '/v1/logs', {
      resourceLogs: [{ scopeLogs: [{ logRecords }] }],
    });
    expect(response.status).toBe(200);
    const answer = z.object({
      partialSuccess: z.object({ rejectedLogRecords: z.coerce.number(), errorMessage: z.string() }),
    });
    const { partialSuccess } = answer.parse(await response.json());
    expect(partialSuccess.rejectedLogRecords).toBe(1);
    expect(partialSuccess.errorMessage).toMatch(/ahead|future|day/);
  });
});
