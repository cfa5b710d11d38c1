import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { makeSample } from '../e2e/sample.ts';
import { assistantKinds, connect, connectStdio } from '../support/assistants.ts';
import { createKey, runCommand } from '../support/command.ts';
import { type Product, startProduct, temporaryFolder } from '../support/product.ts';
import { send } from '../support/sample.ts';
import { waitFor } from '../support/wait.ts';

let product: Product;
const sample = makeSample(Date.now());
const window = {
  from_time: new Date(Number(sample.start / 1_000_000n)).toISOString(),
  to_time: new Date(Number(sample.start / 1_000_000n) + 1_800_000).toISOString(),
};

beforeAll(async () => {
  product = await startProduct();
  await send(product.otlpUrl, sample);
});

afterAll(async () => {
  await product?.stop();
});

const printed = z.object({
  records: z.array(
    z.object({
      time: z.iso.datetime(),
      key_id: z.string(),
      key_name: z.string(),
      action: z.string(),
      query: z.string(),
      window: z.object({ from: z.string(), to: z.string() }).nullable(),
      rows: z.number().nullable(),
      duration_ms: z.number().nonnegative(),
      outcome: z.string(),
    }),
  ),
  has_more: z.boolean(),
});

const settings = () => ({ KUBESENSE_DATA_DIR: product.dataDir });

async function audit(...args: string[]): Promise<z.output<typeof printed>> {
  const { code, stdout, stderr } = await runCommand(['audit', '--json', ...args], settings());
  if (code !== 0) throw new Error(`audit ended with ${code}: ${stderr}`);
  return printed.parse(JSON.parse(stdout));
}

/** The records of a key, oldest first, once there are so many. */
async function recordsOf(key: string, count: number) {
  const id = key.split('_')[1] ?? '';
  return waitFor(`${count} records of ${id}`, 30_000, async () => {
    const { records } = await audit('--key', id);
    return records.length >= count && records.reverse();
  });
}

/** Of the window that was asked about; epoch ms. */
const times = (record: { window: { from: string; to: string } | null } | undefined) =>
  record?.window && [Date.parse(record.window.from), Date.parse(record.window.to)];

test('each call of a tool is recorded with what it asked and how it ended, and nothing of its answer', async () => {
  const key = await createKey(product.dataDir);
  const assistant = await connect('modern', product.mcpUrl, key);
  await assistant.call('search-logs', {
    ...window,
    filters: "where severity == error and body LIKE '%timeout%'",
    limit: 3,
  });
  await assistant.call('analyze-traces', { ...window, groupBy: ['service'], filters: 'status = error' });
  await assistant.call('analyze-telemetry', {
    ...window,
    queries: {
      A: { datasource: 'logs', filters: 'severity = ERROR', groupBy: ['service'] },
      B: { datasource: 'metrics', promql: 'up' },
      C: { datasource: 'formula', expression: 'A * 2' },
    },
  });
  await assistant.call('search-logs', { ...window, filters: 'level = ' });
  await assistant.call('search-logs', { colour: 'red' });
  await assistant.call('get-available-metrics', { keyword: 'cpu' });
  await assistant.close();

  const records = await recordsOf(key, 6);
  expect(records.map(({ action, outcome }) => [action, outcome])).toEqual([
    ['search-logs', 'ok'],
    ['analyze-traces', 'ok'],
    ['analyze-telemetry', 'ok'],
    ['search-logs', 'invalid_input'],
    ['search-logs', 'invalid_input'],
    ['get-available-metrics', 'ok'],
  ]);
  const queries = records.map(({ query }): unknown => JSON.parse(query));
  expect(queries[0]).toEqual({
    filters: "level = 'ERROR' AND body LIKE '%timeout%'",
    limit: 3,
    order: 'newest',
  });
  expect(queries[1]).toEqual({
    filters: "status = 'error'",
    groupBy: ['service'],
    limit: 20,
    queryType: 'instant',
  });
  expect(queries[2]).toMatchObject({
    queries: {
      A: { datasource: 'logs', filters: "level = 'ERROR'", groupBy: [{ field: 'service' }] },
      B: { datasource: 'metrics', promql: 'up' },
      C: { datasource: 'formula', expression: 'A * 2' },
    },
  });
  expect(queries[3]).toEqual({ ...window, filters: 'level = ', limit: 10, order: 'newest' });
  expect(queries[4]).toEqual({});
  expect(queries[5]).toEqual({ keyword: ['cpu'], limit: 50 });
  for (const record of records.slice(0, 3)) {
    expect(times(record)).toEqual([Date.parse(window.from_time), Date.parse(window.to_time)]);
  }
  expect(records.slice(3).map(times)).toEqual([null, null, null]);
  const timeouts = sample.logs.filter(({ level, body }) => level === 'ERROR' && body.includes('timeout'));
  expect(records[0]?.rows).toBe(Math.min(3, timeouts.length));
  const failing = sample.spans.filter(({ status }) => status === 'error');
  expect(records[1]?.rows).toBe(new Set(failing.map(({ service }) => service)).size);
  expect(records[3]?.rows).toBeNull();
  expect(records.every(({ key_name }) => key_name === 'test')).toBe(true);
});

