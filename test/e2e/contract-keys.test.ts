import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { count, describeFields, search, toolError } from '../support/answers.ts';
import { assistantKinds, connect, connectStdio } from '../support/assistants.ts';
import { createKey, runCommand } from '../support/command.ts';
import { type Product, startProduct, temporaryFolder } from '../support/product.ts';
import { bearer, openSession, postMcp } from '../support/raw-http.ts';
import { send } from '../support/sample.ts';
import { waitFor } from '../support/wait.ts';
import { makeSample } from './sample.ts';

let product: Product;
const sample = makeSample(Date.now());

beforeAll(async () => {
  product = await startProduct();
  await send(product.otlpUrl, sample);
});

afterAll(async () => {
  expect(await product?.stop()).toEqual({ code: 0, signal: null });
});

const keys = (...args: string[]) => runCommand(['keys', ...args], { KUBESENSE_DATA_DIR: product.dataDir });
const idOf = (key: string) => key.split('_')[1] ?? '';

/** A key that ends in 5 s; later where a busy machine takes longer than that to make it. */
async function createShortKey(seconds = 5): Promise<string> {
  const end = new Date(Date.now() + seconds * 1_000);
  try {
    return await createKey(product.dataDir, '--expires', end.toISOString());
  } catch (error) {
    if (new Date() < end || seconds > 60) throw error;
    return createShortKey(seconds * 3);
  }
}

describe('a key', () => {
  test('has an id and a secret of at least 192 bits', async () => {
    const key = await createKey(product.dataDir);
    const [, , secret] = /^ks_([^_]+)_([^_]+)$/.exec(key) ?? [];
    // 192 bits are 32 digits to the base of 64.
    expect(secret?.length).toBeGreaterThanOrEqual(32);
    expect(await createKey(product.dataDir)).not.toBe(key);
  });

  test('is listed without its secret', async () => {
    const key = await createKey(product.dataDir, '--role', 'ingest');
    const { code, stdout } = await keys('list');
    expect(code).toBe(0);
    expect(stdout).toContain(idOf(key));
    expect(stdout).toMatch(/ingest/);
    expect(stdout).not.toContain(key.split('_')[2]);
  });

  test('can be made before there is a server', async () => {
    const dataDir = temporaryFolder();
    const key = await createKey(dataDir);
    const later = await startProduct({ dataDir });
    const assistant = await connect('modern', later.mcpUrl, key);
    expect(await count(assistant, 'analyze-logs', {})).toBe(0);
    await assistant.close();
    expect(await later.stop()).toEqual({ code: 0, signal: null });
  });

  test('lets through only what its roles and its expiry allow', async () => {
    const expired = await createShortKey();
    await waitFor('the key to expire', 90_000, async () => {
      return (await postMcp(product.mcpUrl, {}, bearer(expired))).status === 401;
    });
    const { code, stderr } = await keys('create', '--name', 'x', '--role', 'queen');
    expect(code).toBe(1);
    expect(stderr).toMatch(/queen.*query/);
  });
});

