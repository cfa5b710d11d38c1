import { afterAll, beforeAll, expect, test } from 'vitest';
import { createKey } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';
import { bearer, initialize, type RawRequest, type RawResponse, rawRequest } from '../support/raw-http.ts';

let product: Product;
let key: string;

beforeAll(async () => {
  product = await startProduct({
    settings: { KUBESENSE_BEHIND_PROXY: 'on', KUBESENSE_LISTEN: '0.0.0.0:0' },
  });
  const roles = ['query', 'ingest', 'admin'].flatMap((role) => ['--role', role]);
  key = await createKey(product.dataDir, ...roles);
});

afterAll(async () => {
  await product?.stop();
});

const json = { 'content-type': 'application/json', accept: 'application/json, text/event-stream' };

interface Door {
  readonly name: string;
  readonly request: (key: string) => RawRequest & { readonly url: URL };
}

const metricsDoor: Door = {
  name: '/metrics',
  request: (key) => ({ url: new URL('/metrics', product.mcpUrl), headers: bearer(key) }),
};

const doors: readonly Door[] = [
  {
    name: 'MCP',
    request: (key) => ({
      url: product.mcpUrl,
      method: 'POST',
      headers: { ...json, ...bearer(key) },
      body: JSON.stringify(initialize),
    }),
  },
  {
    name: 'the Prometheus API',
    request: (key) => ({ url: new URL('/api/v1/query?query=1', product.mcpUrl), headers: bearer(key) }),
  },
  {
    name: 'OTLP',
    request: (key) => ({
      url: new URL('/v1/logs', product.otlpUrl),
      method: 'POST',
      headers: { ...json, ...bearer(key) },
      body: '{"resourceLogs":[]}',
    }),
  },
  {
    name: 'remote write',
    request: (key) => ({
      url: new URL('/api/v1/write', product.otlpUrl),
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy', ...bearer(key) },
      body: new Uint8Array([0]),
    }),
  },
  {
    name: 'the console',
    request: (key) => ({
      url: new URL('/api/console/session', product.mcpUrl),
      method: 'POST',
      headers: { ...json, 'sec-fetch-site': 'same-origin', origin: product.mcpUrl.origin },
      body: JSON.stringify({ key }),
    }),
  },
  metricsDoor,
];

function knock(door: Door, key: string, address: string): Promise<RawResponse> {
  const { url, headers, ...request } = door.request(key);
  return rawRequest(url, {
    ...request,
    headers: { ...headers, 'x-forwarded-for': `203.0.113.1, ${address}` },
  });
}

const isSlowed = ({ headers }: RawResponse): boolean => headers['retry-after'] !== undefined;

test.each(doors.map((door, i) => ({ ...door, address: `192.0.2.${i}` })))(
  '$name slows wrong keys of one address, and lets valid ones in',
  async ({ address, ...door }) => {
    for (let i = 0; i < 20; i++) expect((await knock(door, 'wrong', address)).status).toBe(401);
    // The pause after the 21st is 1 s, which a slow machine may need for the next request; the pauses grow.
    let refused = await knock(door, 'wrong', address);
    for (let i = 0; i < 8 && !isSlowed(refused); i++) refused = await knock(door, 'wrong', address);
    expect(refused.status).toBe(door.name === 'the console' ? 429 : 401);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(refused.body).toMatch(/too many wrong ones came from this address/);
    expect((await knock(door, key, address)).status).toBeLessThan(300);
    expect((await knock(door, 'wrong', '198.51.100.1')).status).toBe(401);
  },
);

test('all doors count together', async () => {
  const slowed: boolean[] = [];
  for (let round = 0; round < 5; round++) {
    for (const door of doors) slowed.push(isSlowed(await knock(door, 'wrong', '2001:db8::1')));
  }
  expect(slowed.slice(0, 20)).not.toContain(true);
  expect(slowed).toContain(true);
  const { body } = await knock(metricsDoor, key, '192.0.2.200');
  expect(body).toMatch(/kubesense_failed_logins_total\{slowed="true"\} [1-9]/);
});
