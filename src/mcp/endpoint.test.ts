import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openEventStream } from '../../test/mcp/event-stream.ts';
import {
  callInSession,
  callModern,
  listTools,
  messageOf,
  modernHeaders,
  modernMessage,
  textOf,
} from '../../test/mcp/exchange.ts';
import { type FixtureEndpoint, startFixture } from '../../test/mcp/fixture-endpoint.ts';
import { bearer, initialize, openSession, postMcp, rawRequest } from '../../test/support/raw-http.ts';
import { waitFor } from '../../test/support/wait.ts';

let fixture: FixtureEndpoint;
let url: URL;

beforeEach(async () => {
  fixture = await startFixture({ maxBodyBytes: 10_000 });
  url = fixture.url;
});
afterEach(() => fixture.stop());

const discover = () =>
  postMcp(url, modernMessage('server/discover'), { ...bearer('alice'), ...modernHeaders('server/discover') });

describe('who may call', () => {
  test.each([
    ['no key', {}],
    ['an unknown key', { authorization: 'Bearer nobody' }],
    ['a malformed one', { authorization: 'Bearer a b' }],
    ['another scheme', { authorization: 'Basic YWxpY2U6' }],
  ])('%s: 401 before anything is read', async (_, headers) => {
    for (const message of ['{', initialize, modernMessage('tools/list')]) {
      const response = await postMcp(url, message, headers);
      expect(response.status).toBe(401);
      expect(response.headers['www-authenticate']).toMatch(/^Bearer realm="kubesense-mcp"/);
    }
    expect(fixture.keys.used).toEqual([]);
  });

  test('the text is the same for every key that is not valid', async () => {
    fixture.keys.add('expired', { expiresAt: new Date('2026-11-23T12:00:00Z') });
    const [unknown, expired, malformed] = await Promise.all(
      ['nobody', 'expired', '!'].map((key) => postMcp(url, initialize, bearer(key))),
    );
    expect([unknown?.status, expired?.status, malformed?.status]).toEqual([401, 401, 401]);
    expect(expired?.body).toBe(unknown?.body);
    expect(malformed?.body).toBe(unknown?.body);
    expect(unknown?.headers['www-authenticate']).toContain('error="invalid_token"');
  });

  test('a key expires in its instant', async () => {
    fixture.keys.add('short', { expiresAt: new Date('2026-11-23T12:00:01.000Z') });
    fixture.advance(999);
    expect((await postMcp(url, initialize, bearer('short'))).status).toBe(200);
    fixture.advance(1);
    expect((await postMcp(url, initialize, bearer('short'))).status).toBe(401);
  });

  test('a key without the role: 403', async () => {
    fixture.keys.add('sender', { roles: ['ingest', 'admin'] });
    const response = await postMcp(url, initialize, bearer('sender'));
    expect(response.status).toBe(403);
    expect(response.headers['www-authenticate']).toBe(
      'Bearer realm="kubesense-mcp", error="insufficient_scope", scope="query"',
    );
  });

  test('where keys can not be checked nobody gets in, and the reason stays in the log', async () => {
    const session = await openSession(url, 'alice');
    fixture.keys.broken = true;
    const response = await callInSession(url, 'alice', session, 'echo', { text: 'x' });
    expect(response.status).toBe(503);
    expect(response.headers['retry-after']).toBe('5');
    expect(response.body).not.toContain('secret');
    expect(fixture.log.join('')).toContain('/var/secret');
    const refusals = () => fixture.log.filter((line) => line.includes('keys can not be checked')).length;
    const before = refusals();
    fixture.advance(10_000);
    await waitFor('the sweep', 30_000, () => refusals() > before);
    await new Promise(setImmediate);
    fixture.keys.broken = false;
    expect((await callInSession(url, 'alice', session, 'echo', { text: 'x' })).status).toBe(200);
  });

  test('what is open ends where its key can not be checked; its session is there again afterwards', async () => {
    const session = await openSession(url, 'alice');
    const stream = await openEventStream(url, 'alice', session);
    expect(stream.status).toBe(200);
    fixture.keys.broken = true;
    fixture.advance(10_000);
    await stream.ended;
    fixture.keys.broken = false;
    expect((await callInSession(url, 'alice', session, 'echo', { text: 'x' })).status).toBe(200);
  });

  test.each(['evil.example', 'localhost.evil.example'])('Host "%s": 403', async (host) => {
    const response = await postMcp(url, initialize, { ...bearer('alice'), host });
    expect(response.status).toBe(403);
    expect(JSON.parse(response.body)).toMatchObject({ jsonrpc: '2.0', error: { code: -32000 }, id: null });
  });

  test.each(['http://evil.example', 'null', 'https://127.0.0.1.evil.example'])(
    'Origin %s: 403',
    async (origin) => {
      expect((await postMcp(url, initialize, { ...bearer('alice'), origin })).status).toBe(403);
    },
  );
});

