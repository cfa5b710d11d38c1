import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { generateKey } from '../../src/access/key.ts';
import { ClickHouse } from '../../src/store/clickhouse.ts';
import { startEngine } from '../../src/store/engine/engine.ts';
import { identifier, join as joinSql, sql } from '../../src/store/sql/sql.ts';
import { Browser } from '../console/fixture-console.ts';
import { type AssistantKind, assistantKinds, connect } from '../support/assistants.ts';
import { createKey, runCommand } from '../support/command.ts';
import { type Product, startProduct, temporaryFolder } from '../support/product.ts';
import {
  bearer,
  initialize,
  openSession,
  postMcp,
  type RawRequest,
  rawRequest,
} from '../support/raw-http.ts';
import { waitFor } from '../support/wait.ts';

/**
 * Keys are used in right and wrong ways at every door of the product at its most verbose log level; then
 * everything that it wrote, logged or answered is searched for the secret part of each key.
 */

let product: Product;
const dataDir = temporaryFolder();

interface UsedKey {
  readonly kind: string;
  readonly key: string;
  readonly secret: string;
}
const keys: UsedKey[] = [];
const keep = (kind: string, key: string): string => {
  keys.push({ kind, key, secret: key.split('_')[2] ?? '' });
  return key;
};

/** All that anybody was told, with who was told it. */
const answers: [door: string, text: string][] = [];
const told = (door: string, text: string): void => void answers.push([door, text]);

/** Which kinds of keys a text holds. */
const found = (text: string): string[] =>
  keys.filter(({ secret }) => text.includes(secret)).map(({ kind }) => kind);

async function ask(
  door: string,
  path: string,
  request: RawRequest = {},
  base = product.mcpUrl,
): Promise<void> {
  try {
    const { status, headers, body } = await rawRequest(new URL(path, base), request);
    told(
      `${door}: ${request.method ?? 'GET'} ${path.split('?')[0]?.replace(/ks_\w+/, 'KEY')}`,
      `${status} ${JSON.stringify(headers)} ${body}`,
    );
  } catch (error) {
    told(door, String(error));
  }
}

const json = { 'content-type': 'application/json' };
const form = { 'content-type': 'application/x-www-form-urlencoded' };

beforeAll(async () => {
  product = await startProduct({ dataDir, settings: { KUBESENSE_LOG_LEVEL: 'trace' } });
  keep('query', await createKey(dataDir));
  keep('limited', await createKey(dataDir, '--namespace', 'shop', '--role', 'query', '--role', 'ingest'));
  keep('admin', await createKey(dataDir, '--role', 'admin', '--role', 'query'));
  const revoked = keep('revoked', await createKey(dataDir));
  await runCommand(['keys', 'revoke', revoked.split('_')[1] ?? ''], { KUBESENSE_DATA_DIR: dataDir });
  keep('unknown', generateKey().key);
});

afterAll(async () => {
  await product?.stop();
});

const keyOf = (kind: string): string => keys.find((one) => one.kind === kind)?.key ?? expect.fail(kind);

/** Arguments that hold a key in every place that there is. */
const wrongArguments = (key: string): [tool: string, args: Record<string, unknown>][] => [
  ['search-logs', { filters: `body LIKE '%${key}%'` }],
  ['search-logs', { filters: `${key} = 1` }],
  ['search-logs', { filters: `namespace = "${key}` }],
  ['search-logs', { filters: key }],
  ['search-logs', { from_time: key }],
  ['search-logs', { cursor: key }],
  ['search-logs', { fields: [key, `@${key}`] }],
  ['search-logs', { [key]: key }],
  ['search-logs', { limit: key, format: key }],
  ['search-traces', { order: key }],
  ['analyze-logs', { groupBy: [key], aggregation: { function: key } }],
  ['analyze-traces', { filters: `@x = '${key}'`, aggregation: { function: 'avg', field: key } }],
  ['analyze-metrics', { promql: key }],
  ['analyze-metrics', { promql: `rate(up{x="${key}"}[5m]` }],
  ['analyze-metrics', { promql: `${key} ${key}` }],
  ['analyze-metrics', { promql: `sum by (${key}) (up{a=~"${key}.*"})` }],
  [
    'analyze-telemetry',
    { queries: { [key]: { datasource: 'metrics', promql: key }, B: { datasource: key } } },
  ],
  ['analyze-telemetry', { queries: { A: { datasource: 'formula', expression: `${key} / B` } } }],
  ['get-available-metrics', { keyword: key }],
  ['get-metric-labels', { metric_name: key }],
  ['get-trace-or-log-fields', { datasource: key }],
  ['get-trace-or-log-fields', { datasource: 'logs', search: key }],
  [key, {}],
];

