import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { runScript } from './runner.ts';

const folder = fileURLToPath(new URL('../../../../shared/promqltest', import.meta.url));

// A folder that is not there fails here, on purpose.
const files = readdirSync(folder).filter((name) => name.endsWith('.test'));

describe("Prometheus' own tests, on series in memory", () => {
  test('are there', () => {
    expect(files.length).toBeGreaterThanOrEqual(13);
  });

  test.each(files)('%s', async (name) => {
    const outcomes = await runScript(readFileSync(join(folder, name), 'utf8'));
    expect(outcomes.length).toBeGreaterThan(0);
    expect(outcomes.filter(({ failure }) => failure !== undefined)).toEqual([]);
  });
});
