import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { compact, rowsOf, search, toolError } from '../support/answers.ts';
import { type Assistant, connect } from '../support/assistants.ts';
import { createKey, runCommand } from '../support/command.ts';
import { type Product, type ProductOptions, startProduct, temporaryFolder } from '../support/product.ts';
import { send } from '../support/sample.ts';
import { openTestServer } from '../support/store.ts';

const started: { stop(): Promise<unknown> }[] = [];
const folders: string[] = [];

async function start(options?: ProductOptions): Promise<Product> {
  const product = await startProduct(options);
  started.push(product);
  return product;
}

function folder(): string {
  const made = temporaryFolder();
  folders.push(made);
  return made;
}

afterEach(async () => {
  for (const product of started.splice(0).reverse()) await product.stop();
  for (const made of folders.splice(0)) rmSync(made, { recursive: true, force: true });
});

const second = 1_000_000_000n;
const now = BigInt(Math.floor(Date.now() / 1000)) * second;
/** 25 logs of three instants; eleven of them are alike. */
const logs = Array.from({ length: 25 }, (_, i) => ({
  service: 'shop',
  namespace: 'shop',
  time: now - BigInt(60 + (i % 3)) * second,
  body: i < 11 ? 'again' : `body ${i}`,
}));
const spans = Array.from({ length: 25 }, (_, i) => ({
  service: 'shop',
  time: now - 60n * second,
  duration: (i % 4) * 1_000_000,
  name: `call ${i}`,
}));
const bodies = logs.map(({ body }) => body).sort();

/** The bodies of all pages, by the cursors of either format. */
async function allBodies(assistant: Assistant, format: 'compact' | 'json'): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const args = { from_time: 'now-1h', fields: ['body'], limit: 4, ...(cursor && { cursor }) };
    if (format === 'json') {
      const page = await search(assistant, 'search-logs', args);
      found.push(...rowsOf(page).map(({ body }) => String(body)));
      cursor = page.next_cursor ?? undefined;
    } else {
      const text = await compact(assistant, 'search-logs', args);
      found.push(...(text.match(/again$|body \d+$/gm) ?? []));
      cursor = /^more: .* cursor "([^"]+)"$/m.exec(text)?.[1];
    }
  } while (cursor !== undefined && found.length <= logs.length);
  return found.sort();
}

test('cursors lead through all records, and hold over a restart, for their key alone', async () => {
  const dataDir = folder();
  const product = await start({ dataDir });
  await send(product.otlpUrl, { logs, spans });
  const key = await createKey(dataDir);
  const assistant = await connect('modern', product.mcpUrl, key);
  expect(await allBodies(assistant, 'json')).toEqual(bodies);
  // The rows of a page that are alike stand once, above the table.
  const text = await compact(assistant, 'search-logs', { from_time: 'now-1h', fields: ['body'], limit: 2 });
  expect(text).toMatch(
    /^2 of 25 logs; newest first; [\s\S]*\nmore: 23 more match: repeat the call with cursor "[\w-]{60,120}"$/,
  );

  const slowest = { order: 'slowest', fields: ['duration'], limit: 10 };
  const names: unknown[] = [];
  const durations: number[] = [];
  let page = await search(assistant, 'search-traces', slowest);
  const first = page.next_cursor;
  for (; ; page = await search(assistant, 'search-traces', { ...slowest, cursor: page.next_cursor })) {
    names.push(...rowsOf(page).map(({ span_id }) => span_id));
    durations.push(...rowsOf(page).map(({ duration }) => Number(duration)));
    if (page.next_cursor === null) break;
  }
  expect(new Set(names).size).toBe(25);
  expect(durations).toEqual(spans.map(({ duration }) => duration).sort((a, b) => b - a));
  expect(page.returned).toBe(5);

  const others = await connect('modern', product.mcpUrl, await createKey(dataDir));
  const foreign = await toolError(others, 'search-traces', { ...slowest, cursor: first });
  expect(foreign).toContain('no cursor of this server for this key');
  expect(
    await toolError(assistant, 'search-traces', { ...slowest, filters: 'duration > 5', cursor: first }),
  ).toBe(
    'cursor: it was made for other filters; repeat the call that gave it, with the cursor added (limit, format and max_tokens may change), or leave the cursor out to start from the first page',
  );
  expect(await toolError(assistant, 'search-logs', { cursor: first })).toContain(
    'it was made by search-traces',
  );
  await others.close();
  await assistant.close();
  await product.stop();

  expect(statSync(join(dataDir, 'cursor-secret')).mode & 0o777).toBe(0o600);
  const again = await start({ dataDir });
  const later = await connect('modern', again.mcpUrl, key);
  const rest = await search(later, 'search-traces', { ...slowest, cursor: first });
  expect(rowsOf(rest).map(({ span_id }) => span_id)).toEqual(names.slice(10, 20));
  await later.close();
});

describe('KUBESENSE_CURSOR_SECRET_FILE', () => {
  test('lets replicas take each other’s cursors', async () => {
    const server = await openTestServer();
    started.push({ stop: () => server.close() });
    const dataDir = folder();
    const secret = join(dataDir, 'secret');
    writeFileSync(secret, `${'0123456789abcdef'.repeat(4)}\n`);
    const settings = {
      KUBESENSE_CLICKHOUSE_URL: server.url,
      KUBESENSE_CLICKHOUSE_USER: server.username,
      KUBESENSE_CLICKHOUSE_PASSWORD: server.password,
      KUBESENSE_CLICKHOUSE_DATABASE: server.database,
    };
    const key = await createKey(dataDir);
    const withSecret = { dataDir, settings: { ...settings, KUBESENSE_CURSOR_SECRET_FILE: secret } };
    const one = await start(withSecret);
    const two = await start(withSecret);
    const alone = await start({ dataDir, settings });
    await send(one.otlpUrl, { logs });
    const assistants = await Promise.all(
      [one, two, alone].map(({ mcpUrl }) => connect('modern', mcpUrl, key)),
    );
    const [first, other, stranger] = assistants;
    if (first === undefined || other === undefined || stranger === undefined)
      throw new Error('not connected');
    const page = await search(first, 'search-logs', { limit: 3 });
    const next = await search(other, 'search-logs', {
      limit: 3,
      from_time: 'now-1h',
      cursor: page.next_cursor,
    });
    expect(next.window).toEqual(page.window);
    expect(next.returned).toBe(3);
    expect(await toolError(stranger, 'search-logs', { cursor: page.next_cursor })).toContain(
      'no cursor of this server',
    );
    for (const assistant of assistants) await assistant.close();
  });

  test.each([
    [
      'too short',
      'short',
      /KUBESENSE_CURSOR_SECRET_FILE: the file .* holds 5 bytes, takes at least 32, such as `openssl rand -hex 32` gives/,
    ],
    ['missing', undefined, /KUBESENSE_CURSOR_SECRET_FILE: the file .* can't be read/],
  ])('%s: the server does not start', async (_, content, message) => {
    const dataDir = folder();
    const secret = join(dataDir, 'secret');
    if (content !== undefined) writeFileSync(secret, content);
    const { code, stderr } = await runCommand(['serve'], {
      KUBESENSE_LISTEN: '127.0.0.1:0',
      KUBESENSE_OTLP_HTTP_LISTEN: '127.0.0.1:0',
      KUBESENSE_DATA_DIR: dataDir,
      KUBESENSE_CURSOR_SECRET_FILE: secret,
    });
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toHaveLength(1);
  });
});
