import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { InputError } from '../../telemetry/input-error.ts';
import { ApiError } from './api-error.ts';
import { type ClientOptions, PrometheusClient } from './client.ts';

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.close();
    server.closeAllConnections();
  }
});

async function serve(listener: RequestListener): Promise<URL> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port');
  return new URL(`http://127.0.0.1:${address.port}`);
}

function clientOf(url: URL, options: Partial<ClientOptions> = {}): PrometheusClient {
  return new PrometheusClient({ url, credentials: { headers: [] }, timeout: 10_000, ...options });
}

const request = { method: 'POST', path: 'query', params: [['query', 'a + b']] } as const;
const ask = (client: PrometheusClient, signal?: AbortSignal) => client.ask(request, z.string(), { signal });
const success = (data: unknown): string => JSON.stringify({ status: 'success', data });

/** What a server that answers every request so makes of a question. */
async function outcome(status: number, body: string | Buffer, headers: Record<string, string> = {}) {
  const url = await serve((_request, response) => response.writeHead(status, headers).end(body));
  return ask(clientOf(url, { maxAnswerBytes: 1_000 })).catch((error: unknown) => error);
}

describe('a request', () => {
  test('goes to the path of the URL, as a form, with credentials and headers', async () => {
    const seen: unknown[] = [];
    const url = await serve(async (incoming, response) => {
      const { method, url, headers } = incoming;
      const body = Buffer.concat(await incoming.toArray()).toString();
      seen.push([
        method,
        url,
        headers.authorization,
        headers['x-scope-orgid'],
        headers['content-type'],
        body,
      ]);
      response.end(success('x'));
    });
    const headers = [['X-Scope-OrgID', 'team-a']] as const;
    const bearer = clientOf(new URL('/prom/', url), { credentials: { token: { text: 'secret' }, headers } });
    const basic = { user: 'reader', password: { text: 'p:ä' } };
    const reader = clientOf(new URL('/prom', url), { credentials: { basic, headers: [] } });
    expect((await ask(bearer)).data).toBe('x');
    await reader.ask({ ...request, method: 'GET' }, z.string());
    expect(seen).toEqual([
      [
        'POST',
        '/prom/api/v1/query',
        'Bearer secret',
        'team-a',
        'application/x-www-form-urlencoded;charset=UTF-8',
        'query=a+%2B+b',
      ],
      [
        'GET',
        '/prom/api/v1/query?query=a+%2B+b',
        `Basic ${Buffer.from('reader:p:ä').toString('base64')}`,
        undefined,
        undefined,
        '',
      ],
    ]);
  });

  test('has the token that its file holds now', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'kubesense-token-'));
    try {
      const seen: unknown[] = [];
      const url = await serve((incoming, response) => {
        seen.push(incoming.headers.authorization);
        response.end(success('x'));
      });
      const file = join(folder, 'token');
      const client = clientOf(url, { credentials: { token: { file }, headers: [] } });
      for (const token of ['first', 'second']) {
        await writeFile(file, `${token}\n`);
        await ask(client);
      }
      expect(seen).toEqual(['Bearer first', 'Bearer second']);
      await rm(file);
      await expect(ask(client)).rejects.toMatchObject({ kind: 'internal' });
      expect(seen).toHaveLength(2);
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  test('follows a redirect on the same host, and none to another', async () => {
    let strangers = 0;
    const stranger = await serve((_request, response) => {
      strangers++;
      response.end(success('stolen'));
    });
    const url = await serve((incoming, response) => {
      if (incoming.url === '/old/api/v1/query') response.writeHead(307, { Location: '/new' }).end();
      else if (incoming.url === '/new') response.end(success(incoming.method));
      else if (incoming.url === '/round/api/v1/query') response.writeHead(308, { Location: '' }).end();
      else response.writeHead(307, { Location: stranger.href }).end();
    });
    expect((await ask(clientOf(new URL('/old', url)))).data).toBe('POST');
    await expect(ask(clientOf(new URL('/round', url)))).rejects.toMatchObject({ kind: 'internal' });
    await expect(ask(clientOf(url))).rejects.toMatchObject({ kind: 'internal' });
    expect(strangers).toBe(0);
  });
});

