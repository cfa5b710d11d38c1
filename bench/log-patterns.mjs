/**
 * How long find-log-patterns takes for a million logs of seven kinds, ids and users in most of them: an hour,
 * half an hour against the one before, and 25 minutes. `npm run build` first.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../dist/observe/log.js';
import { createQueries } from '../dist/query/create-queries.js';
import { Cursors } from '../dist/query/cursor.js';
import { ClickHouse } from '../dist/store/clickhouse.js';
import { startEngine } from '../dist/store/engine/engine.js';
import { sql } from '../dist/store/sql/sql.js';
import { openStore } from '../dist/store/store.js';

const start = 1_767_323_045_000_000_000n;
const minute = 60_000_000_000n;
const at = (minutes) => String(start + BigInt(minutes) * minute);

const dataDir = await mkdtemp(join(tmpdir(), 'kubesense-bench-'));
const engine = await startEngine({ dataDir, log: createLog('silent') });
const clickhouse = new ClickHouse({
  address: () => engine.address,
  limits: { seconds: 60, memoryBytes: 2e9, rowsToRead: 1e9 },
});
try {
  const store = await openStore({ clickhouse, database: 'default', retention: 1e9 });
  const body = sql`multiIf(
    n % 5 = 0, concat('16:42:09.486 INFO t.c.Travel2Controller#115 TraceID: ', lower(hex(MD5(toString(n)))), ' [query] took ', toString(n % 977), 'ms'),
    n % 5 = 1, concat('10.2.', toString(n % 250), '.7 - - "GET /api/v1/orders/', toString(generateUUIDv4(n)), ' HTTP/1.1" 200 ', toString(n % 10000)),
    n % 5 = 2, concat('{"level":"info","msg":"order placed","user":"user-', toString(n % 5000), '","amount":', toString(n % 333), '}'),
    n % 5 = 3, concat('Failed to connect to ', ['db', 'cache', 'queue'][n % 3 + 1], ' after ', toString(n % 60), ' retries: refused in module ', toString(n % 3000)),
    concat('user ', hex(n % 2000), ' logged in from session ', toString(cityHash64(n))))`;
  for (let block = 0n; block < 5n; block++) {
    await clickhouse.run(
      sql`INSERT INTO ${store.table('logs').name} (Timestamp, ServiceName, Body, SeverityNumber) SELECT fromUnixTimestamp64Nano(toInt64(${start} + n * 3600000)), concat('service-', toString(n % 20)), ${body}, 9 FROM (SELECT number + ${block * 200_000n} AS n FROM numbers(200000))`,
    );
  }
  const queries = createQueries({
    store,
    metrics: undefined,
    now: () => start + 1440n * minute,
    cursors: new Cursors(Buffer.alloc(32, 7)),
  });
  const call = {
    principal: { keyId: 'bench', name: 'bench', roles: ['query'], limits: {} },
    signal: new AbortController().signal,
  };
  for (const request of [
    { fromTime: at(0), toTime: at(60) },
    { fromTime: at(30), toTime: at(60), baselineFrom: at(0) },
    { fromTime: at(0), toTime: at(25) },
  ]) {
    const times = [];
    let found;
    for (let run = 0; run < 3; run++) {
      const began = performance.now();
      found = await queries.logPatterns(request, call);
      times.push(Math.round(performance.now() - began));
    }
    console.log(
      `${found.rows} logs, baseline ${found.baselineRows}: ${found.patternsTotal} patterns; ${times.sort((a, b) => a - b)[1]} ms`,
    );
  }
} finally {
  await clickhouse.close();
  await engine.close();
  await rm(dataDir, { recursive: true, force: true });
}
