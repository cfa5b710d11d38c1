import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, StreamableHTTPClientTransport } from '@modelcontextprotocol/client';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createKey, runCommand } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';
import { bearer, initialize, postMcp, rawRequest } from '../support/raw-http.ts';

const pem = (name: string) => fileURLToPath(new URL(`../http/certificates/${name}`, import.meta.url));
const ca = readFileSync(pem('first.crt'));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kubesense-transport-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One request that trusts the certificate of the tests alone. */
function ask(url: URL, method: string, headers: Record<string, string>, body?: string): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = url.protocol === 'https:' ? httpsRequest : httpRequest;
    const sent = request(url, { method, headers, ca, agent: false, servername: 'localhost' }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => {
        text += part;
      });
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** `fetch` for a client that trusts that certificate. */
const trustingFetch = async (url: string | URL, init?: RequestInit): Promise<Response> => {
  const headers = Object.fromEntries(new Headers(init?.headers));
  const body = typeof init?.body === 'string' ? init.body : undefined;
  const answer = await ask(new URL(url), init?.method ?? 'GET', headers, body);
  const shown = new Headers();
  for (const [name, value] of Object.entries(answer.headers)) shown.set(name, String(value));
  return new Response(answer.body === '' ? null : answer.body, { status: answer.status, headers: shown });
};

/** Starts the product until it ends by itself, and gives the one line that it says. */
async function refusal(settings: Record<string, string>, ...args: string[]): Promise<string> {
  const all = { KUBESENSE_DATA_DIR: join(folder, 'refused'), KUBESENSE_LISTEN: '127.0.0.1:0', ...settings };
  const { code, stderr } = await runCommand(['serve', ...args], {
    KUBESENSE_OTLP_HTTP_LISTEN: '127.0.0.1:0',
    ...all,
  });
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  return stderr.trim();
}

describe('beyond loopback', () => {
  test.each([
    ['KUBESENSE_LISTEN', '0.0.0.0:0'],
    ['KUBESENSE_LISTEN', '[::]:0'],
    ['KUBESENSE_OTLP_HTTP_LISTEN', '0.0.0.0:0'],
  ])(
    '%s=%s is refused without TLS and without a proxy, in one line that says what to do',
    async (name, value) => {
      const line = await refusal({ [name]: value });
      expect(line).toContain(`${name}: keys would travel unencrypted`);
      for (const way of [
        'KUBESENSE_TLS_CERT_FILE',
        'KUBESENSE_TLS_KEY_FILE',
        '--behind-proxy',
        '127.0.0.1:0',
      ]) {
        expect(line).toContain(way);
      }
    },
  );

  test('behind a proxy it listens, and asks for keys even on loopback, where the proxy is', async () => {
    const product = await startProduct({
      args: ['serve', '--behind-proxy'],
      settings: { KUBESENSE_LISTEN: '0.0.0.0:0' },
    });
    const key = await createKey(product.dataDir, '--role', 'admin', '--role', 'ingest');
    const metrics = new URL('/metrics', product.mcpUrl);
    expect((await rawRequest(metrics)).status).toBe(401);
    expect((await rawRequest(metrics, { headers: bearer(key) })).status).toBe(200);
    const logs = new URL('/v1/logs', product.otlpUrl);
    const sent = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' };
    expect((await rawRequest(logs, sent)).status).toBe(401);
    const withKey = { ...sent, headers: { ...sent.headers, ...bearer(key) } };
    expect((await rawRequest(logs, withKey)).status).toBe(200);
    expect(await product.stop()).toEqual({ code: 0, signal: null });
  });
});

