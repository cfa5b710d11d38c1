import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from '@clickhouse/client';
import { createLog } from '../src/observe/log.ts';
import { startEngine } from '../src/store/engine/engine.ts';
import type { Sql } from '../src/store/sql/sql.ts';

/** The embedded engine, on a folder of its own, for one test file. */
export interface TestEngine {
  run(statement: Sql): Promise<void>;
  /** The rows of a query. */
  rows(query: Sql): Promise<unknown[][]>;
  close(): Promise<void>;
}

export async function startTestEngine(): Promise<TestEngine> {
  const dataDir = await mkdtemp(join(tmpdir(), 'kubesense-filter-'));
  const engine = await startEngine({ dataDir, log: createLog('silent') });
  const client = createClient({ ...engine.address, request_timeout: 120_000 });
  return {
    run: async ({ text }) => {
      await client.command({ query: text });
    },
    rows: async ({ text }) => {
      const result = await client.query({ query: text, format: 'JSONCompactEachRow' });
      return result.json<unknown[]>();
    },
    close: async () => {
      await client.close();
      await engine.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
