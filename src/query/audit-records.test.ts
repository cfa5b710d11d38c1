import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alice, bob, event, noon } from '../../test/access/audit-events.ts';
import { startTestEngine, type TestEngine } from '../../test/support/store.ts';
import type { Principal } from '../access/principal.ts';
import type { AuditRecord } from '../observe/audit.ts';
import { openStore, type Store } from '../store/store.ts';
import { type AuditRequest, auditRecords } from './audit-records.ts';

let engine: TestEngine;
let store: Store;

const admin: Principal = { keyId: alice.keyId, name: 'alice', roles: ['admin'], limits: {} };
const all = { from: 0n, to: BigInt(noon + 60_000) * 1_000_000n };

const recordOf = ({ query, ...more }: ReturnType<typeof event>, time: number): AuditRecord => ({
  ...more,
  query: JSON.stringify(query),
  time,
});

/** One each second from noon on. */
const records = [
  recordOf(event({ rows: 0, query: { filters: `body = '\\ "\u0000 ✓' AND x = "'; DROP"` } }), noon),
  recordOf(event({ ...bob, outcome: 'timeout', rows: undefined }), noon + 1_000),
  recordOf(event({ action: '/api/v1/query', window: undefined, durationMs: 0.5 }), noon + 2_000),
  recordOf(event({ ...bob, action: 'analyze-logs', rows: 3 }), noon + 3_000),
];

beforeAll(async () => {
  engine = await startTestEngine();
  store = await openStore({ clickhouse: engine.clickhouse, database: 'default', retention: 1e9 });
  const insert = () => store.audit?.insert(records, 'one', AbortSignal.timeout(30_000));
  await insert();
  await insert();
});

afterAll(() => engine.close());

const ask = (request: Partial<AuditRequest> = {}, principal = admin) =>
  auditRecords(store, { window: all, ...request }, { principal, signal: new AbortController().signal });

const newestFirst = [...records].reverse();

test('records come back as they were, newest first, and once although they were sent twice', async () => {
  expect(await ask()).toEqual({ records: newestFirst, hasMore: false });
});

describe('are selected by', () => {
  test.each([
    ['key', { keyId: bob.keyId }, [3, 1]],
    ['tool', { tool: 'search-logs' }, [1, 0]],
    ['outcome', { outcome: 'ok' }, [3, 2, 0]],
    ['all of them', { keyId: bob.keyId, tool: 'search-logs', outcome: 'timeout' }, [1]],
    ['nothing that there is', { tool: "x' OR '1' = '1" }, []],
  ] as const)('%s', async (_, request, expected) => {
    expect((await ask(request)).records).toEqual(expected.map((i) => records[i]));
  });

  test('a window without its end', async () => {
    const at = (seconds: number) => BigInt(noon + seconds * 1_000) * 1_000_000n;
    const { records: found } = await ask({ window: { from: at(1), to: at(3) } });
    expect(found).toEqual([records[2], records[1]]);
    expect((await ask({ window: { from: at(1) + 1n, to: at(2) + 1n } })).records).toEqual([records[2]]);
  });
});

test('a limit says whether there are more', async () => {
  expect(await ask({ limit: 3 })).toEqual({ records: newestFirst.slice(0, 3), hasMore: true });
  expect(await ask({ limit: 4 })).toEqual({ records: newestFirst, hasMore: false });
  for (const limit of [0, 1_001, 1.5]) {
    await expect(ask({ limit })).rejects.toThrow(`limit: takes a whole number from 1 to 1000, got ${limit}`);
  }
});

describe('are shown to', () => {
  test('admins alone', async () => {
    for (const roles of [[], ['query'], ['query', 'ingest']] as const) {
      await expect(ask({}, { ...admin, roles })).rejects.toMatchObject({ status: 403 });
    }
  });

  test.each([{ namespaces: ['shop'] }, { clusters: [] }])(
    'an admin with limits (%j): its own',
    async (limits) => {
      const limited = { ...admin, limits };
      expect((await ask({}, limited)).records).toEqual([records[2], records[0]]);
      expect((await ask({ keyId: alice.keyId, outcome: 'ok' }, limited)).records).toEqual([
        records[2],
        records[0],
      ]);
      expect(await ask({ keyId: bob.keyId }, limited)).toEqual({ records: [], hasMore: false });
    },
  );
});

test('a store that is only read keeps none, and says so', async () => {
  const asked = auditRecords(
    { audit: undefined },
    { window: all },
    { principal: admin, signal: new AbortController().signal },
  );
  await expect(asked).rejects.toThrow('They are in the log.');
});