async function askAsAssistant(kind: AssistantKind): Promise<void> {
  const assistant = await connect(kind, product.mcpUrl, keyOf('query'));
  for (const [tool, args] of wrongArguments(keyOf('limited'))) {
    const door = `${kind} ${tool === keyOf('limited') ? 'KEY' : tool}`;
    try {
      told(door, (await assistant.call(tool, args)).text);
    } catch (error) {
      told(door, String(error));
    }
  }
  await assistant.close();
}

test('MCP, with sessions and without', async () => {
  for (const kind of assistantKinds) await askAsAssistant(kind);
  for (const { key } of keys) {
    const wrong: Record<string, string>[] = [
      bearer(key),
      { authorization: key },
      { authorization: `Basic ${Buffer.from(`${key}:${key}`).toString('base64')}` },
      { authorization: `Token ${key}` },
      { 'x-api-key': key },
      { ...bearer(keyOf('query')), 'mcp-session-id': key },
      { ...bearer(keyOf('query')), 'user-agent': key, 'mcp-protocol-version': key },
      { ...bearer(keyOf('query')), 'mcp-method': key, 'mcp-name': key },
      { origin: `http://${key}.example`, host: `${key}.example` },
    ];
    for (const headers of wrong) {
      const { status, body, headers: answered } = await postMcp(product.mcpUrl, initialize, headers);
      told('POST /mcp', `${status} ${JSON.stringify(answered)} ${body}`);
    }
    const messages: unknown[] = [
      { ...initialize, method: key },
      { ...initialize, id: key, method: 'tools/call', params: { name: key, arguments: key } },
      { ...initialize, params: { ...initialize.params, clientInfo: { name: key, version: key } } },
      { ...initialize, params: { ...initialize.params, protocolVersion: key } },
      { jsonrpc: key },
      `{"${key}`,
      key,
    ];
    const id = await openSession(product.mcpUrl, keyOf('query'));
    for (const message of messages) {
      for (const session of [{}, { 'mcp-session-id': id }]) {
        const { status, body } = await postMcp(product.mcpUrl, message, {
          ...bearer(keyOf('query')),
          ...session,
        });
        // An id is what the client calls its request, and comes back as it is.
        told('POST /mcp', `${status} ${body.replace(`"id":"${key}"`, '')}`);
      }
    }
    await ask('MCP', `/mcp?key=${key}`, { method: 'POST', headers: json, body: '{}' });
    await ask('MCP', `/mcp/${key}`, { headers: bearer(key) });
  }
});

test("Prometheus' API", async () => {
  for (const { key } of keys) {
    for (const headers of [bearer(key), bearer(keyOf('query'))]) {
      await ask('Prometheus', `/api/v1/query?query=${key}&time=${key}`, { headers });
      await ask('Prometheus', `/api/v1/query?query=up`, { headers: { ...headers, 'user-agent': key } });
      await ask('Prometheus', `/api/v1/label/${key}/values`, { headers });
      await ask('Prometheus', `/api/v1/${key}`, { headers });
      for (const query of [key, `${key} ${key}`, `rate(${key})`, `up{a="${key}`, `"${key}`]) {
        const body = new URLSearchParams({ query, 'match[]': key, [key]: key }).toString();
        for (const path of ['query', 'query_range', 'series']) {
          await ask('Prometheus', `/api/v1/${path}`, {
            method: 'POST',
            headers: { ...headers, ...form },
            body,
          });
        }
      }
    }
    await ask('Prometheus', '/api/v1/query?query=up', {
      headers: { 'x-api-key': key, cookie: `key=${key}` },
    });
  }
});

