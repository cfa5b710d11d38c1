import { createClient } from '@clickhouse/client';
import { expect, test } from 'vitest';
import { findEngine } from '../../src/store/engine/engine.ts';
import { connectStdio } from '../support/assistants.ts';
import { createKey, runCommand } from '../support/command.ts';
import { startProduct } from '../support/product.ts';

/** How long each of our tables keeps a record, in seconds, by its name. */
async function retentions(dataDir: string): Promise<Readonly<Record<string, string>>> {
  const address = await findEngine(dataDir);
  if (address === undefined) throw new Error('no engine runs there');
  const client = createClient(address);
  try {
    const result = await client.query({
      query: `SELECT name, extract(engine_full, 'toIntervalSecond\\\\((\\\\d+)\\\\)') FROM system.tables WHERE name LIKE 'otel_%' OR name = 'kubesense_audit' ORDER BY name`,
      format: 'JSONCompactEachRow',
    });
    return Object.fromEntries(await result.json<[string, string]>());
  } finally {
    await client.close();
  }
}

test('what runs beside a server, with settings of its own, leaves the retention as the server has it', async () => {
  const product = await startProduct({
    settings: { KUBESENSE_RETENTION: '30d', KUBESENSE_AUDIT_RETENTION: '365d' },
  });
  const set = { kubesense_audit: '31536000', otel_logs: '2592000', otel_traces: '2592000' };
  expect(await retentions(product.dataDir)).toEqual(set);

  const beside = { KUBESENSE_DATA_DIR: product.dataDir };
  const assistant = await connectStdio({
    ...beside,
    KUBESENSE_API_KEY: await createKey(product.dataDir),
  });
  expect((await assistant.call('search-logs', {})).isError).toBe(false);
  await assistant.close();
  expect((await runCommand(['audit'], beside)).code).toBe(0);
  expect(await retentions(product.dataDir)).toEqual(set);
  expect(await product.stop()).toEqual({ code: 0, signal: null });
});
