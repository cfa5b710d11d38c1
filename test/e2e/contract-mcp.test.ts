import { describe, expect, test } from 'vitest';
import { assistantKinds, connect, connectStdio } from '../support/assistants.ts';
import { createKey } from '../support/command.ts';
import { realTokens } from '../support/tokens.ts';
import { useSampledProduct } from './sampled-product.ts';

const running = useSampledProduct();

const tools = ['get-trace-or-log-fields', 'search-logs', 'search-traces', 'analyze-logs', 'analyze-traces'];

type Door = (typeof assistantKinds)[number] | 'stdio';

function start(door: Door, key: string) {
  const { product } = running();
  return door === 'stdio'
    ? connectStdio({ KUBESENSE_DATA_DIR: product.dataDir, KUBESENSE_API_KEY: key })
    : connect(door, product.mcpUrl, key);
}

/** What the store holds is left out where it is not known in time. */
const untilKnown = { timeout: 60_000, interval: 500 };

async function instructionsOf(door: Door, key: string): Promise<string | undefined> {
  const assistant = await start(door, key);
  const instructions = assistant.instructions();
  await assistant.close();
  return instructions;
}

describe.each([...assistantKinds, 'stdio'] as const)('the tools as %s sees them', (kind) => {
  test('are all there, read-only, and described', async () => {
    const { product } = running();
    const key = await createKey(product.dataDir);
    const assistant = await start(kind, key);
    const listed = await assistant.tools();
    expect(listed.map(({ name }) => name)).toEqual(expect.arrayContaining(tools));
    for (const { name, annotations, description, inputSchema } of listed) {
      expect(annotations, name).toMatchObject({
        readOnlyHint: true,
        destructiveHint: false,
        idempotentHint: true,
        openWorldHint: false,
      });
      expect(description.length, name).toBeGreaterThan(50);
      expect(inputSchema, name).toMatchObject({ type: 'object', additionalProperties: false });
    }
    expect(realTokens(JSON.stringify(listed))).toBeLessThan(8_000);
    expect(Buffer.byteLength(assistant.instructions() ?? '')).toBeLessThanOrEqual(2_048);
    await assistant.close();
    await expect
      .poll(() => instructionsOf(kind, key), untilKnown)
      .toMatch(/Data: logs since \d{4}-\d\d-\d\d \d\d:\d\d; traces since \d{4}-\d\d-\d\d \d\d:\d\d; /);
  });

  test('say nothing of data to a key that sees none', async () => {
    const { product } = running();
    const key = await createKey(product.dataDir, '--namespace', 'nowhere');
    await expect.poll(() => instructionsOf(kind, key), untilKnown).toContain('Data: there is none yet.');
  });
});

test('all clients get the same answer', async () => {
  const { product, window } = running();
  const key = await createKey(product.dataDir);
  const args = { ...window, queryType: 'instant', groupBy: ['workload', 'level'], format: 'json' };
  const answers = new Set<string>();
  for (const kind of assistantKinds) {
    const assistant = await connect(kind, product.mcpUrl, key);
    answers.add((await assistant.call('analyze-logs', args)).text);
    await assistant.close();
  }
  expect(answers.size).toBe(1);
});

test('other spellings of arguments that models use', async () => {
  const { assistant, window } = running();
  const plain = { ...window, queryType: 'instant', groupBy: ['service'], limit: 3, format: 'json' };
  const { text } = await assistant.call('analyze-logs', plain);
  for (const other of [
    { ...plain, groupBy: '["service"]' },
    { ...plain, groupBy: 'service' },
    { ...plain, limit: '3' },
    { ...plain, groupBy: [{ field: 'service', type: 'string', is_attribute: false }] },
    { ...plain, aggregation: '{"function": "row_count"}' },
    { ...plain, filters: null },
  ]) {
    expect(await assistant.call('analyze-logs', other), JSON.stringify(other)).toEqual({
      text,
      isError: false,
    });
  }
});

describe.each([...assistantKinds, 'stdio'] as const)('skills as %s sees them', (kind) => {
  test('are prompts and resources, and names are completed within the limits of the key', async () => {
    const { product } = running();
    const assistant = await start(kind, await createKey(product.dataDir, '--namespace', 'payments'));
    const names = (await assistant.prompts()).map(({ name }) => name);
    expect(names).toContain('kubesense-triage');
    for (const name of names.slice(0, 2)) {
      expect(await assistant.resource(`skill://${name}/SKILL.md`)).toContain(await assistant.prompt(name));
    }
    expect(await assistant.prompt('kubesense-logs', { namespace: 'payments', workload: 'ledger' })).toContain(
      `"filters": "namespace = 'payments' AND workload = 'ledger'"`,
    );
    const complete = (name: string, value: string, known = {}) =>
      assistant.complete('kubesense-logs', { name, value }, known);
    await expect.poll(() => complete('namespace', ''), untilKnown).toEqual(['payments']);
    await expect
      .poll(() => complete('workload', 'CHECK', { namespace: 'payments' }), untilKnown)
      .toEqual(['checkout']);
    expect(await complete('workload', 'api-server')).toEqual([]);
    await assistant.close();
  });
});