describe('revoked', () => {
  test.each(assistantKinds)('it is refused within 30 s, an open session of %s included', async (kind) => {
    const key = await createKey(product.dataDir);
    const assistant = await connect(kind, product.mcpUrl, key);
    expect(await count(assistant, 'analyze-logs', {})).toBe(sample.logs.length);
    expect((await keys('revoke', idOf(key))).code).toBe(0);
    await waitFor('the refusal', 30_000, () =>
      assistant.call('search-logs', {}).then(
        () => false,
        () => true,
      ),
    );
    expect((await postMcp(product.mcpUrl, {}, bearer(key))).status).toBe(401);
    await assistant.close().catch(() => undefined);
  });

  test('its open event stream ends within 30 s', async () => {
    const key = await createKey(product.dataDir);
    const session = await openSession(product.mcpUrl, key);
    const headers = { ...bearer(key), accept: 'text/event-stream', 'mcp-session-id': session };
    const stream = await fetch(product.mcpUrl, { headers, signal: AbortSignal.timeout(45_000) });
    expect(stream.status).toBe(200);
    const revoked = Date.now();
    expect((await keys('revoke', idOf(key))).code).toBe(0);
    await stream.text().catch((error: unknown) => {
      if (error instanceof Error && error.name === 'TimeoutError') throw error;
    });
    expect(Date.now() - revoked).toBeLessThan(31_000);
  });

  test('a key that does not exist can not be revoked', async () => {
    const { code, stderr } = await keys('revoke', 'nobody');
    expect(code).toBe(1);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});

describe('limits of a key', () => {
  test.each(assistantKinds)(
    'with %s it sees its namespaces, and can not tell that there is more',
    async (kind) => {
      const key = await createKey(product.dataDir, '--namespace', 'payments', '--namespace', 'jobs');
      const assistant = await connect(kind, product.mcpUrl, key);
      const visible = sample.logs.filter(({ namespace = '' }) => ['payments', 'jobs'].includes(namespace));
      const args = { from_time: '-2h' };
      expect(await count(assistant, 'analyze-logs', args)).toBe(visible.length);
      for (const filters of ['namespace = default OR level = ERROR OR 1 = 1', 'NOT (namespace = payments)']) {
        const { text } = await assistant.call('search-logs', { ...args, filters, format: 'json' });
        expect(text).not.toMatch(/api-server|service-a|user logged in/);
      }
      const hidden = await search(assistant, 'search-logs', { ...args, filters: 'namespace = "default"' });
      const absent = await search(assistant, 'search-logs', { ...args, filters: 'namespace = "defaulx"' });
      expect(hidden.matched).toBe(0);
      const timeless = (notes: readonly string[]) => notes.filter((note) => !note.startsWith('server clock'));
      expect(timeless(hidden.notes).join('\n').replaceAll('default', 'defaulx')).toBe(
        timeless(absent.notes).join('\n'),
      );
      const { fields } = await describeFields(assistant, { ...args, datasource: 'logs' });
      expect(fields.map(({ name }) => name)).not.toContain('@custom_field');
      expect(fields.find(({ name }) => name === 'namespace')?.example_values).not.toContain('default');
      await assistant.close();
    },
  );

  test('through stdio too', async () => {
    const key = await createKey(product.dataDir, '--cluster', 'staging');
    const assistant = await connectStdio({ KUBESENSE_DATA_DIR: product.dataDir, KUBESENSE_API_KEY: key });
    expect(await count(assistant, 'analyze-logs', { from_time: '-2h' })).toBe(1);
    expect(await toolError(assistant, 'search-logs', { filters: 'custom_field = value' })).toMatch(
      /custom_field/,
    );
    await assistant.close();
  });
});

test('the secret is nowhere: not in the data folder, not on the terminal, not in metrics', async () => {
  const key = await createKey(product.dataDir);
  const secret = key.split('_')[2] ?? key;
  const assistant = await connect('legacy', product.mcpUrl, key);
  await search(assistant, 'search-logs', { filters: "body LIKE '%x%'" });
  await assistant.close();

  const files = readdirSync(product.dataDir, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(files.length).toBeGreaterThan(1);
  for (const { parentPath, name } of files) {
    const file = join(parentPath, name);
    // A draft that is renamed, or a part that is merged, may be gone by now.
    const content = existsSync(file) ? readFileSync(file) : '';
    expect(content.includes(secret), file).toBe(false);
  }
  const keyFile = files.find(({ name }) => /key/i.test(name));
  expect(keyFile).toBeDefined();
  expect(statSync(join(keyFile?.parentPath ?? '', keyFile?.name ?? '')).mode & 0o777).toBe(0o600);

  const { stdout, stderr } = product.output();
  expect(`${stdout}${stderr}`).not.toContain(secret);
  expect(await (await fetch(new URL('/metrics', product.mcpUrl))).text()).not.toContain(secret);
});
