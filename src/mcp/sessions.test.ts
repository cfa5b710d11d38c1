import { McpServer } from '@modelcontextprotocol/server';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EventStream, openEventStream } from '../../test/mcp/event-stream.ts';
import { callInSession, listTools, messageOf, textOf } from '../../test/mcp/exchange.ts';
import { type FixtureEndpoint, startFixture } from '../../test/mcp/fixture-endpoint.ts';
import { bearer, initialize, openSession, postMcp, rawRequest } from '../../test/support/raw-http.ts';
import { waitFor } from '../../test/support/wait.ts';
import { HttpError } from '../http/http-error.ts';
import { defaultLimits } from './endpoint.ts';
import { Sessions } from './sessions.ts';

const minute = 60_000;
const limits = { maxSessions: 6, maxSessionsPerKey: 3 };
const unknown = '00000000-0000-4000-8000-000000000000';

let fixture: FixtureEndpoint;
let url: URL;

beforeEach(async () => {
  fixture = await startFixture(limits);
  url = fixture.url;
});
afterEach(() => fixture.stop());

const list = (key: string, session: string) =>
  postMcp(url, listTools, { ...bearer(key), 'mcp-session-id': session });
const status = async (key: string, session: string) => (await list(key, session)).status;
const sessions = (count: number) =>
  waitFor(`${count} sessions`, 30_000, () => fixture.endpoint.sessions() === count);
const end = (key: string, session: string) =>
  rawRequest(url, { method: 'DELETE', headers: { ...bearer(key), 'mcp-session-id': session } });
const isStarted = (id: string) => waitFor(`${id} to start`, 30_000, () => fixture.events.started.has(id));
const isAborted = (id: string) =>
  waitFor(`${id} to be aborted`, 30_000, () => fixture.events.aborted.has(id));

describe('a session', () => {
  test('starts with initialize, and every answer names it', async () => {
    const response = await postMcp(url, initialize, bearer('alice'));
    expect(messageOf(response)).toMatchObject({ result: { protocolVersion: '2025-06-18' } });
    const id = String(response.headers['mcp-session-id']);
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    expect((await list('alice', id)).headers['mcp-session-id']).toBe(id);
    expect(fixture.endpoint.sessions()).toBe(1);
  });

  test('is not made by an initialize that is refused', async () => {
    const refused = await postMcp(url, initialize, { ...bearer('alice'), accept: 'application/json' });
    expect(refused.status).toBe(406);
    expect(fixture.endpoint.sessions()).toBe(0);
  });

  test('is asked for', async () => {
    for (const message of [listTools, { jsonrpc: '2.0', method: 'notifications/initialized' }]) {
      const response = await postMcp(url, message, bearer('alice'));
      expect(response.status).toBe(400);
      expect(response.body).toContain('Mcp-Session-Id');
    }
    for (const method of ['GET', 'DELETE']) {
      const headers = { ...bearer('alice'), accept: 'text/event-stream' };
      expect((await rawRequest(url, { method, headers })).status).toBe(400);
    }
  });

  test('of another key is answered exactly as one that does not exist', async () => {
    const session = await openSession(url, 'alice');
    for (const method of ['POST', 'GET', 'DELETE']) {
      const ask = (id: string) =>
        rawRequest(url, {
          method,
          headers: {
            ...bearer('bob'),
            'mcp-session-id': id,
            accept: 'application/json, text/event-stream',
            'content-type': 'application/json',
          },
          ...(method === 'POST' && { body: JSON.stringify(listTools) }),
        });
      const [foreign, none] = [await ask(session), await ask(unknown)];
      expect([foreign.status, none.status]).toEqual([404, 404]);
      expect(foreign.body).toBe(none.body);
      const { date: _, ...headers } = none.headers;
      expect(foreign.headers).toMatchObject(headers);
    }
    expect(await status('alice', session)).toBe(200);
  });

  test('ends by DELETE', async () => {
    const session = await openSession(url, 'alice');
    expect((await end('alice', session)).status).toBe(200);
    expect(fixture.endpoint.sessions()).toBe(0);
    expect(await status('alice', session)).toBe(404);
  });
});

