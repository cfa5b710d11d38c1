import type { Limits } from '../../src/access/principal.ts';
import { createQueries } from '../../src/query/create-queries.ts';
import { Cursors } from '../../src/query/cursor.ts';
import type { Queries } from '../../src/query/queries.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import type { TestEngine } from '../support/store.ts';

/** A database of an engine, and the questions to it; without `metrics`, of logs and spans alone. */
export async function openQueries(
  { clickhouse }: TestEngine,
  {
    now,
    database = 'default',
    metrics = false,
  }: {
    /** ns since the epoch. */
    readonly now: () => bigint;
    readonly database?: string;
    readonly metrics?: boolean;
  },
): Promise<{ readonly store: Store; readonly queries: Queries }> {
  const store = await openStore({ clickhouse, database, retention: 1e9 });
  const cursors = new Cursors(Buffer.alloc(32, 7));
  return {
    store,
    queries: createQueries({ store, metrics: metrics ? store.metrics : undefined, now, cursors }),
  };
}

/** A call of a key with these limits. */
export const call = (limits: Limits = {}, keyId = 'key-1') => ({
  principal: { keyId, name: 'tests', roles: ['query'] as const, limits },
  signal: new AbortController().signal,
});