describe('who called', () => {
  test('handlers see the principal of the request, and nothing of the key', async () => {
    const session = await openSession(url, 'alice');
    const old = JSON.parse(textOf(await callInSession(url, 'alice', session, 'echo', { text: 'hi' })));
    const caller = { keyId: 'id-alice', name: 'name-alice', authorization: null, token: 'id-alice' };
    expect(old).toEqual({ sent: 'hi', era: 'legacy', ...caller });
    const modern = JSON.parse(textOf(await callModern(url, 'bob', 'echo', { text: 'ho' })));
    expect(modern).toMatchObject({ sent: 'ho', era: 'modern', keyId: 'id-bob', token: 'id-bob' });
  });

  test('each request of a session has the rights that the key has by then', async () => {
    const session = await openSession(url, 'alice');
    fixture.keys.add('alice', { roles: ['ingest'] });
    expect((await callInSession(url, 'alice', session, 'echo', { text: 'x' })).status).toBe(403);
  });

  test('the key is in no log line', async () => {
    fixture.keys.add('supersecretkey');
    const session = await openSession(url, 'supersecretkey');
    await callModern(url, 'supersecretkey', 'echo', { text: 'x' });
    await postMcp(url, '{', bearer('supersecretkey'));
    await rawRequest(url, {
      method: 'DELETE',
      headers: { ...bearer('supersecretkey'), 'mcp-session-id': session },
    });
    const lines = fixture.log.join('').replaceAll('id-supersecretkey', '');
    expect(fixture.log.length).toBeGreaterThan(0);
    expect(lines).not.toContain('supersecretkey');
  });
});

describe('bodies', () => {
  test.each(['{"jsonrpc": "2.0", ', '', 'nonsense', '"\u00ff'])(
    'that are no JSON: -32700 (%j)',
    async (body) => {
      const response = await postMcp(url, body, bearer('alice'));
      expect(response.status).toBe(400);
      expect(JSON.parse(response.body)).toEqual({
        jsonrpc: '2.0',
        error: { code: -32700, message: 'Parse error: the body is not valid JSON.' },
        id: null,
      });
    },
  );

  test('that are not UTF-8: -32700', async () => {
    const headers = { ...bearer('alice'), 'content-type': 'application/json' };
    const body = Buffer.from([0x22, 0xff, 0x22]);
    const response = await rawRequest(url, { method: 'POST', headers, body });
    expect([response.status, JSON.parse(response.body).error.code]).toEqual([400, -32700]);
  });

  test.each([[{}], [[]], [7], [null], ['text'], [{ jsonrpc: '1.0', id: 1, method: 'ping' }]])(
    'that are no JSON-RPC are refused (%j)',
    async (body) => {
      const response = await postMcp(url, JSON.stringify(body), bearer('alice'));
      expect(response.status).toBe(400);
      expect(JSON.parse(response.body)).toMatchObject({
        jsonrpc: '2.0',
        error: { code: expect.any(Number) },
      });
    },
  );

  test('past the cap: 413, announced or not', async () => {
    const headers = { ...bearer('alice'), 'content-type': 'application/json' };
    const body = `"${'x'.repeat(9_998)}"`;
    expect((await rawRequest(url, { method: 'POST', headers, body })).status).toBe(400);
    expect((await rawRequest(url, { method: 'POST', headers, body: `${body} ` })).status).toBe(413);
    const chunked = { ...headers, 'transfer-encoding': 'chunked' };
    const response = await rawRequest(url, { method: 'POST', headers: chunked, body: `${body} ` });
    expect(response.status).toBe(413);
    expect(JSON.parse(response.body).error.message).toContain('10000 bytes');
  });

  test.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'application/jsonp',
    '',
  ])('of type "%s": 415', async (type) => {
    expect((await postMcp(url, initialize, { ...bearer('alice'), 'content-type': type })).status).toBe(415);
  });

  test('with a content coding: 415', async () => {
    const headers = { ...bearer('alice'), 'content-encoding': 'gzip' };
    expect((await postMcp(url, initialize, headers)).status).toBe(415);
  });

  test('the type may have parameters', async () => {
    const headers = { ...bearer('alice'), 'content-type': 'Application/JSON; charset=utf-8' };
    expect((await postMcp(url, initialize, headers)).status).toBe(200);
  });
});