test('ingest', async () => {
  const { otlpUrl } = product;
  for (const { key } of keys) {
    for (const path of [
      '/v1/logs',
      '/v1/traces',
      '/v1/metrics',
      '/api/v1/write',
      `/${key}`,
      `/v1/logs?key=${key}`,
    ]) {
      const requests: RawRequest[] = [
        { method: 'POST', headers: { ...bearer(key), ...json }, body: '{}' },
        { method: 'POST', headers: { authorization: key, ...json, 'user-agent': key }, body: '{}' },
        { method: 'POST', headers: json, body: `{"${key}":` },
        { method: 'POST', headers: json, body: JSON.stringify({ [key]: key, resourceLogs: key }) },
        { method: 'POST', headers: { ...bearer(key), 'content-type': 'application/x-protobuf' }, body: key },
        {
          method: 'POST',
          headers: { ...bearer(key), 'content-type': key, 'content-encoding': key },
          body: key,
        },
      ];
      for (const request of requests) await ask('ingest', path, request, otlpUrl);
    }
  }
});

test('the console', async () => {
  const { origin } = product.mcpUrl;
  const tell = (
    path: string,
    { status, headers, body }: { status: number; headers: unknown; body: string },
  ) => told(`console ${path}`, `${status} ${JSON.stringify(headers)} ${body}`);
  for (const { key, kind } of keys) {
    const browser = new Browser(origin);
    tell('sign in', await browser.post('/session', { key }));
    tell('sign in', await browser.post('/session', { key: `x ${key}` }));
    tell('sign in', await browser.post('/session', { [key]: key }));
    tell('link', await browser.post('/session/link', { token: key }));
    tell('link', await browser.request('POST', '/session', { body: `{"${key}` }));
    tell('csrf', await browser.request('DELETE', '/session', { headers: { 'x-csrf-token': key } }));
    const stranger = { headers: { cookie: `kubesense_session=${key}` } };
    tell('cookie', await new Browser(origin).request('GET', '/keys', stranger));
    if (kind !== 'admin') continue;
    const path = `/keys/${key}`;
    tell('revoke', await browser.delete(path));
    for (const input of [
      { name: key, roles: ['query'] },
      { name: 'a', roles: [key] },
      { name: 'a', roles: ['query'], limits: { namespaces: [key] } },
      { name: 'a', roles: ['query'], expires_at: key },
      { name: 'a', roles: ['query'], [key]: key },
    ]) {
      tell('generate', await browser.post('/keys', input));
    }
    const made = await browser.post('/keys', { name: 'made', roles: ['query'] });
    expect(made.status).toBe(201);
    keep('made on the console', z.object({ secret: z.string() }).parse(made.json).secret);
    for (const [tool, args] of wrongArguments(key)) {
      tell('tools', await browser.post(`/tools/${tool}`, { arguments: args, limits: { namespaces: [key] } }));
    }
    for (const each of [
      'keys',
      'status',
      'tools',
      'connect',
      'session',
      `audit?tool=${key}`,
      `audit?from=${key}`,
    ]) {
      tell(each.split('?')[0] ?? '', await browser.get(`/${each}`));
    }
    tell('scopes', await browser.get(`/scope-values?kind=${key}`));
  }
  await ask('page', `/${keyOf('admin')}`);
  await ask('page', `/assets/${keyOf('admin')}?${keyOf('admin')}`);
});

test('the command line', async () => {
  const valid = keyOf('query');
  const commands: [readonly string[], Record<string, string>][] = [
    [['keys', 'list', '--json'], {}],
    [['keys', 'revoke', valid], {}],
    [['keys', 'create', '--name', valid], {}],
    [['keys', 'create', '--name', 'a', '--expires', valid], {}],
    [['stdio'], { KUBESENSE_API_KEY: valid, KUBESENSE_LOG_LEVEL: 'trace' }],
    [['stdio'], { KUBESENSE_API_KEY: keyOf('unknown'), KUBESENSE_LOG_LEVEL: 'trace' }],
    [[valid], {}],
  ];
  for (const [args, settings] of commands) {
    const { stdout, stderr } = await runCommand(args, { KUBESENSE_DATA_DIR: dataDir, ...settings });
    told(`command ${args.join(' ').replaceAll(valid, 'KEY')}`, stdout + stderr);
  }
});

