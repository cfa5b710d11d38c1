import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type FakePlatform, startFakePlatform } from '../access/fake-platform.ts';
import { count } from '../support/answers.ts';
import { assistantKinds, connect, connectStdio } from '../support/assistants.ts';
import { createKey, runCommand } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';
import { bearer, initialize, openSession, postMcp } from '../support/raw-http.ts';
import { send } from '../support/sample.ts';
import { waitFor } from '../support/wait.ts';
import { makeSample } from './sample.ts';

const guide = readFileSync(new URL('../../docs/access.md', import.meta.url), 'utf8');

/** The first code block of this language in docs/access.md. */
function example(language: string): string {
  const [, text] = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(guide) ?? [];
  if (text === undefined) throw new Error(`docs/access.md has no example in ${language}`);
  return text;
}

let folder: string;
let file: string;
let platform: FakePlatform;
let product: Product;
const sample = makeSample(Date.now());
const collectorKey = '9Vd3mZk6Tq1wPx4HcRb7-example';

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kubesense-providers-'));
  file = join(folder, 'keys.yaml');
  writeFileSync(file, example('yaml'));
  platform = await startFakePlatform();
  product = await startProduct({ settings: { KUBESENSE_LOG_LEVEL: 'trace', ...settings() } });
  await send(product.otlpUrl, sample);
});

afterAll(async () => {
  expect(await product?.stop()).toEqual({ code: 0, signal: null });
  await platform?.close();
  rmSync(folder, { recursive: true });
});

const settings = () => ({
  KUBESENSE_API_KEYS_FILE: file,
  KUBESENSE_PLATFORM_URL: platform.url.href,
});
const statusOf = async (key: string) => (await postMcp(product.mcpUrl, initialize, bearer(key))).status;
const visible = sample.logs.filter(({ namespace = '' }) =>
  ['payments', 'checkout'].includes(namespace),
).length;

function replaceFile(text: string): void {
  writeFileSync(`${file}.new`, text);
  renameSync(`${file}.new`, file);
}

describe.each(assistantKinds)('with %s', (kind) => {
  test('a key of the file and one of the platform see what they may', async () => {
    expect(visible).toBeGreaterThan(0);
    const [{ key }] = parse(example('yaml'));
    platform.keys.set('pk.4f9b21~a', JSON.parse(example('json')));
    for (const one of [key, 'pk.4f9b21~a']) {
      const assistant = await connect(kind, product.mcpUrl, one);
      expect(await count(assistant, 'analyze-logs', { from_time: '-2h' })).toBe(visible);
      await assistant.close();
    }
    expect(platform.requests.some((line) => line === 'POST /v1/check-key pk.4f9b21~a')).toBe(true);
    expect(platform.requests.some((line) => line.includes(key))).toBe(false);
  });
});

test('the request to the platform is the one that is documented', () => {
  const [line = ''] = example('http').split('\n');
  expect(platform.requests[0]).toBe(`${line.replace(' HTTP/1.1', '')} pk.4f9b21~a`);
});

test('a hash in the file stands for its key', async () => {
  expect(parse(example('yaml'))[1].sha256).toBe(createHash('sha256').update(collectorKey).digest('hex'));
  expect(await statusOf(collectorKey)).toBe(403);
});

test('the local keys go first, and are shown to nobody else', async () => {
  const key = await createKey(product.dataDir);
  expect(await statusOf(key)).toBe(200);
  const { code } = await runCommand(['keys', 'revoke', key.split('_')[1] ?? ''], {
    KUBESENSE_DATA_DIR: product.dataDir,
  });
  expect(code).toBe(0);
  expect(await statusOf(key)).toBe(401);
  expect(platform.requests.filter((line) => line.includes(key))).toEqual([]);
});

test('a key that is taken out of the file ends with the next request, in its session too', async () => {
  const [{ key }, ...others] = parse(example('yaml'));
  const session = await openSession(product.mcpUrl, key);
  replaceFile(JSON.stringify(others));
  const within = { ...bearer(key), 'mcp-session-id': session };
  const list = { jsonrpc: '2.0', id: 2, method: 'tools/list', params: {} };
  expect((await postMcp(product.mcpUrl, list, within)).status).toBe(401);
  replaceFile(example('yaml'));
  expect(await statusOf(key)).toBe(200);
});

test('a key that the platform revokes ends within 30 s, with its session and its stream', async () => {
  platform.keys.set('to-revoke', JSON.parse(example('json')));
  const assistant = await connect('legacy', product.mcpUrl, 'to-revoke');
  const session = await openSession(product.mcpUrl, 'to-revoke');
  const headers = { ...bearer('to-revoke'), accept: 'text/event-stream', 'mcp-session-id': session };
  const stream = await fetch(product.mcpUrl, { headers, signal: AbortSignal.timeout(45_000) });
  expect(stream.status).toBe(200);
  const ended = stream.text().catch((error: unknown) => {
    if (error instanceof Error && error.name === 'TimeoutError') throw error;
  });
  platform.keys.delete('to-revoke');
  const revoked = Date.now();
  await waitFor('the refusal', 30_000, () =>
    assistant.call('search-logs', {}).then(
      () => false,
      () => true,
    ),
  );
  await ended;
  expect(Date.now() - revoked).toBeLessThan(30_000);
  expect(await statusOf('to-revoke')).toBe(401);
  await assistant.close().catch(() => undefined);
});

test('while the platform is down, keys that it has not just vouched for get 503', async () => {
  platform.fault = 'redirect';
  try {
    const response = await postMcp(product.mcpUrl, initialize, bearer('new-key'));
    expect([response.status, response.headers['retry-after']]).toEqual([503, '5']);
    expect(response.body).not.toMatch(/platform|redirect|30\d/);
    const [{ key }] = parse(example('yaml'));
    expect(await statusOf(key)).toBe(200);
  } finally {
    platform.fault = undefined;
  }
});

test('stdio has the rights of a platform key', async () => {
  platform.keys.set('stdio-key', JSON.parse(example('json')));
  const assistant = await connectStdio({
    ...settings(),
    KUBESENSE_DATA_DIR: product.dataDir,
    KUBESENSE_API_KEY: 'stdio-key',
  });
  expect(await count(assistant, 'analyze-logs', { from_time: '-2h' })).toBe(visible);
  await assistant.close();
});

test('no key is in the log', () => {
  const { stdout, stderr } = product.output();
  expect(stderr).toContain('"level"');
  const [{ key }] = parse(example('yaml'));
  for (const secret of [key, collectorKey, 'pk.4f9b21~a', 'to-revoke', 'new-key']) {
    expect(stdout + stderr).not.toContain(secret);
  }
});

test.each([
  [
    { KUBESENSE_API_KEYS_FILE: '/nowhere/keys.yaml' },
    "KUBESENSE_API_KEYS_FILE: the file /nowhere/keys.yaml can't be used: it can not be read",
  ],
  [
    { KUBESENSE_PLATFORM_URL: 'https://me:pass@platform.example' },
    'KUBESENSE_PLATFORM_URL: takes a URL without user and password',
  ],
])('a setting that can not be used is one line: %j', async (wrong, line) => {
  const all = { ...wrong, KUBESENSE_DATA_DIR: join(folder, 'data'), KUBESENSE_LISTEN: '127.0.0.1:0' };
  const { code, stderr } = await runCommand(['serve'], all);
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain(line);
});
