import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { createKey, runCommand } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';
import { portOf } from './recording-proxy.ts';
import { end, sampleSeries } from './samples.ts';
import { openTarget, recordedLimit, type Target } from './target.ts';

const token = 'token-of-the-store';
const tenant = 'team-a|team-b';

let target: Target;
let product: Product;
let everyone: string;
let shop: string;
const folder = mkdtempSync(join(tmpdir(), 'kubesense-prometheus-'));

/** Lets through what has the token and the tenant, below a path of its own, as a gateway does. */
const gateway = createServer(async (incoming, response) => {
  const { headers, method = '', url = '' } = incoming;
  if (headers.authorization !== `Bearer ${token}` || headers['x-scope-orgid'] !== tenant) {
    response.writeHead(401).end(`no access to ${target.url.host}`);
    return;
  }
  if (!/^\/prom\/api\/v1\/(?!api\/)/.test(url)) {
    response.writeHead(404).end('404 page not found');
    return;
  }
  const body = Buffer.concat(await incoming.toArray());
  const answer = await fetch(new URL(url.replace(/^\/prom/, ''), target.url), {
    method,
    ...(method === 'POST' && { body, headers: { 'Content-Type': headers['content-type'] ?? '' } }),
  });
  response.writeHead(answer.status).end(await answer.text());
});

const settings = () => ({
  KUBESENSE_PROMETHEUS_URL: `http://127.0.0.1:${portOf(gateway)}/prom/`,
  KUBESENSE_PROMETHEUS_TOKEN_FILE: join(folder, 'token'),
  KUBESENSE_PROMETHEUS_HEADERS: `X-Scope-OrgID: ${tenant}`,
  ...recordedLimit,
});

beforeAll(async () => {
  target = await openTarget('prometheus', 'product', sampleSeries);
  gateway.listen(0, '127.0.0.1');
  await once(gateway, 'listening');
  writeFileSync(join(folder, 'token'), `${token}\n`);
  product = await startProduct({ settings: settings() });
  everyone = await createKey(product.dataDir);
  shop = await createKey(product.dataDir, '--namespace', 'shop');
}, 600_000);

afterAll(async () => {
  await product?.stop();
  gateway.close();
  gateway.closeAllConnections();
  await target?.close();
  rmSync(folder, { recursive: true });
});

async function api(key: string, path: string, params: Readonly<Record<string, string>>): Promise<unknown> {
  const response = await fetch(new URL(`/api/v1/${path}?${new URLSearchParams(params)}`, product.mcpUrl), {
    headers: { Authorization: `Bearer ${key}` },
  });
  return response.json();
}

const values = z.object({
  data: z.object({ result: z.array(z.object({ value: z.tuple([z.number(), z.string()]) })) }),
});
const names = z.object({ data: z.array(z.string()) });

async function value(key: string, query: string): Promise<string | undefined> {
  return values.parse(await api(key, 'query', { query, time: String(end / 1000) })).data.result[0]?.value[1];
}

describe('the product on a Prometheus-compatible store behind a gateway', () => {
  test('answers PromQL within the limits of the key', async () => {
    expect(await value(everyone, 'count(up)')).toBe('6');
    expect(await value(shop, 'count(up)')).toBe('2');
    expect(await value(shop, 'count(up{namespace="cart"})')).toBeUndefined();
  });

  test('lists names within the limits of the key', async () => {
    const listed = async (key: string) => names.parse(await api(key, 'label/namespace/values', {})).data;
    expect(await listed(everyone)).toEqual(['cart', 'shop', 'shop.eu']);
    expect(await listed(shop)).toEqual(['shop']);
  });

  test('names the store at its start, and shows no secret', () => {
    const { stdout, stderr } = product.output();
    expect(stdout).toMatch(new RegExp(`^  metrics +asked of 127\\.0\\.0\\.1:${portOf(gateway)}$`, 'm'));
    expect(stdout).toMatch(/^ {2}PromQL +http:\/\/127\.0\.0\.1:\d+\/api\/v1$/m);
    expect(stdout).not.toContain('remote write');
    expect(stdout + stderr).not.toContain(token);
    expect(stdout + stderr).not.toContain('team-a');
  });

  test.each([
    [
      { KUBESENSE_PROMETHEUS_HEADERS: '' },
      'the store refuses the user or the password: KUBESENSE_PROMETHEUS_URL: ',
    ],
    [
      { KUBESENSE_PROMETHEUS_USER: 'me' },
      'KUBESENSE_PROMETHEUS_TOKEN and KUBESENSE_PROMETHEUS_USER: set one of them',
    ],
    [
      { KUBESENSE_PROMETHEUS_TOKEN_FILE: '/nowhere/token' },
      "the file /nowhere/token of a credential can't be read",
    ],
    [
      { KUBESENSE_PROMETHEUS_URL: 'http://127.0.0.1:1' },
      "the store can't be reached: KUBESENSE_PROMETHEUS_URL: ",
    ],
  ])('does not start with %j', refuses);

  test('does not start with the path of the API in the URL', () =>
    refuses(
      { KUBESENSE_PROMETHEUS_URL: `${settings().KUBESENSE_PROMETHEUS_URL}api/v1` },
      'KUBESENSE_PROMETHEUS_URL: it takes the URL in front of /api/v1, and no Prometheus API answers behind this one: the API answers 404',
    ));
});

async function refuses(wrong: Readonly<Record<string, string>>, reason: string): Promise<void> {
  const { code, stderr } = await runCommand(['serve'], {
    ...settings(),
    KUBESENSE_DATA_DIR: join(folder, 'unused'),
    KUBESENSE_LISTEN: '127.0.0.1:0',
    KUBESENSE_OTLP_HTTP_LISTEN: 'off',
    ...wrong,
  });
  expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining(reason) });
  expect(stderr).not.toContain(token);
}
