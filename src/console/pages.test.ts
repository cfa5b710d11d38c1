import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createHostGuard } from '../http/host-guard.ts';
import { createHttpServer } from '../http/http-server.ts';
import { sendNotFound } from '../http/json-response.ts';
import { formatAddress } from '../http/listen-address.ts';
import { type Listener, listen } from '../http/listener.ts';
import { createPagesHandler, loadPages } from './pages.ts';

const html = '<!doctype html><title>KubeSense</title>';
const script = `export const words = ${JSON.stringify(Array.from({ length: 500 }, () => 'word'))};`;
const listeners: Listener[] = [];
let folder: string;
let url: string;

async function serve(from: string): Promise<string> {
  const guard = createHostGuard({ listenHost: '127.0.0.1' });
  const handler = createPagesHandler(loadPages(from), guard, (_, response) => sendNotFound(response));
  const server = createHttpServer(handler, pino({ level: 'silent' }));
  const listener = await listen(server, 'TEST', { host: '127.0.0.1', port: 0 });
  listeners.push(listener);
  return `http://${formatAddress(listener.address)}`;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubesense-test-'));
  await mkdir(join(folder, 'assets'));
  await writeFile(join(folder, 'index.html'), html);
  await writeFile(join(folder, 'assets', 'index-3f2a.js'), script);
  await writeFile(join(folder, 'assets', 'index-3f2a.js.map'), '{}');
  await writeFile(join(folder, 'favicon.svg'), '<svg xmlns="http://www.w3.org/2000/svg"/>');
  await writeFile(join(folder, '.env'), 'SECRET=1');
  url = await serve(folder);
});
afterAll(async () => {
  await Promise.all(listeners.map((listener) => listener.close(0)));
  await rm(folder, { recursive: true });
});

describe('pages', () => {
  test.each([
    ['/', 'text/html; charset=utf-8', 'no-cache', html],
    ['/?x=1', 'text/html; charset=utf-8', 'no-cache', html],
    [
      '/assets/index-3f2a.js',
      'text/javascript; charset=utf-8',
      'public, max-age=31536000, immutable',
      script,
    ],
    ['/favicon.svg', 'image/svg+xml', 'no-cache', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
  ])('%s', async (path, type, caching, text) => {
    const response = await fetch(url + path);
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(type);
    expect(response.headers.get('cache-control')).toBe(caching);
    expect(await response.text()).toBe(text);
  });

  test('run nothing that is not of the server itself', async () => {
    const { headers } = await fetch(url);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-frame-options')).toBe('DENY');
  });

  test.each([
    '/index.html',
    '/assets/',
    '/assets/index-3f2a.js.map',
    '/.env',
    '/assets/../.env',
    '/assets/%2e%2e/.env',
    '/..%2f..%2fetc/passwd',
    '/settings',
    '/.well-known/oauth-protected-resource',
    '//',
  ])('%s is not there', async (path) => {
    const response = await fetch(url + path);
    expect([response.status, await response.json()]).toEqual([404, { error: 'Not found.' }]);
  });

  test('are only read, by a name of this machine', async () => {
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), await head.text()]).toEqual([
      200,
      String(html.length),
      '',
    ]);
    expect((await fetch(url, { method: 'POST' })).status).toBe(405);
    expect((await fetch(url, { headers: { origin: 'http://evil.example' } })).status).toBe(403);
  });

  test('are sent again only where they have changed', async () => {
    const path = `${url}/assets/index-3f2a.js`;
    const etag = (await fetch(path)).headers.get('etag') ?? '';
    const again = await fetch(path, {
      headers: { 'if-none-match': `"x", ${etag}`, 'cache-control': 'max-age=0' },
    });
    expect([again.status, await again.text()]).toEqual([304, '']);
    const other = await fetch(path, { headers: { 'if-none-match': 'W/"x"', 'cache-control': 'max-age=0' } });
    expect(other.status).toBe(200);
    expect((await fetch(url)).headers.get('etag')).not.toBe(etag);
  });

  test('are compressed where that makes them smaller, and the client takes it', async () => {
    const encoding = async (path: string, accept: string) => {
      const response = await fetch(url + path, { headers: { 'accept-encoding': accept } });
      const length = Number(response.headers.get('content-length'));
      return { encoding: response.headers.get('content-encoding'), length, text: await response.text() };
    };
    const zipped = await encoding('/assets/index-3f2a.js', 'br, gzip');
    expect([zipped.encoding, zipped.text]).toEqual(['gzip', script]);
    expect(zipped.length).toBeLessThan(script.length / 10);
    for (const accept of ['identity', 'gzip;q=0', 'br, gzip; q=0.0']) {
      expect(await encoding('/assets/index-3f2a.js', accept)).toEqual({
        encoding: null,
        length: script.length,
        text: script,
      });
    }
    expect((await encoding('/', 'gzip')).encoding).toBeNull();
    expect(gunzipSync(loadPages(folder).get('/assets/index-3f2a.js')?.gzipped ?? '').toString()).toBe(script);
  });
});

test('a build without the console says so', async () => {
  const plain = await fetch(await serve(join(folder, 'nothing')));
  expect([plain.status, plain.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
  expect(await plain.text()).toContain('This build of it has no web console');
});
