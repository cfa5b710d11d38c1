import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { afterEach, expect, test } from 'vitest';
import { count, search } from '../support/answers.ts';
import { type Assistant, connect, connectStdio } from '../support/assistants.ts';
import { createKey } from '../support/command.ts';
import { type Product, startProduct, temporaryFolder } from '../support/product.ts';
import { logsRequest, post, type SampleLog, tracesRequest } from '../support/sample.ts';
import { waitFor } from '../support/wait.ts';
import { makeSample } from './sample.ts';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

/** The processes that the product started: the embedded engine. */
function childrenOf(pid: number): number[] {
  const table = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const pairs = table.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([child = 0, parent]) => (parent === pid ? [child] : []));
}

const batch = (n: number): SampleLog[] =>
  Array.from({ length: 50 }, (_, i) => ({
    service: 'durable',
    level: 'INFO',
    time: BigInt(Date.now() - 600_000) * 1_000_000n + BigInt(n * 1000 + i),
    body: `batch ${n} record ${i}`,
  }));

/** Sends batches one after another, each again until it is acknowledged, and counts them, until `done`. */
async function sendUntil(product: Product, done: () => boolean): Promise<number> {
  let acknowledged = 0;
  while (!done()) {
    const request = logsRequest(batch(acknowledged));
    await waitFor(`batch ${acknowledged} to be acknowledged`, 60_000, async () => {
      const status = await post(product.otlpUrl, '/v1/logs', request).then((response) => response.status);
      if (![200, 429, 503].includes(status)) throw new Error(`A sender was told ${status}`);
      return status === 200;
    });
    acknowledged++;
  }
  return acknowledged;
}

async function expectBatches(assistant: Assistant, batches: number): Promise<void> {
  const filters = 'service = durable';
  expect(await count(assistant, 'analyze-logs', { filters })).toBe(batches * 50);
  const distinct = { function: 'unique_count', field: 'body' };
  expect(await count(assistant, 'analyze-logs', { filters, aggregation: distinct })).toBe(batches * 50);
}

test('the engine dies three times while records come in: it is back, and nothing acknowledged is lost or double', async () => {
  const product = await startProduct();
  const assistant = await connect('modern', product.mcpUrl, await createKey(product.dataDir));
  let finished = false;
  const sending = sendUntil(product, () => finished);
  sending.catch(() => undefined);

  for (let i = 0; i < 3; i++) {
    const [engine] = childrenOf(product.pid);
    if (engine === undefined) throw new Error('The product has no engine');
    process.kill(engine, 'SIGKILL');
    await waitFor('readiness to be lost', 30_000, async () => (await product.readiness()) === 503);
    await waitFor('readiness to be back', 30_000, async () => (await product.readiness()) === 200);
    expect(childrenOf(product.pid)).not.toContain(engine);
  }
  finished = true;
  await expectBatches(assistant, await sending);
  await assistant.close();
  expect(await product.stop()).toEqual({ code: 0, signal: null });
});

test('the whole product is killed: its folder opens again, and holds all that was acknowledged', async () => {
  const dataDir = temporaryFolder();
  folders.push(dataDir);
  const first = await startProduct({ dataDir });
  let batches = 0;
  for (; batches < 5; batches++) {
    expect((await post(first.otlpUrl, '/v1/logs', logsRequest(batch(batches)))).status).toBe(200);
  }
  const [engine] = childrenOf(first.pid);
  process.kill(first.pid, 'SIGKILL');
  await waitFor('the engine to end with it', 30_000, () => !isAlive(engine ?? 0));
  await first.stop();

  const second = await startProduct({ dataDir });
  const assistant = await connect('legacy', second.mcpUrl, await createKey(dataDir));
  await expectBatches(assistant, batches);
  await assistant.close();
  expect(await second.stop()).toEqual({ code: 0, signal: null });
});

test('a request that is sent again is not stored again, also after a restart', async () => {
  const dataDir = temporaryFolder();
  folders.push(dataDir);
  const sample = makeSample(Date.now());
  const [logs, traces] = [logsRequest(sample.logs), tracesRequest(sample.spans)];
  for (let restart = 0; restart < 2; restart++) {
    const product = await startProduct({ dataDir });
    for (let attempt = 0; attempt < 3; attempt++) {
      expect((await post(product.otlpUrl, '/v1/logs', logs)).status).toBe(200);
      expect((await post(product.otlpUrl, '/v1/traces', traces)).status).toBe(200);
    }
    const assistant = await connect('modern', product.mcpUrl, await createKey(dataDir));
    expect(await count(assistant, 'analyze-logs', {})).toBe(sample.logs.length);
    expect(await count(assistant, 'analyze-traces', {})).toBe(sample.spans.length);
    await assistant.close();
    expect(await product.stop()).toEqual({ code: 0, signal: null });
  }
});

test('a request over hundreds of days gets in', async () => {
  const product = await startProduct();
  const day = 86_400_000_000_000n;
  const first = 1_500_000_000_000_000_000n;
  const logs = Array.from({ length: 400 }, (_, i) => ({
    service: 'old',
    time: first + BigInt(i) * day,
    body: `day ${i}`,
  }));
  expect((await post(product.otlpUrl, '/v1/logs', logsRequest(logs))).status).toBe(200);
  const assistant = await connect('modern', product.mcpUrl, await createKey(product.dataDir));
  const window = { from_time: '2017-01-01T00:00:00Z', to_time: '2019-01-01T00:00:00Z' };
  expect(await count(assistant, 'analyze-logs', window)).toBe(400);
  const { rows } = await search(assistant, 'search-logs', { ...window, order: 'oldest', limit: 1 });
  expect(rows).toHaveLength(1);
  await assistant.close();
  expect(await product.stop()).toEqual({ code: 0, signal: null });
});

test('stdio on a folder without a server ends its engine with itself', async () => {
  const dataDir = temporaryFolder();
  folders.push(dataDir);
  const settings = { KUBESENSE_DATA_DIR: dataDir };
  for (let i = 0; i < 2; i++) {
    const assistant = await connectStdio(settings);
    expect(await count(assistant, 'analyze-logs', {})).toBe(0);
    await assistant.close();
  }
  const product = await startProduct({ dataDir });
  expect(await product.stop()).toEqual({ code: 0, signal: null });
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
