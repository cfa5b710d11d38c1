import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { Browser } from '../console/fixture-console.ts';
import { connect } from '../support/assistants.ts';
import { createKey } from '../support/command.ts';
import { type Product, startProduct, temporaryFolder } from '../support/product.ts';
import { bearer, initialize, postMcp } from '../support/raw-http.ts';
import { send } from '../support/sample.ts';
import { waitFor } from '../support/wait.ts';
import { makeSample } from './sample.ts';

const dataDir = temporaryFolder();
const sample = makeSample(Date.now());
let product: Product;
let admin: Browser;

const setupLink = (text: string) => /(http\S+)\/#\/setup\/(\S+)/.exec(text);

beforeAll(async () => {
  product = await startProduct({ dataDir });
  await send(product.otlpUrl, sample);
});
afterAll(() => product?.stop());

const generated = z.object({ secret: z.string(), key: z.object({ id: z.string() }) });

async function generate(input: Record<string, unknown>) {
  const { status, json } = await admin.post('/keys', { roles: ['query'], ...input });
  expect(status).toBe(201);
  const { secret, key } = generated.parse(json);
  return { key: secret, id: key.id };
}

test('the first start prints a link that signs in once, to generate an admin key', async () => {
  const [, origin = '', token = ''] = setupLink(product.output().stdout) ?? [];
  expect(origin).toBe(product.mcpUrl.origin);
  const first = new Browser(origin);
  expect((await first.post('/session/link', { token })).status).toBe(200);
  expect((await new Browser(origin).post('/session/link', { token })).status).toBe(401);
  admin = first;
  const { key } = await generate({ name: 'ops', roles: ['admin'] });
  await admin.delete('/session');
  admin = new Browser(origin);
  expect((await admin.post('/session', { key })).status).toBe(200);
});

test('a key that is generated works at once, and is refused when it is revoked, on an open session too', async () => {
  const { key, id } = await generate({ name: 'assistant' });
  const assistant = await connect('legacy', product.mcpUrl, key);
  expect((await assistant.call('search-logs', {})).isError).toBe(false);
  expect((await admin.delete(`/keys/${id}`)).status).toBe(200);
  await expect(assistant.call('search-logs', {})).rejects.toThrow();
  expect((await postMcp(product.mcpUrl, initialize, bearer(key))).status).toBe(401);
});

describe('a tool', () => {
  const question = { filters: 'level = ERROR', from_time: 'now-2h' };
  /** Without what is new in each answer: the random mark and the times. */
  const steady = (text: string) =>
    text.replace(/untrusted-\d+/g, 'untrusted').replace(/\d\d:\d\d:\d\d(\.\d+)?/g, 'T');
  const tried = async (limits?: Record<string, string[]>) => {
    const { json } = await admin.post('/tools/analyze-logs', {
      arguments: question,
      ...(limits && { limits }),
    });
    return z.object({ is_error: z.boolean(), text: z.string(), duration_ms: z.number() }).parse(json);
  };

  test('answers what an assistant reads', async () => {
    const { key } = await generate({ name: 'all' });
    const assistant = await connect('modern', product.mcpUrl, key);
    const { is_error, text } = await tried();
    expect(is_error).toBe(false);
    expect(steady(text)).toBe(steady((await assistant.call('analyze-logs', question)).text));
    await assistant.close();
  });

  test('answers what one with a limited key reads', async () => {
    const { key } = await generate({ name: 'limited', limits: { namespaces: ['payments'] } });
    const assistant = await connect('modern', product.mcpUrl, key);
    const { text } = await tried({ namespaces: ['payments'] });
    expect(steady(text)).toBe(steady((await assistant.call('analyze-logs', question)).text));
    expect(steady(text)).not.toBe(steady((await tried()).text));
    await assistant.close();
  });

  test('says what is wrong with a call', async () => {
    const { json } = await admin.post('/tools/search-logs', { arguments: { filters: 'level =' } });
    expect(json).toMatchObject({ is_error: true });
  });
});