describe('an answer', () => {
  test.each([
    [401, '', 'denied'],
    [403, 'no', 'denied'],
    [429, '', 'busy'],
    [500, 'panic', 'internal'],
    [502, '<html>', 'unavailable'],
    [503, '', 'unavailable'],
    [
      503,
      '{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}',
      'timeout',
    ],
    [
      422,
      '{"status":"error","errorType":"execution","error":"query processing would load too many samples into memory"}',
      'rows',
    ],
    [
      422,
      '{"status":"error","errorType":"422","error":"cannot select more than -search.maxSamplesPerQuery=5 samples"}',
      'rows',
    ],
    [
      422,
      '{"status":"error","errorType":"execution","error":"the query exceeded the limit (err-mimir-max-chunks-per-query)"}',
      'rows',
    ],
    [
      422,
      '{"status":"error","errorType":"422","error":"not enough memory for processing 5 points"}',
      'memory',
    ],
    [404, '404 page not found', 'internal'],
    [200, '{"status":"succ', 'internal'],
    [200, '{"status":"success","data":5}', 'internal'],
    [200, '<html>Sign in</html>', 'internal'],
  ])('%i %s is %s', async (status, body, kind) => {
    expect(await outcome(status, body)).toMatchObject({ name: 'StoreError', kind });
  });

  test('of a refused query is its reason, without the query that was sent', async () => {
    const error =
      'error when executing query="up{namespace=~\\"secret\\", x=\\"timeout: \\"}" for (time=1, step=2): unsupported function "info"';
    const failed = await outcome(422, JSON.stringify({ status: 'error', errorType: '422', error }));
    expect(failed).toEqual(new ApiError('unsupported function "info"'));
  });

  test('that is too large is refused while it is read, however well it was compressed', async () => {
    const large = success('x'.repeat(1_000));
    expect(await outcome(200, large)).toBeInstanceOf(InputError);
    expect(await outcome(200, gzipSync(large), { 'Content-Encoding': 'gzip' })).toBeInstanceOf(InputError);
    let closed = false;
    const endless = await serve((_request, response) => {
      response.on('close', () => {
        closed = true;
      });
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', more);
      more();
    });
    await expect(ask(clientOf(endless, { maxAnswerBytes: 100_000 }))).rejects.toThrow('too large');
    await expect.poll(() => closed).toBe(true);
  });

  test('that breaks off is a failure of the store', async () => {
    const url = await serve((_request, response) => {
      response.writeHead(200, { 'Content-Length': '100' });
      response.write('{"status":"success","data":"x"}', () => response.destroy());
    });
    await expect(ask(clientOf(url))).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test('that does not come ends with the time limit, or when the caller gives up', async () => {
    const arrived: (() => void)[] = [];
    let running = 0;
    const url = await serve((_request, response) => {
      running++;
      response.on('close', () => running--);
      response.writeHead(200).write('{');
      for (const notify of arrived.splice(0)) notify();
    });
    await expect(ask(clientOf(url, { timeout: 50 }))).rejects.toMatchObject({ kind: 'timeout' });
    const controller = new AbortController();
    arrived.push(() => controller.abort());
    await expect(ask(clientOf(url), controller.signal)).rejects.toMatchObject({ kind: 'aborted' });
    await expect.poll(() => running).toBe(0);
    await expect(ask(clientOf(url), controller.signal)).rejects.toMatchObject({ kind: 'aborted' });
  });

  test('of nobody is a store that can not be reached', async () => {
    const url = await serve((_request, response) => response.destroy());
    await expect(ask(clientOf(url))).rejects.toMatchObject({ kind: 'unavailable' });
  });
});