test('requests of the Prometheus API are recorded, in the one form that equal queries have', async () => {
  const key = await createKey(product.dataDir);
  const get = (path: string) =>
    fetch(new URL(`/api/v1/${path}`, product.mcpUrl), { headers: { authorization: `Bearer ${key}` } });
  await get('query?query=sum(up)by(job)&time=1700000000');
  await get('query_range?query=1&start=1700000000&end=1700000060&step=30');
  await get('query_range?query=1&start=1700000000&end=1600000000&step=30');
  await get('label/job/values?match[]=up&match[]=down&start=1700000000&end=1700000060');
  await get('status/buildinfo');
  await get('labels?start=1700000000&end=1700000060');

  const records = await recordsOf(key, 5);
  expect(
    records.map((record) => [
      record.action,
      JSON.parse(record.query),
      times(record),
      record.rows,
      record.outcome,
    ]),
  ).toEqual([
    ['/api/v1/query', { query: 'sum by (job) (up)' }, [1.7e12, 1.7e12], 0, 'ok'],
    ['/api/v1/query_range', { query: '1', step: '30' }, [1.7e12, 1.7e12 + 60_000], 1, 'ok'],
    ['/api/v1/query_range', { query: '1', step: '30' }, [1.7e12, 1.6e12], null, 'invalid_input'],
    [
      '/api/v1/label/:name/values',
      { label: 'job', 'match[]': ['up', 'down'] },
      [1.7e12, 1.7e12 + 60_000],
      0,
      'ok',
    ],
    ['/api/v1/labels', {}, [1.7e12, 1.7e12 + 60_000], 0, 'ok'],
  ]);
});

test('neither a key nor any other secret that was asked for is recorded, in the store or in the log', async () => {
  const key = await createKey(product.dataDir);
  const secret = key.split('_')[2] ?? '';
  const assistant = await connect('legacy', product.mcpUrl, key);
  await assistant.call('search-logs', {
    ...window,
    filters: `body = "${key}" OR body LIKE "%password=hunter2x%"`,
  });
  await assistant.call('search-logs', { ...window, filters: `${key} ==== password=hunter2x` });
  await assistant.call('analyze-metrics', { promql: `up{token="${key}"}` });
  await assistant.close();
  const records = await recordsOf(key, 3);
  expect(records.every(({ query }) => query.includes('[redacted:kubesense_key]'))).toBe(true);
  const all = JSON.stringify(records) + product.output().stderr;
  expect(all).not.toContain(secret);
  expect(all).not.toContain('hunter2x');
});

test('each call is one line of the log', async () => {
  const key = await createKey(product.dataDir);
  const assistant = await connect('sdk-1', product.mcpUrl, key);
  await assistant.call('search-traces', { ...window, filters: 'status = error' });
  await assistant.close();
  const id = key.split('_')[1] ?? '';
  const lines = await waitFor('the line', 30_000, () => {
    const whole = product.output().stderr.split('\n').slice(0, -1);
    const own = whole.filter((line) => line.includes(id) && line.includes('"audit"'));
    return own.length > 0 && own;
  });
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    expect.objectContaining({
      key_name: 'test',
      action: 'search-traces',
      query: '{"filters":"status = \'error\'","limit":10,"order":"newest"}',
      outcome: 'ok',
      msg: 'audit',
    }),
  ]);
});