const status = z.object({
  store: z.object({ kind: z.string(), ready: z.boolean(), bytes: z.number(), retention_s: z.number() }),
  signals: z.array(z.object({ signal: z.string(), rows: z.number(), newest: z.string().nullable() })),
  sessions: z.object({ open: z.number(), max: z.number() }),
  tools: z.array(z.object({ tool: z.string(), calls: z.number(), errors: z.number() })),
});

test('the status counts what is stored, and what was called', async () => {
  const found = status.parse((await admin.get('/status')).json);
  expect(found.store).toMatchObject({ kind: 'embedded', ready: true, retention_s: 604_800 });
  expect(found.store.bytes).toBeGreaterThan(1_000);
  const newest = (records: readonly { time: bigint }[]) => {
    const times = records.map(({ time }) => Number(time / 1_000_000n));
    return new Date(Math.max(...times)).toISOString();
  };
  expect(found.signals).toEqual([
    { signal: 'logs', rows: sample.logs.length, newest: newest(sample.logs) },
    { signal: 'traces', rows: sample.spans.length, newest: newest(sample.spans) },
    { signal: 'metrics', rows: 0, newest: null },
  ]);
  expect(found.tools).toContainEqual({ tool: 'search-logs', calls: 2, errors: 1 });
  expect(found.tools).toContainEqual({ tool: 'analyze-logs', calls: 5, errors: 0 });
});

test('the status tells a limited admin nothing of how others use the server', async () => {
  const { key } = await generate({ name: 'team', roles: ['admin'], limits: { namespaces: ['payments'] } });
  const limited = new Browser(product.mcpUrl.origin);
  await limited.post('/session', { key });
  expect((await limited.get('/status')).json).toMatchObject({
    store: { bytes: null },
    sessions: null,
    tools: null,
  });
});

test('names for limits, and addresses', async () => {
  const namespaces = new Set([...sample.logs, ...sample.spans].flatMap(({ namespace }) => namespace ?? []));
  const { json } = await admin.get('/scope-values?kind=namespaces');
  expect(json).toEqual({ values: [...namespaces].sort() });
  const { origin } = product.mcpUrl;
  const receiver = product.otlpUrl?.origin;
  expect((await admin.get('/connect')).json).toEqual({
    mcp_url: `${origin}/mcp`,
    prometheus_url: origin,
    otlp_http_url: receiver,
    otlp_grpc_url: null,
    remote_write_url: `${receiver}/api/v1/write`,
    ingest_needs_key: false,
    tls: false,
  });
});

test('the audit tells who did it', async () => {
  const actions = await waitFor('the records', 30_000, async () => {
    const { json } = await admin.get('/audit?limit=1000');
    const { records } = z
      .object({
        records: z.array(z.object({ action: z.string(), key_name: z.string(), outcome: z.string() })),
      })
      .parse(json);
    const found = records.map(({ action, key_name, outcome }) => `${key_name} ${action} ${outcome}`);
    return found.includes('limited analyze-logs ok') && found;
  });
  for (const action of [
    'setup link sign-in ok',
    'ops sign-in ok',
    'ops generate-key ok',
    'ops revoke-key ok',
  ]) {
    expect(actions).toContain(action);
  }
});

test('a start with an admin key prints no link', async () => {
  expect(await product.stop()).toEqual({ code: 0, signal: null });
  product = await startProduct({ dataDir });
  expect(setupLink(product.output().stdout)).toBeNull();
  // A session is in memory alone.
  const after = new Browser(product.mcpUrl.origin);
  after.cookie = admin.cookie;
  expect((await after.get('/session')).json).toMatchObject({ signed_in: false });
  const key = await createKey(dataDir, '--role', 'admin');
  expect((await after.post('/session', { key })).status).toBe(200);
});
