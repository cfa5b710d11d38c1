import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { count } from '../support/answers.ts';
import { type Assistant, connect, connectStdio } from '../support/assistants.ts';
import { createKey, runCommand } from '../support/command.ts';
import { type Product, startProduct, temporaryFolder } from '../support/product.ts';
import { recordingFiles, recordingFolder } from '../support/recording.ts';
import { checkCase } from '../trainticket/check.ts';
import { expectedCase } from '../trainticket/expected.ts';
import { keyCases } from '../trainticket/key-cases.ts';

const whole = { from_time: '2023-01-29T08:40:00Z', to_time: '2023-01-29T10:30:00Z' };

describe('the recording, imported into a folder that no server has open', () => {
  const dataDir = temporaryFolder();

  beforeAll(async () => {
    const settings = { KUBESENSE_DATA_DIR: dataDir };
    const { code, stdout, stderr } = await runCommand(['import', ...recordingFiles], settings, {
      timeout: 240_000,
    });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const said = `${stdout}${stderr}`.replaceAll(/(?<=\d)[, ](?=\d{3})/g, '');
    expect(said).toContain('93436');
    expect(said).toContain('178710');
  }, 250_000);

  describe('asked through stdio, which needs neither server nor key', () => {
    let assistant: Assistant;
    beforeAll(async () => {
      assistant = await connectStdio({ KUBESENSE_DATA_DIR: dataDir });
    });
    afterAll(() => assistant?.close());

    test.each(keyCases)('%s', async (name) => checkCase(assistant, expectedCase(name)));
  });

  describe('asked through a server that is started afterwards', () => {
    let product: Product;
    let assistant: Assistant;
    beforeAll(async () => {
      product = await startProduct({ dataDir });
      assistant = await connect('modern', product.mcpUrl, await createKey(dataDir));
    });
    afterAll(async () => {
      await assistant?.close();
      expect(await product?.stop()).toEqual({ code: 0, signal: null });
    });

    test.each(keyCases)('%s', async (name) => checkCase(assistant, expectedCase(name)));
  });
});

test('import beside a running server goes through it, metrics too', async () => {
  const product = await startProduct();
  try {
    const settings = { KUBESENSE_DATA_DIR: product.dataDir };
    const { code, stdout, stderr } = await runCommand(['import', recordingFolder], settings, {
      timeout: 240_000,
    });
    expect({ code, stderr }).toMatchObject({ code: 0 });
    const said = `${stdout}${stderr}`.replaceAll(/(?<=\d)[, ](?=\d{3})/g, '');
    expect(said).toMatch(/data points: 81457 stored/);
    const assistant = await connect('legacy', product.mcpUrl, await createKey(product.dataDir));
    expect(await count(assistant, 'analyze-logs', whole)).toBe(93_436);
    expect(await count(assistant, 'analyze-traces', whole)).toBe(178_710);
    await assistant.close();
  } finally {
    expect(await product.stop()).toEqual({ code: 0, signal: null });
  }
}, 300_000);

test('a file that does not exist is one clear line and exit code 1', async () => {
  const dataDir = temporaryFolder();
  const { code, stderr } = await runCommand(['import', '/no/such/file.jsonl'], {
    KUBESENSE_DATA_DIR: dataDir,
  });
  expect(code).toBe(1);
  expect(stderr.trim().split('\n')).toHaveLength(1);
  expect(stderr).toContain('/no/such/file.jsonl');
});
