import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { count, toolError } from '../support/answers.ts';
import { type Assistant, connect, connectStdio } from '../support/assistants.ts';
import { createKey } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';
import { sendRecording } from '../support/recording.ts';
import { logsRequest, post } from '../support/sample.ts';
import { addressOf, openTestServer, startTestEngine, type TestServer } from '../support/store.ts';
import { waitFor } from '../support/wait.ts';
import { checkCase } from '../trainticket/check.ts';
import { expectedCase } from '../trainticket/expected.ts';
import { keyCases } from '../trainticket/key-cases.ts';

describe('the recording in a ClickHouse server', () => {
  let server: TestServer;
  let settings: Record<string, string>;
  let product: Product;
  let assistant: Assistant;

  beforeAll(async () => {
    server = await openTestServer();
    settings = settingsOf(server, server.database);
    product = await startProduct({ settings });
    await sendRecording(product.otlpUrl);
    assistant = await connect('modern', product.mcpUrl, await createKey(product.dataDir));
  }, 240_000);

  afterAll(async () => {
    await assistant?.close();
    expect(await product?.stop()).toEqual({ code: 0, signal: null });
    await server?.close();
  });

  test.each(keyCases)('%s', async (name) => checkCase(assistant, expectedCase(name)));

  test('a second server on the same store gives the same answers', async () => {
    const replica = await startProduct({ settings });
    const other = await connect('legacy', replica.mcpUrl, await createKey(replica.dataDir));
    for (const name of keyCases) await checkCase(other, expectedCase(name));
    await other.close();
    expect(await replica.stop()).toEqual({ code: 0, signal: null });
  });

  test('stdio asks for a key there, whose rights it has', async () => {
    const env = { ...settings, KUBESENSE_DATA_DIR: product.dataDir };
    await expect(connectStdio(env)).rejects.toThrow();
    const key = await createKey(product.dataDir, '--role', 'query');
    const other = await connectStdio({ ...env, KUBESENSE_API_KEY: key });
    await checkCase(other, expectedCase('logs: by level'));
    await other.close();
  });
});

test('the store goes away: readiness says so, senders are told to come back, tools say it without its address', async () => {
  const server = await startTestEngine();
  const product = await startProduct({ settings: settingsOf(addressOf(server.engine), 'default') });
  const assistant = await connect('modern', product.mcpUrl, await createKey(product.dataDir));
  const { port } = new URL(addressOf(server.engine).url);
  await server.engine.close();
  await waitFor('readiness to be lost', 30_000, async () => (await product.readiness()) === 503);
  const log = { service: 'late', time: BigInt(Date.now()) * 1_000_000n, body: 'late' };
  const response = await post(product.otlpUrl, '/v1/logs', logsRequest([log]));
  expect(response.status).toBe(503);
  expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(0);
  const text = await toolError(assistant, 'search-logs', {});
  expect(text).not.toContain(port);
  expect(text).not.toMatch(/ECONNREFUSED|127\.0\.0\.1|ClickHouse|password/i);
  await expect(count(assistant, 'analyze-logs', {})).rejects.toThrow();
  await assistant.close();
  expect(await product.stop()).toEqual({ code: 0, signal: null });
  await server.close();
});

function settingsOf(
  { url, username, password }: { url: string; username: string; password: string },
  database: string,
): Record<string, string> {
  return {
    KUBESENSE_CLICKHOUSE_URL: url,
    KUBESENSE_CLICKHOUSE_USER: username,
    KUBESENSE_CLICKHOUSE_PASSWORD: password,
    KUBESENSE_CLICKHOUSE_DATABASE: database,
  };
}
