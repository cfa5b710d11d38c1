import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { RequestBudget } from '../../src/access/request-budget.ts';
import { limitQueries } from '../../src/query/limited-queries.ts';
import type { Queries } from '../../src/query/queries.ts';
import { QueryTurns } from '../../src/query/query-turns.ts';
import { stubQueries } from '../mcp/stub-queries.ts';
import { type FixtureApi, startFixtureApi } from '../prometheus-api/fixture-api.ts';
import { assistantKinds, connect } from '../support/assistants.ts';
import { createKey, runCommand } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';
import { bearer, initialize, postMcp } from '../support/raw-http.ts';
import { waitFor } from '../support/wait.ts';

describe('a product whose keys may send 30 requests a minute', () => {
  let product: Product;

  beforeAll(async () => {
    product = await startProduct({ settings: { KUBESENSE_KEY_REQUESTS_PER_MINUTE: '30' } });
  });

  afterAll(async () => {
    await product?.stop();
  });

  const promql = (key: string) =>
    fetch(new URL('/api/v1/query?query=1', product.mcpUrl), { headers: bearer(key) });

  test.each(assistantKinds)(
    'tells a model of a %s client when to try again, and then answers',
    async (kind) => {
      const key = await createKey(product.dataDir);
      const assistant = await connect(kind, product.mcpUrl, key);
      const answers = [];
      // More than thirty, for what is given anew while they are sent.
      for (let i = 0; i < 60 && !answers.at(-1)?.isError; i++) {
        answers.push(await assistant.call('get-available-metrics', {}));
      }
      expect(answers.at(-1)).toEqual({
        isError: true,
        text: expect.stringMatching(
          /^This key may send 30 requests a minute, and has sent them\. Try again in [12] s\.$/,
        ),
      });
      await waitFor(
        'an answer',
        30_000,
        async () => !(await assistant.call('get-available-metrics', {})).isError,
      );
      await assistant.close().catch(() => {});
    },
  );

  test('answers 429 with Retry-After where no tool is called, and lets other keys be', async () => {
    const key = await createKey(product.dataDir);
    const other = await createKey(product.dataDir);
    let response = await promql(key);
    for (let i = 0; i < 60 && response.status === 200; i++) response = await promql(key);
    expect(response.status).toBe(429);
    const seconds = Number(response.headers.get('retry-after'));
    expect([1, 2]).toContain(seconds);
    expect(await response.json()).toEqual({
      status: 'error',
      errorType: 'too_many_requests',
      error: `This key may send 30 requests a minute, and has sent them. Try again in ${seconds} s.`,
    });
    // A slow machine lets time enough pass for a request to be given anew.
    const start = () => postMcp(product.mcpUrl, initialize, bearer(key));
    let refused = await start();
    for (let i = 0; i < 60 && refused.status === 200; i++) refused = await start();
    expect(refused.status).toBe(429);
    expect(refused.headers['retry-after']).toMatch(/^[12]$/);
    expect(JSON.parse(refused.body)).toMatchObject({ jsonrpc: '2.0', error: { code: -32000 } });
    expect((await promql(other)).status).toBe(200);
    const metrics = await (await fetch(new URL('/metrics', product.mcpUrl))).text();
    expect(metrics).toMatch(/kubesense_limited_requests_total\{limit="key_requests_per_minute"\} \d+/);
  });

  test('records what it left undone', async () => {
    await waitFor('a record of each kind of client', 30_000, async () => {
      const { stdout } = await runCommand(
        ['audit', '--json', '--outcome', 'limited', '--tool', 'get-available-metrics'],
        { KUBESENSE_DATA_DIR: product.dataDir },
      );
      return JSON.parse(stdout).records.length >= assistantKinds.length;
    });
  });
});

describe('the Prometheus API', () => {
  let api: FixtureApi | undefined;
  afterEach(() => api?.stop());

  test('takes what a key may send by the clock', async () => {
    let ms = 0;
    const budget = new RequestBudget({ perMinute: 2, elapsed: () => ms });
    api = await startFixtureApi(stubQueries({}), { budget });
    const ask = async () => {
      const response = await api?.get('/status/buildinfo');
      return [response?.status, response?.headers.get('retry-after')];
    };
    expect([await ask(), await ask(), await ask()]).toEqual([
      [200, null],
      [200, null],
      [429, '30'],
    ]);
    ms = 29_999;
    expect(await ask()).toEqual([429, '1']);
    ms = 30_000;
    expect(await ask()).toEqual([200, null]);
  });

  test('answers 503 where the server runs as many queries as it may, and runs those that come later', async () => {
    let release = () => {};
    const released = new Promise<void>((resolve) => {
      release = resolve;
    });
    const queries: Queries = {
      ...stubQueries({}),
      labelNames: async () => {
        await released;
        return { items: ['job'], truncated: false };
      },
    };
    const turns = new QueryTurns({ atOnce: 1, perKey: 1, waitMs: 50 });
    api = await startFixtureApi(limitQueries(queries, turns));
    api.keys.add('other');
    const running = api.get('/labels');
    const ofKey = await api.get('/labels');
    const ofServer = await api.request('/labels', { headers: { authorization: 'Bearer other' } });
    expect([ofKey.status, ofKey.headers.get('retry-after')]).toEqual([429, '5']);
    expect(JSON.parse(ofKey.text)).toMatchObject({ errorType: 'too_many_requests' });
    expect([ofServer.status, ofServer.headers.get('retry-after')]).toEqual([503, '5']);
    expect(JSON.parse(ofServer.text)).toMatchObject({ errorType: 'unavailable' });
    release();
    expect((await running).status).toBe(200);
    expect((await api.get('/labels')).status).toBe(200);
  });
});