describe('methods', () => {
  test.each(['PUT', 'PATCH', 'OPTIONS', 'HEAD'])('%s: 405', async (method) => {
    const { status, headers } = await rawRequest(url, { method, headers: bearer('alice') });
    expect([status, headers.allow]).toEqual([405, 'GET, POST, DELETE']);
  });

  test.each(['GET', 'DELETE'])('%s of the newer era: 405', async (method) => {
    const headers = { ...bearer('alice'), ...modernHeaders('tools/list'), accept: 'text/event-stream' };
    const response = await rawRequest(url, { method, headers });
    expect([response.status, response.headers.allow]).toEqual([405, 'POST']);
  });

  test('answers are not for browsers to show, frame or keep', async () => {
    for (const { headers } of [await postMcp(url, '{', bearer('alice')), await discover()]) {
      expect(headers['x-content-type-options']).toBe('nosniff');
      expect(headers['content-security-policy']).toBe("default-src 'none'; frame-ancestors 'none'");
      expect(headers['cache-control']).toBe('no-store');
      expect(headers['access-control-allow-origin']).toBeUndefined();
    }
  });
});

describe('the newer era', () => {
  test('needs no session and makes none', async () => {
    const response = await discover();
    expect(response.status).toBe(200);
    expect(messageOf(response)).toMatchObject({ result: { supportedVersions: ['2026-07-28'] } });
    expect(response.headers['mcp-session-id']).toBeUndefined();
    expect(fixture.endpoint.sessions()).toBe(0);
  });

  test('headers that differ from the body are refused', async () => {
    const message = modernMessage('tools/list');
    const response = await postMcp(url, message, { ...bearer('alice'), ...modernHeaders('prompts/list') });
    expect([response.status, JSON.parse(response.body).error.code]).toEqual([400, -32020]);
  });

  test('an unknown tool is an error of the protocol', async () => {
    expect(messageOf(await callModern(url, 'alice', 'nothing', {}))).toMatchObject({
      error: { code: -32602 },
    });
  });
});

describe('errors', () => {
  test('what a handler throws goes to the log under the id that the answer carries', async () => {
    for (const [name, code] of [
      ['broken', -32603],
      ['coded', 241],
    ] as const) {
      const session = await openSession(url, 'alice');
      const request = { jsonrpc: '2.0', id: 3, method: 'prompts/get', params: { name } };
      const old = await postMcp(url, request, { ...bearer('alice'), 'mcp-session-id': session });
      const modern = await postMcp(url, modernMessage('prompts/get', { name }), {
        ...bearer('alice'),
        ...modernHeaders('prompts/get', name),
      });
      for (const response of [old, modern]) {
        expect(response.body).not.toMatch(/SELECT|db\.internal/);
        const message = messageOf(response);
        expect(message).toMatchObject({
          error: { code: -32603, message: expect.stringMatching(/Error id: \S+$/) },
        });
        const id = /Error id: (\S+)"/.exec(JSON.stringify(message))?.[1] ?? 'none';
        const line = fixture.log.find((text) => text.includes(id));
        expect(JSON.parse(line ?? '{}')).toMatchObject({
          level: 50,
          code,
          text: expect.stringContaining('SELECT'),
        });
      }
    }
  });

  test("wrong parameters are the client's mistake, and are named", async () => {
    const session = await openSession(url, 'alice');
    const request = { jsonrpc: '2.0', id: 3, method: 'prompts/get', params: {} };
    const response = await postMcp(url, request, { ...bearer('alice'), 'mcp-session-id': session });
    expect(messageOf(response)).toEqual({
      jsonrpc: '2.0',
      id: 3,
      error: {
        code: -32602,
        message: 'Invalid params. params.name: Invalid input: expected string, received undefined',
      },
    });
  });
});

test('a stopping server answers 503', async () => {
  const session = await openSession(url, 'alice');
  await fixture.endpoint.close(0);
  expect(fixture.endpoint.sessions()).toBe(0);
  for (const response of [
    await postMcp(url, initialize, bearer('alice')),
    await postMcp(url, listTools, { ...bearer('alice'), 'mcp-session-id': session }),
    await discover(),
  ]) {
    expect([response.status, response.headers['retry-after']]).toEqual([503, '5']);
  }
});