test('a crash of the engine, while a query is running that holds a key', async () => {
  const key = keyOf('unknown');
  const assistant = await connect('modern', product.mcpUrl, keyOf('query'));
  const children = execFileSync('pgrep', ['-P', String(product.pid)], { encoding: 'utf8' })
    .trim()
    .split('\n')
    .map(Number);
  expect(children).toHaveLength(1);
  const queries = Array.from({ length: 5 }, () =>
    assistant.call('analyze-logs', { filters: `body =~ '(a|b|${key})*'`, from_time: '0' }),
  );
  const [pid = expect.fail('no engine')] = children;
  process.kill(pid, 'SIGSEGV');
  for (const { text } of await Promise.all(queries)) told('a crash', text);
  await waitFor('the engine to be back', 60_000, async () => (await product.readiness()) === 200);
  told('after the crash', (await assistant.call('search-logs', { filters: `body = '${key}'` })).text);
  await assistant.close();
});

test('what the server tells of itself', async () => {
  await ask('metrics', '/metrics');
  const admin = new Browser(product.mcpUrl.origin);
  await admin.post('/session', { key: keyOf('admin') });
  // Records are stored some seconds after they were made.
  await waitFor('the audit', 30_000, async () => {
    const { body } = await admin.get('/audit?limit=1000&tool=analyze-metrics');
    told('audit', body);
    return body.includes('[redacted:kubesense_key]');
  });
  told('audit', (await admin.get('/audit?limit=1000')).body);
  told('status', (await admin.get('/status')).body);
});

test('no answer holds a key', () => {
  expect(answers.length).toBeGreaterThan(600);
  const holding = answers.filter(([, text]) => found(text).length > 0);
  expect([...new Set(holding.map(([door, text]) => `${door}: ${text.slice(0, 400)}`))].slice(0, 20)).toEqual(
    [],
  );
});

test('nor does a line of the log, nor a file, nor a row of a table', async () => {
  await product.stop();
  const { stdout, stderr } = product.output();
  expect(stderr.split('\n').length).toBeGreaterThan(200);
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => found(line).length > 0);
  expect(lines.slice(0, 10)).toEqual([]);

  const files = readdirSync(dataDir, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(files.length).toBeGreaterThan(20);
  const holding = files.filter(
    (file) => found(readFileSync(join(file.parentPath, file.name), 'latin1')).length > 0,
  );
  expect(holding.map(({ name }) => name)).toEqual([]);

  const engine = await startEngine({ dataDir, log: pino({ level: 'silent' }) });
  const limits = { seconds: 60, memoryBytes: 1e9, rowsToRead: 1e9 };
  const clickhouse = new ClickHouse({ address: () => engine.address, limits });
  const tables = await clickhouse.rows(
    sql`SELECT database, name FROM system.tables WHERE engine LIKE '%MergeTree%' OR engine LIKE '%Log'`,
    z.tuple([z.string(), z.string()]),
  );
  expect(tables.map(([, name]) => name)).toContain('kubesense_audit');
  const secrets = joinSql(
    keys.map(({ secret }) => sql`${secret}`),
    ', ',
  );
  let rows = 0;
  for (const [database, name] of tables) {
    const table = sql`${identifier(database)}.${identifier(name)}`;
    const [row] = await clickhouse.rows(
      sql`SELECT toUInt32(count()), toUInt32(countIf(multiSearchAny(formatRow('JSONEachRow', *), [${secrets}]))) FROM ${table}`,
      z.tuple([z.number(), z.number()]),
    );
    rows += row?.[0] ?? 0;
    expect([name, row?.[1]]).toEqual([name, 0]);
  }
  expect(rows).toBeGreaterThan(100);
  await clickhouse.close();
  await engine.close();
});
