import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyze, search, toolError } from '../support/answers.ts';
import { type Assistant, connect } from '../support/assistants.ts';
import { createKey } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';
import { post } from '../support/sample.ts';

let product: Product;
let assistant: Assistant;

beforeAll(async () => {
  product = await startProduct();
  assistant = await connect('modern', product.mcpUrl, await createKey(product.dataDir));
});
afterAll(async () => {
  await assistant.close();
  expect(await product.stop()).toEqual({ code: 0, signal: null });
});

const now = () => String(BigInt(Date.now()) * 1_000_000n);

async function sendLogs(logRecords: readonly unknown[]): Promise<void> {
  const response = await post(product.otlpUrl, '/v1/logs', {
    resourceLogs: [{ scopeLogs: [{ logRecords }] }],
  });
  expect(response.status).toBe(200);
}

describe('filters as large as they may be', () => {
  const many = (count: number, term: (i: number) => string, operator: string) =>
    Array.from({ length: count }, (_, i) => term(i)).join(` ${operator} `);

  test.each([
    ['500 numbers in attributes', many(500, (i) => `@x${i} = ${i}`, 'AND')],
    ['62 KB of attribute names', many(500, (i) => `@"${'a'.repeat(110)}${i}" > 5`, 'OR')],
    ['57 KB of patterns', many(500, (i) => `@"${'b'.repeat(88)}${i}" LIKE '%a%b_%'`, 'OR')],
  ])('%s are answered', async (_, filters) => {
    expect((await search(assistant, 'search-logs', { filters })).matched).toBe(0);
  });
});

test('durations are added up past 2^64', async () => {
  const spans = Array.from({ length: 12 }, (_, i) => ({
    traceId: 'a'.repeat(32),
    spanId: (i + 1).toString(16).padStart(16, '0'),
    name: 'long',
    startTimeUnixNano: '1',
    endTimeUnixNano: '1700000000000000001',
  }));
  const response = await post(product.otlpUrl, '/v1/traces', {
    resourceSpans: [{ scopeSpans: [{ spans }] }],
  });
  expect(response.status).toBe(200);
  const window = { from_time: '1970-01-01T00:00:00Z', to_time: '1970-01-02' };
  for (const [name, expected] of [
    ['sum', 12 * 1.7e18],
    ['avg', 1.7e18],
  ] as const) {
    const answer = await analyze(assistant, 'analyze-traces', {
      ...window,
      queryType: 'instant',
      aggregation: { function: name, field: 'duration' },
    });
    expect(answer.series.map(({ value }) => value)).toEqual([expected]);
  }
});

test('numbers whose sum is no number any more have no sum, not 0', async () => {
  const attributes = [{ key: 'huge', value: { stringValue: '1e308' } }];
  await sendLogs(
    [1, 2].map((i) => ({ timeUnixNano: now(), body: { stringValue: `huge ${i}` }, attributes })),
  );
  const answer = await analyze(assistant, 'analyze-logs', {
    filters: '@huge IS NOT NULL',
    queryType: 'instant',
    aggregation: { function: 'sum', field: '@huge' },
  });
  expect(answer.series.map(({ value }) => value)).toEqual([null]);
});

test.each(['constructor', '__proto__', 'toString'])('%s is no function', async (name) => {
  const text = await toolError(assistant, 'analyze-logs', {
    queryType: 'instant',
    aggregation: { function: name, field: 'body_length' },
  });
  expect(text).toContain('row_count');
});

test('a body of a million characters is read in part, which the answer says', async () => {
  await sendLogs([{ timeUnixNano: now(), body: { stringValue: `start ${'é'.repeat(1_000_000)}` } }]);
  const answer = await search(assistant, 'search-logs', { filters: 'body_length > 500000' });
  expect(answer.matched).toBe(1);
  expect(answer.notes.join('\n')).toMatch(/more than 200000 characters/);
  expect(JSON.stringify(answer.rows)).toContain('start é');
});

test('the same line without a time of its own, sent twice, is two events', async () => {
  const line = { body: { stringValue: 'heartbeat without a time' } };
  await sendLogs([line]);
  await sendLogs([line]);
  const answer = await search(assistant, 'search-logs', { filters: "body LIKE 'heartbeat%'" });
  expect(answer.matched).toBe(2);
});