describe('the command line', () => {
  test('selects by tool, outcome and time, and says whether there is more', async () => {
    const key = await createKey(product.dataDir);
    const id = key.split('_')[1] ?? '';
    const assistant = await connect('modern', product.mcpUrl, key);
    await assistant.call('search-logs', window);
    await assistant.call('search-logs', { filters: '(' });
    await assistant.call('search-traces', window);
    await assistant.close();
    const [first] = await recordsOf(key, 3);
    const found = async (...args: string[]) => {
      const { records, has_more } = await audit('--key', id, ...args);
      return [records.map(({ action, outcome }) => `${action} ${outcome}`), has_more];
    };
    expect(await found('--tool', 'search-logs')).toEqual([
      ['search-logs invalid_input', 'search-logs ok'],
      false,
    ]);
    expect(await found('--outcome', 'ok', '--limit', '1')).toEqual([['search-traces ok'], true]);
    expect(await found('--to', first?.time ?? '')).toEqual([[], false]);
    expect(await found('--from', first?.time ?? '', '--limit', '3')).toEqual([
      ['search-traces ok', 'search-logs invalid_input', 'search-logs ok'],
      false,
    ]);
  });

  test('prints a table, in which nothing that was asked can hide', async () => {
    const key = await createKey(product.dataDir);
    const assistant = await connect('modern', product.mcpUrl, key);
    await assistant.call('search-logs', { ...window, filters: 'body = "\u202e\u001b[2J"' });
    await assistant.close();
    await recordsOf(key, 1);
    const { code, stdout } = await runCommand(['audit', '--key', key.split('_')[1] ?? ''], settings());
    expect(code).toBe(0);
    const [head, row, ...rest] = stdout.split('\n');
    expect(head).toMatch(/^TIME +KEY +NAME +ACTION +OUTCOME +ROWS +MS +QUERY$/);
    expect(row).toMatch(/ search-logs +ok +0 .*\\u\{202e\}/);
    expect(row).not.toMatch(/[\p{Cc}\p{Cf}]/u);
    expect(rest).toEqual(['']);
  });

  test.each([
    [['--outcome', 'fine'], /--outcome: got "fine", takes ok, invalid_input, /],
    [['--limit', '0'], /limit: takes a whole number from 1 to 1000, got 0/],
    [['--from', 'soon'], /soon/],
    [['--from', 'now', '--to', 'now-1h'], /--from now is not before --to now-1h/],
  ])('refuses %j with one line', async (args, message) => {
    const { code, stderr } = await runCommand(['audit', ...args], settings());
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

test('a completion of a name is recorded like a call, and a prompt, which reads nothing, is not', async () => {
  const key = await createKey(product.dataDir, '--namespace', 'payments');
  const assistant = await connect('modern', product.mcpUrl, key);
  await assistant.prompt('kubesense-logs', { workload: 'ledger' });
  // Where the store does not answer in time there are no names.
  let asked = 0;
  const names = () => {
    asked += 1;
    const argument = { name: 'workload', value: 'led' };
    return assistant.complete('kubesense-logs', argument, { namespace: 'payments' });
  };
  await expect.poll(names).toEqual(['ledger']);
  await assistant.call('search-logs', { ...window, limit: 1 });
  await assistant.close();
  const [completion, call, ...others] = (await recordsOf(key, asked + 1)).slice(asked - 1);
  expect(completion).toMatchObject({ action: 'completion/complete', rows: 1, outcome: 'ok', window: null });
  expect(JSON.parse(completion?.query ?? '')).toEqual({
    argument: 'workload',
    value: 'led',
    known: { namespace: 'payments' },
  });
  expect([call?.action, others]).toEqual(['search-logs', []]);
});

test('a folder that is not there is not made', async () => {
  const dataDir = join(product.dataDir, 'elsewhere');
  const { code, stderr } = await runCommand(['audit'], { KUBESENSE_DATA_DIR: dataDir });
  expect(code).toBe(1);
  expect(stderr).toMatch(/There is no data folder .*elsewhere\. Name it with --data-dir\./);
  expect(existsSync(dataDir)).toBe(false);
});

test('every kind of client is recorded, on stdio too, and the records outlive the server', async () => {
  const key = await createKey(product.dataDir);
  for (const kind of assistantKinds) {
    const assistant = await connect(kind, product.mcpUrl, key);
    await assistant.call('search-logs', { ...window, limit: 1 });
    await assistant.close();
  }
  const stdio = await connectStdio({ ...settings(), KUBESENSE_API_KEY: key });
  await stdio.call('search-logs', { ...window, limit: 2 });
  await stdio.close();
  await recordsOf(key, 4);

  const dataDir = temporaryFolder();
  const other = await startProduct({ dataDir });
  const otherKey = await createKey(dataDir);
  const assistant = await connect('modern', other.mcpUrl, otherKey);
  await assistant.call('search-logs', { limit: 7 });
  await assistant.close();
  await other.stop();
  const { stdout } = await runCommand(['audit', '--json'], { KUBESENSE_DATA_DIR: dataDir });
  const after = printed.parse(JSON.parse(stdout));
  expect(after.records.map(({ action, query }) => [action, JSON.parse(query).limit])).toEqual([
    ['search-logs', 7],
  ]);
  rmSync(dataDir, { recursive: true });
});