describe('with a certificate', () => {
  let product: Product;
  let key: string;
  beforeAll(async () => {
    copyFileSync(pem('first.crt'), join(folder, 'tls.crt'));
    copyFileSync(pem('first.key'), join(folder, 'tls.key'));
    vi.stubGlobal('fetch', trustingFetch);
    product = await startProduct({
      settings: {
        KUBESENSE_LISTEN: '0.0.0.0:0',
        KUBESENSE_TLS_CERT_FILE: join(folder, 'tls.crt'),
        KUBESENSE_TLS_KEY_FILE: join(folder, 'tls.key'),
      },
    });
    key = await createKey(product.dataDir);
  });
  afterAll(async () => {
    vi.unstubAllGlobals();
    expect(await product?.stop()).toEqual({ code: 0, signal: null });
  });

  test('it listens beyond loopback, and both listeners speak TLS', async () => {
    expect([product.mcpUrl.protocol, product.otlpUrl?.protocol]).toEqual(['https:', 'https:']);
    const plain = new URL(product.mcpUrl);
    plain.protocol = 'http:';
    await expect(rawRequest(plain)).rejects.toThrow();
    const sent = await ask(
      new URL('/v1/logs', product.otlpUrl),
      'POST',
      { 'content-type': 'application/json' },
      '{}',
    );
    expect(sent.status).toBe(200);
  });

  test('an assistant connects', async () => {
    const client = new Client({ name: 'e2e', version: '1.0.0' });
    await client.connect(
      new StreamableHTTPClientTransport(product.mcpUrl, {
        requestInit: { headers: bearer(key) },
        fetch: trustingFetch,
      }),
    );
    expect((await client.listTools()).tools.length).toBeGreaterThanOrEqual(9);
    await client.close();
  });

  test('browsers are told to stay with TLS, but not for loopback names', async () => {
    const live = new URL('/livez', product.mcpUrl);
    const headersFor = async (host: string) => (await ask(live, 'GET', { host })).headers;
    expect((await headersFor('mcp.example.com'))['strict-transport-security']).toBe('max-age=31536000');
    expect((await headersFor('localhost:3939'))['strict-transport-security']).toBeUndefined();
  });
});

test.each([
  [
    { KUBESENSE_TLS_CERT_FILE: pem('first.crt') },
    'KUBESENSE_TLS_CERT_FILE: takes KUBESENSE_TLS_KEY_FILE beside it',
  ],
  [
    { KUBESENSE_TLS_KEY_FILE: pem('first.key') },
    'KUBESENSE_TLS_KEY_FILE: takes KUBESENSE_TLS_CERT_FILE beside it',
  ],
  [
    { KUBESENSE_TLS_CERT_FILE: pem('first.crt'), KUBESENSE_TLS_KEY_FILE: pem('second.key') },
    'KUBESENSE_TLS_KEY_FILE: the key in',
  ],
  [
    { KUBESENSE_TLS_CERT_FILE: '/nowhere.crt', KUBESENSE_TLS_KEY_FILE: pem('first.key') },
    "/nowhere.crt can't be read",
  ],
])('wrong files are one line: %j', async (settings, text) => {
  expect(await refusal(settings)).toContain(text);
});

describe('each request', () => {
  let product: Product;
  let key: string;
  beforeAll(async () => {
    product = await startProduct({ settings: { KUBESENSE_LOG_LEVEL: 'trace' } });
    key = await createKey(product.dataDir);
  });
  afterAll(async () => {
    expect(await product?.stop()).toEqual({ code: 0, signal: null });
  });
  const at = (path: string) => new URL(path, product.mcpUrl);

  test.each([
    ['GET', '/'],
    ['GET', '/nothing'],
    ['GET', '/livez'],
    ['DELETE', '/livez'],
    ['GET', '/readyz'],
    ['GET', '/metrics'],
    ['GET', '/mcp'],
    ['POST', '/mcp'],
    ['GET', '/api/v1/query?query=up'],
    ['OPTIONS', '/api/v1/query'],
    ['GET', '/api/v1/nothing'],
    ['GET', '/api/console/session'],
    ['POST', '/api/console/session'],
    ['GET', '/mcp?token=secret'],
  ])('%s %s is answered with security headers', async (method, path) => {
    const withKey = bearer(key);
    for (const headers of [{}, withKey, { ...withKey, host: 'evil.example' }]) {
      const answer = await rawRequest(at(path), { method, headers });
      expect(answer.headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      });
      expect(answer.headers['content-security-policy']).toMatch(/^default-src 'none'/);
      expect(answer.headers['strict-transport-security']).toBeUndefined();
      expect(answer.headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  test('an event stream and a tool call too', async () => {
    const answer = await postMcp(product.mcpUrl, initialize, bearer(key));
    expect(answer.status).toBe(200);
    expect(answer.headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
    });
  });

  test.each(['/mcp?access_token=', '/mcp?x=', '/api/v1/query?query=up&token=', '/metrics?', '/'])(
    'a key in the URL is refused, and shown nowhere: %s…',
    async (path) => {
      const answers = [
        await postMcp(at(`${path}${key}`), initialize),
        await postMcp(at(`${path}${key}`), initialize, bearer(key)),
        await rawRequest(new URL(`/v1/logs${path.replace(/^[^?]*/, '')}${key}`, product.otlpUrl)),
      ];
      for (const { status, body } of answers) {
        expect(status).toBe(400);
        expect(body).toContain('Authorization: Bearer <key>');
        expect(body).not.toContain(key.slice(0, 20));
      }
      const { stdout, stderr } = product.output();
      expect(stdout + stderr).not.toContain(key);
    },
  );
});
