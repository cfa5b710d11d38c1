import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EngineFolder } from '../../../test/support/engine-folder.ts';
import { encodeMetrics, metricSeries, readSamples, readSeries } from '../../../test/support/metrics.ts';
import { ClickHouse } from '../clickhouse.ts';
import { metricTableName } from '../schema/metric-tables.ts';
import { openStore } from '../store.ts';
import { MetricWriter } from './metric-writer.ts';

const folder = new EngineFolder();
const database = 'kubesense';

async function killEngine(): Promise<void> {
  const status = await readFile(join(folder.path, 'store', 'engine', 'status'), 'utf8');
  process.kill(Number(/^PID: (\d+)$/m.exec(status)?.[1]), 'SIGKILL');
}

test('a request is stored whole and once when the engine is killed between series and samples', async () => {
  const engine = await folder.start();
  const clickhouse = new ClickHouse({
    address: () => engine.address,
    limits: { seconds: 120, memoryBytes: 1e9, rowsToRead: 1e9 },
  });
  folder.afterwards(() => clickhouse.close());
  await openStore({ clickhouse, database, retention: 1e9 });
  let kills = 0;
  const writer = new MetricWriter({
    async insert(table, block, options) {
      if (table === 'samples' && kills === 0) {
        kills += 1;
        await killEngine();
      }
      await clickhouse.insert(metricTableName(table, database), block, options);
    },
    now: Date.now,
  });
  const start = Date.UTC(2026, 0, 2);
  const send = () =>
    writer.insert(
      encodeMetrics([
        metricSeries({ __name__: 'up' }, [{ timestamp: start, value: 1 }]),
        metricSeries({ __name__: 'total' }, [{ timestamp: start, startTimestamp: start - 1, value: 5 }], {
          delta: true,
        }),
      ]),
      { digest: 'a' },
    );
  await expect(send()).rejects.toMatchObject({ kind: 'unavailable', retryable: true });
  await expect.poll(() => send().then(() => 'stored', String)).toBe('stored');
  expect(await send()).toEqual({ duplicates: 1 });
  expect(kills).toBe(1);
  expect((await readSeries(clickhouse, database)).map(({ name }) => name)).toEqual(['total', 'up']);
  expect((await readSamples(clickhouse, database)).map(({ name }) => name)).toEqual(['total', 'up']);
});
