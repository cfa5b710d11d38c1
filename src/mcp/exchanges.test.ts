import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type EventStream, openStream } from '../../test/mcp/event-stream.ts';
import { callModern, modernHeaders, modernMessage, textOf } from '../../test/mcp/exchange.ts';
import { type FixtureEndpoint, startFixture } from '../../test/mcp/fixture-endpoint.ts';
import { bearer, postMcp } from '../../test/support/raw-http.ts';
import { waitFor } from '../../test/support/wait.ts';

let fixture: FixtureEndpoint;
let url: URL;

beforeEach(async () => {
  fixture = await startFixture({ maxSessionsPerKey: 2 });
  url = fixture.url;
});
afterEach(() => fixture.stop());

const isStarted = (id: string) => waitFor(`${id} to start`, 30_000, () => fixture.events.started.has(id));
const isAborted = (id: string) =>
  waitFor(`${id} to be aborted`, 30_000, () => fixture.events.aborted.has(id));

const headersOf = (key: string, method: string, name?: string) => ({
  ...bearer(key),
  ...modernHeaders(method, name),
  'content-type': 'application/json',
  accept: 'application/json, text/event-stream',
});

const subscription = modernMessage('subscriptions/listen', { notifications: { toolsListChanged: true } });

function subscribe(key: string): Promise<EventStream> {
  const headers = headersOf(key, 'subscriptions/listen');
  return openStream(request(url, { method: 'POST', headers, agent: false }), JSON.stringify(subscription));
}

/** A call whose client can go away before the answer. */
function call(key: string, id: string, meta: Readonly<Record<string, unknown>> = {}) {
  const message = modernMessage('tools/call', { name: 'slow', arguments: { id } });
  const body = { ...message, params: { ...message.params, _meta: { ...message.params._meta, ...meta } } };
  const sent = request(url, { method: 'POST', headers: headersOf(key, 'tools/call', 'slow'), agent: false });
  sent.on('error', () => {});
  const closed = new Promise<void>((resolve) => sent.once('close', resolve));
  sent.end(JSON.stringify(body));
  return { closed, drop: () => sent.destroy() };
}

describe('a call of the newer era', () => {
  test('is aborted when its request is dropped, and no other', async () => {
    const dropped = call('alice', 'a');
    const kept = callModern(url, 'alice', 'slow', { id: 'b' });
    await Promise.all([isStarted('a'), isStarted('b')]);
    dropped.drop();
    await isAborted('a');
    expect(fixture.events.aborted.has('b')).toBe(false);
    fixture.events.emit('release', 'b');
    expect(textOf(await kept)).toBe('done b');
  });

  test('is aborted when it is dropped while it streams progress', async () => {
    const dropped = call('alice', 'a', { progressToken: 'p' });
    await isStarted('a');
    dropped.drop();
    await isAborted('a');
  });

  test('is aborted when its key ends', async () => {
    const running = call('alice', 'a');
    const others = callModern(url, 'bob', 'slow', { id: 'b' });
    await Promise.all([isStarted('a'), isStarted('b')]);
    fixture.keys.remove('alice');
    fixture.advance(10_000);
    await isAborted('a');
    await running.closed;
    fixture.events.emit('release', 'b');
    expect(textOf(await others)).toBe('done b');
  });

  test('ends before the endpoint does', async () => {
    const running = callModern(url, 'alice', 'slow', { id: 'a' });
    await isStarted('a');
    const closed = fixture.endpoint.close(60_000);
    fixture.events.emit('release', 'a');
    expect(textOf(await running)).toBe('done a');
    await closed;
  });
});

describe('a subscription', () => {
  test('ends with its key', async () => {
    const stream = await subscribe('alice');
    expect(stream.status).toBe(200);
    fixture.keys.remove('alice');
    fixture.advance(10_000);
    await stream.ended;
  });

  test('ends with the endpoint, which does not wait for it', async () => {
    const stream = await subscribe('alice');
    await fixture.endpoint.close(60_000);
    await stream.ended;
  });

  test('a key holds as many as it may have sessions', async () => {
    const streams = [await subscribe('alice'), await subscribe('alice')];
    const refused = await postMcp(url, subscription, headersOf('alice', 'subscriptions/listen'));
    expect([refused.status, refused.headers['retry-after']]).toEqual([429, '10']);
    const others = await subscribe('bob');
    expect(others.status).toBe(200);
    for (const stream of streams) stream.drop();
    await waitFor('room', 30_000, async () => {
      const again = await subscribe('alice');
      again.drop();
      return again.status === 200;
    });
    others.drop();
  });
});
