import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestEngine, type TestEngine } from '../../../test/support/store.ts';
import { runScript } from '../../promql/promqltest/runner.ts';
import { tableScriptStore } from './script-store.ts';

const folder = fileURLToPath(new URL('../../../../shared/promqltest', import.meta.url));

// A folder that is not there fails here, on purpose.
const files = readdirSync(folder).filter((name) => name.endsWith('.test'));

let engine: TestEngine;
beforeAll(async () => {
  engine = await startTestEngine();
});
afterAll(() => engine.close());

describe("Prometheus' own tests, on series in our tables", () => {
  test('are there', () => {
    expect(files.length).toBeGreaterThanOrEqual(13);
  });

  test.concurrent.each(files)(
    '%s',
    async (name) => {
      const { clickhouse } = engine;
      const database = `promqltest_${files.indexOf(name)}`;
      const store = await tableScriptStore({ clickhouse, database, retention: 1_000_000_000 });
      const outcomes = await runScript(readFileSync(join(folder, name), 'utf8'), { store });
      expect(outcomes.length).toBeGreaterThan(0);
      expect(outcomes.filter(({ failure }) => failure !== undefined)).toEqual([]);
    },
    600_000,
  );
});
