import { PassThrough } from 'node:stream';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { modernMessage } from '../../test/mcp/exchange.ts';
import { FixtureEvents, fixtureServer, internalText } from '../../test/mcp/fixture-server.ts';
import { initialize } from '../../test/support/raw-http.ts';
import { waitFor } from '../../test/support/wait.ts';
import { type StdioOptions, serveStdio } from './stdio.ts';

const principal = { keyId: 'local', name: 'stdio', roles: ['query' as const], limits: {} };
const result = z.object({ result: z.object({ content: z.tuple([z.object({ text: z.string() })]) }) });

function start(graceMs = 10_000, options: Partial<StdioOptions> = {}, sent: readonly unknown[] = []) {
  const events = new FixtureEvents();
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  const log: string[] = [];
  const text = (messages: readonly unknown[]) => messages.map((one) => `${JSON.stringify(one)}\n`).join('');
  if (sent.length > 0) stdin.end(text(sent));
  let written = '';
  stdout.setEncoding('utf8').on('data', (text: string) => {
    written += text;
  });
  const connection = serveStdio({
    createServer: fixtureServer(events),
    principal,
    stdin,
    stdout,
    log: pino({}, { write: (line) => log.push(line) }),
    graceMs,
    ...options,
  });
  const lines = () => written.split('\n').slice(0, -1);
  return {
    events,
    stdin,
    stdout,
    log,
    connection,
    lines,
    send: (...messages: unknown[]) => stdin.write(text(messages)),
    /** The answer to a request, once it is there. */
    answer: (id: number) =>
      waitFor(`answer ${id}`, 30_000, () => lines().find((line) => JSON.parse(line).id === id)),
  };
}

const call = (id: number, name: string, args: unknown) => ({
  jsonrpc: '2.0',
  id,
  method: 'tools/call',
  params: { name, arguments: args },
});
const initialized = { jsonrpc: '2.0', method: 'notifications/initialized' };
const textOf = (line: string) => result.parse(JSON.parse(line)).result.content[0].text;

describe('stdio', () => {
  test('serves the era with a handshake', async () => {
    const { send, answer, stdin, connection } = start();
    send(initialize, initialized, call(2, 'echo', { text: 'hi' }));
    expect(JSON.parse(await answer(1)).result.protocolVersion).toBe('2025-06-18');
    expect(JSON.parse(textOf(await answer(2)))).toMatchObject({ sent: 'hi', era: 'legacy', keyId: 'local' });
    stdin.end();
    await connection.closed;
  });

  test('serves the era without', async () => {
    const { send, answer, stdin, connection } = start();
    const { params } = call(2, 'echo', { text: 'hi' });
    send(modernMessage('server/discover'), { ...modernMessage('tools/call', params), id: 2 });
    expect(JSON.parse(await answer(1)).result.supportedVersions).toEqual(['2026-07-28']);
    expect(JSON.parse(textOf(await answer(2)))).toMatchObject({ era: 'modern', keyId: 'local' });
    stdin.end();
    await connection.closed;
  });

  test('what is running when stdin ends is answered', async () => {
    const { send, answer, stdin, events, lines, connection } = start();
    send(initialize, initialized, call(2, 'slow', { id: 'a' }), call(3, 'echo', { text: 'last' }));
    stdin.end();
    await waitFor('the call', 30_000, () => events.started.has('a'));
    await answer(3);
    events.emit('release', 'a');
    await connection.closed;
    expect(lines().map((line) => JSON.parse(line).id)).toEqual([1, 3, 2]);
    expect(textOf(lines()[2] ?? '')).toBe('done a');
  });

  test('all that was sent before stdin ended is answered, however much it is', async () => {
    const padding = 'x'.repeat(1_000);
    const calls = Array.from({ length: 500 }, (_, i) => call(i + 2, 'echo', { text: padding }));
    const { lines, connection } = start(10_000, {}, [initialize, initialized, ...calls]);
    await connection.closed;
    expect(lines()).toHaveLength(501);
  });

  test('what does not end in time is aborted', async () => {
    const { send, stdin, events, connection } = start(1);
    send(initialize, initialized, call(2, 'slow', { id: 'a' }));
    await waitFor('the call', 30_000, () => events.started.has('a'));
    stdin.end();
    await connection.closed;
    expect(events.aborted.has('a')).toBe(true);
  });

  test('a cancelled call is aborted, and holds nothing up', async () => {
    const { send, stdin, events, lines, connection } = start();
    send(initialize, initialized, call(2, 'slow', { id: 'a' }));
    await waitFor('the call', 30_000, () => events.started.has('a'));
    send({ jsonrpc: '2.0', method: 'notifications/cancelled', params: { requestId: 2 } });
    await waitFor('the abort', 30_000, () => events.aborted.has('a'));
    stdin.end();
    await connection.closed;
    expect(lines().map((line) => JSON.parse(line).id)).toEqual([1]);
  });

  test('a client that has gone ends it at once', async () => {
    const { send, stdout, events, connection } = start();
    send(initialize, initialized, call(2, 'slow', { id: 'a' }));
    await waitFor('the call', 30_000, () => events.started.has('a'));
    stdout.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }));
    await connection.closed;
    expect(events.aborted.has('a')).toBe(true);
  });

  test('ends when its rights do', async () => {
    let valid = true;
    let check = () => {};
    let stopped = false;
    const { send, answer, connection } = start(10_000, {
      stillValid: async () => valid,
      every: (_, run) => {
        check = run;
        return () => {
          stopped = true;
        };
      },
    });
    check();
    send(initialize);
    await answer(1);
    valid = false;
    check();
    await connection.closed;
    expect(stopped).toBe(true);
  });

  test('what a handler throws stays in the log', async () => {
    const { send, answer, log, connection } = start();
    send(initialize, { jsonrpc: '2.0', id: 2, method: 'prompts/get', params: { name: 'broken' } });
    const line = await answer(2);
    expect(line).not.toContain(internalText);
    expect(JSON.parse(line).error.code).toBe(-32603);
    expect(log.join('')).toContain(internalText);
    await connection.close();
    await connection.closed;
  });

  test('lines that are no JSON are passed over', async () => {
    const { stdin, send, answer, connection } = start();
    stdin.write('hello\n{"jsonrpc":"2.0"}\n');
    send(initialize);
    expect(JSON.parse(await answer(1)).result.serverInfo.name).toBe('fixture');
    await connection.close();
  });
});