describe('idling', () => {
  test('ends a session after 30 minutes, to the millisecond', async () => {
    const session = await openSession(url, 'alice');
    fixture.advance(30 * minute - 1);
    expect(await status('alice', session)).toBe(200);
    fixture.advance(30 * minute - 1);
    await new Promise(setImmediate);
    expect(fixture.endpoint.sessions()).toBe(1);
    fixture.advance(1);
    await sessions(0);
    expect(await status('alice', session)).toBe(404);
  });

  test('does not end one whose event stream is open, or that is at work', async () => {
    const streaming = await openSession(url, 'alice');
    const stream = await openEventStream(url, 'alice', streaming);
    const working = await openSession(url, 'alice');
    const call = callInSession(url, 'alice', working, 'slow', { id: 'a' });
    await isStarted('a');
    const idle = await openSession(url, 'alice');
    fixture.advance(31 * minute);
    await sessions(2);
    expect(await status('alice', idle)).toBe(404);
    expect(await status('alice', streaming)).toBe(200);
    fixture.events.emit('release', 'a');
    expect(textOf(await call)).toBe('done a');
    stream.drop();
  });

  test('a dropped event stream and 2 minutes of silence end it', async () => {
    const session = await openSession(url, 'alice');
    await dropped(await openEventStream(url, 'alice', session));
    fixture.advance(2 * minute - 1);
    await new Promise(setImmediate);
    expect(fixture.endpoint.sessions()).toBe(1);
    fixture.advance(1);
    await sessions(0);
  });

  test('a request after the drop breaks the silence', async () => {
    const session = await openSession(url, 'alice');
    await dropped(await openEventStream(url, 'alice', session));
    fixture.advance(minute);
    expect(await status('alice', session)).toBe(200);
    fixture.advance(29 * minute);
    expect(await status('alice', session)).toBe(200);
  });

  test('so does the stream when it is opened again', async () => {
    const session = await openSession(url, 'alice');
    await dropped(await openEventStream(url, 'alice', session));
    const again = await openEventStream(url, 'alice', session);
    expect(again.status).toBe(200);
    fixture.advance(40 * minute);
    expect(await status('alice', session)).toBe(200);
    again.drop();
  });

  /** Drops a stream, and waits until the server has noticed: only then is the place for another one free. */
  async function dropped(stream: EventStream): Promise<void> {
    expect(stream.status).toBe(200);
    stream.drop();
    await stream.ended;
    // The server sees the end of the connection in a later turn of its loop; it takes no request to do so.
    await waitFor('the server to notice', 30_000, () => fixture.openConnections() === 0);
  }
});

describe('the end of a key', () => {
  test('is the end of its sessions, streams and running calls within one sweep', async () => {
    const session = await openSession(url, 'alice');
    const stream = await openEventStream(url, 'alice', session);
    const call = callInSession(url, 'alice', session, 'slow', { id: 'a' });
    await isStarted('a');
    const other = await openSession(url, 'bob');
    fixture.keys.remove('alice');
    fixture.advance(10_000);
    await stream.ended;
    await isAborted('a');
    await call;
    await sessions(1);
    expect(await status('bob', other)).toBe(200);
    expect(await status('alice', session)).toBe(401);
  });

  test('looking after keys is no use of them', async () => {
    const session = await openSession(url, 'alice');
    const uses = fixture.keys.used.length;
    fixture.advance(10_000);
    await new Promise(setImmediate);
    expect(fixture.keys.used).toHaveLength(uses);
    expect(await status('alice', session)).toBe(200);
    expect(fixture.keys.used.at(-1)).toBe('id-alice');
  });
});

