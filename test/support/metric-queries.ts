import { createQueries } from '../../src/query/create-queries.ts';
import { Cursors } from '../../src/query/cursor.ts';
import type { Queries } from '../../src/query/queries.ts';
import { ClickHouse } from '../../src/store/clickhouse.ts';
import type { MetricStore } from '../../src/store/metrics/metric-store.ts';

/** 2026-03-01T12:00:00Z, the clock of queries over metrics in tests; ms since the epoch. */
export const clock = Date.UTC(2026, 2, 1, 12);

/** The questions over a store of metrics, with neither logs nor traces behind them. */
export function metricQueries(metrics: MetricStore | undefined): Queries {
  const clickhouse = new ClickHouse({
    address: () => undefined,
    limits: { seconds: 1, memoryBytes: 1, rowsToRead: 1 },
  });
  const store = {
    clickhouse,
    database: 'default',
    migrated: false,
    table: () => undefined,
    insert: () => Promise.reject(new Error('nothing is stored here')),
    metrics: undefined,
    audit: undefined,
    insertMetrics: () => Promise.reject(new Error('nothing is stored here')),
  };
  return createQueries({
    store,
    metrics,
    now: () => BigInt(clock) * 1_000_000n,
    cursors: new Cursors(Buffer.alloc(32)),
  });
}
