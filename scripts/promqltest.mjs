// `npm run promqltest -- [--store] FILE…`: runs files of Prometheus' test language on series in memory, or
// with `--store` through the embedded engine; prints each failure and `N passed, M failed`.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, install } from './setup.mjs';

const files = process.argv.slice(2).filter((argument) => argument !== '--store');
const throughStore = process.argv.includes('--store');
if (files.length === 0) {
  console.error('usage: npm run promqltest -- [--store] FILE…');
  process.exit(2);
}
install();
build();
const { runScript } = await import('../dist/promql/promqltest/runner.js');

/** An engine in a temporary folder, and a database for each file. */
async function openEngine() {
  const { createLog } = await import('../dist/observe/log.js');
  const { startEngine } = await import('../dist/store/engine/engine.js');
  const { ClickHouse } = await import('../dist/store/clickhouse.js');
  const { tableScriptStore } = await import('../dist/store/metrics/script-store.js');
  const dataDir = mkdtempSync(join(tmpdir(), 'promqltest-'));
  const engine = await startEngine({ dataDir, log: createLog('silent') });
  const limits = { seconds: 30, memoryBytes: 2_000_000_000, rowsToRead: 1_000_000_000 };
  const clickhouse = new ClickHouse({ address: () => engine.address, limits });
  let databases = 0;
  return {
    newStore() {
      databases++;
      const retention = 1_000_000_000;
      return tableScriptStore({ clickhouse, database: `promqltest_${databases}`, retention });
    },
    async close() {
      await clickhouse.close();
      await engine.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

const engine = throughStore ? await openEngine() : undefined;
let passed = 0;
let failed = 0;
for (const file of files) {
  try {
    const text = readFileSync(file, 'utf8');
    const store = await engine?.newStore();
    for (const { line, query, failure } of await runScript(text, store && { store })) {
      if (failure === undefined) {
        passed++;
        continue;
      }
      failed++;
      console.log(`${file}:${line}: ${query}\n  ${failure}`);
    }
  } catch (error) {
    failed++;
    console.log(`${file}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
await engine?.close();
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