describe('caps', () => {
  test('a key at its cap loses its longest idle session for the new one', async () => {
    const first = await openSession(url, 'alice');
    const second = await openSession(url, 'alice');
    const third = await openSession(url, 'alice');
    fixture.advance(1);
    expect(await status('alice', first)).toBe(200);
    const fourth = await openSession(url, 'alice');
    expect(fixture.endpoint.sessions()).toBe(3);
    const all = await Promise.all([first, second, third, fourth].map((id) => status('alice', id)));
    expect(all).toEqual([200, 404, 200, 200]);
  });

  test('one whose sessions are all in use gets 429', async () => {
    const streams = [];
    for (let i = 0; i < 3; i++) {
      streams.push(await openEventStream(url, 'alice', await openSession(url, 'alice')));
    }
    const response = await postMcp(url, initialize, bearer('alice'));
    expect([response.status, response.headers['retry-after']]).toEqual([429, '10']);
    expect(JSON.parse(response.body).error.message).toMatch(/3 sessions/);
    expect((await postMcp(url, initialize, bearer('bob'))).status).toBe(200);
    for (const stream of streams) stream.drop();
  });

  test('no key costs another one a session: at the cap of all it gets 503', async () => {
    fixture.keys.add('carol');
    const ids = [];
    for (const key of ['alice', 'alice', 'alice', 'bob', 'bob', 'bob']) {
      ids.push({ key, id: await openSession(url, key) });
    }
    const response = await postMcp(url, initialize, bearer('carol'));
    expect([response.status, response.headers['retry-after']]).toEqual([503, '30']);
    expect(JSON.parse(response.body).error.message).toMatch(/6 sessions/);
    for (const { key, id } of ids) expect(await status(key, id)).toBe(200);
  });

  test('hold where many sessions are being made at the same time', async () => {
    const sessions = new Sessions({
      limits: { ...defaultLimits, maxSessions: 5, maxSessionsPerKey: 3 },
      createServer: () => new McpServer({ name: 'x', version: '1' }),
      log: pino({ level: 'silent' }),
      now: () => 0,
    });
    const headers = { accept: 'application/json, text/event-stream', 'content-type': 'application/json' };
    const open = (keyId: string) =>
      sessions
        .handle({
          request: new Request('http://localhost/mcp', { method: 'POST', headers }),
          body: initialize,
          keyId,
          authorization: keyId,
          authInfo: { token: '', clientId: keyId, scopes: [] },
          closed: new Promise(() => {}),
        })
        .then(
          ({ status }) => status,
          (error: unknown) => (error instanceof HttpError ? error.status : error),
        );
    const statuses = await Promise.all(['a', 'a', 'a', 'a', 'b', 'b', 'b', 'c'].map(open));
    expect(statuses).toEqual([200, 200, 200, 429, 200, 200, 503, 503]);
    expect(sessions.count).toBe(5);
    await sessions.endAll();
    expect(sessions.count).toBe(0);
  });

  test('hold in a flood', async () => {
    const flood = Array.from({ length: 60 }, () => postMcp(url, initialize, bearer('alice')));
    const statuses = (await Promise.all(flood)).map((response) => response.status);
    expect(new Set(statuses)).toEqual(new Set([200, ...(statuses.includes(429) ? [429] : [])]));
    expect(fixture.endpoint.sessions()).toBeLessThanOrEqual(3);
    expect(await status('alice', await openSession(url, 'alice'))).toBe(200);
  });
});

describe('running calls', () => {
  test('notifications/cancelled aborts a call', async () => {
    const session = await openSession(url, 'alice');
    const call = callInSession(url, 'alice', session, 'slow', { id: 'a' });
    const other = callInSession(url, 'alice', await openSession(url, 'alice'), 'slow', { id: 'b' });
    await Promise.all([isStarted('a'), isStarted('b')]);
    const cancelled = { jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 7 } };
    const headers = { ...bearer('alice'), 'mcp-session-id': session };
    expect((await postMcp(url, cancelled, headers)).status).toBe(202);
    await isAborted('a');
    expect(fixture.events.aborted.has('b')).toBe(false);
    await end('alice', session);
    await call;
    fixture.events.emit('release', 'b');
    expect(textOf(await other)).toBe('done b');
  });

  test('end before the endpoint does', async () => {
    const session = await openSession(url, 'alice');
    const stream = await openEventStream(url, 'alice', session);
    const call = callInSession(url, 'alice', session, 'slow', { id: 'a' });
    await isStarted('a');
    const closed = fixture.endpoint.close(60_000);
    expect((await postMcp(url, initialize, bearer('alice'))).status).toBe(503);
    fixture.events.emit('release', 'a');
    expect(textOf(await call)).toBe('done a');
    await closed;
    await stream.ended;
    expect(fixture.events.aborted.size).toBe(0);
  });

  test('are aborted when the time to end is over', async () => {
    const session = await openSession(url, 'alice');
    const call = callInSession(url, 'alice', session, 'slow', { id: 'a' });
    await isStarted('a');
    await fixture.endpoint.close(1);
    await isAborted('a');
    await call;
  });
});
