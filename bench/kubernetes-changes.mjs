/**
 * How long get-kubernetes-changes takes for an hour of a cluster that sends 10 million logs and 10 million spans
 * a day, of 400 pods, with 20,000 events of Kubernetes and the metrics of 400 containers. `npm run build` first.
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

const start = 1_767_322_800_000_000_000n;
const minute = 60_000_000_000n;
const at = (minutes) => String(start + BigInt(minutes) * minute);

/** Two hours of the day: what is asked about, and half an hour on either side. */
const minutes = 120n;
const perSignal = (10_000_000n * minutes) / 1440n;

const dataDir = await mkdtemp(join(tmpdir(), 'kubesense-bench-'));
const engine = await startEngine({ dataDir, log: createLog('silent') });
const clickhouse = new ClickHouse({
  address: () => engine.address,
  limits: { seconds: 60, memoryBytes: 2e9, rowsToRead: 1e9 },
});
try {
  const store = await openStore({ clickhouse, database: 'default', retention: 1e9 });
  const time = (count) =>
    sql`fromUnixTimestamp64Nano(toInt64(${start} + intDiv(number * ${minutes * minute}, ${count})))`;
  const pod = sql`cityHash64(number) % 400`;
  const resource = sql`map('k8s.cluster.name', 'eu', 'k8s.namespace.name', concat('space-', toString(intDiv(pod, 40))), 'k8s.deployment.name', concat('service-', toString(intDiv(pod, 4))), 'k8s.replicaset.name', concat('service-', toString(intDiv(pod, 4)), '-7c9d8bcdf'), 'k8s.pod.name', concat('service-', toString(intDiv(pod, 4)), '-7c9d8bcdf-x2x', toString(pod)), 'k8s.node.name', concat('node-', toString(pod % 20)), 'service.name', concat('service-', toString(intDiv(pod, 4))), 'service.version', '1.4.2', 'k8s.pod.uid', hex(MD5(toString(pod))), 'telemetry.sdk.name', 'opentelemetry', 'telemetry.sdk.language', 'java')`;
  const blocks = 4n;
  for (let block = 0n; block < blocks; block++) {
    const rows = sql`(SELECT number, ${pod} AS pod FROM (SELECT number * ${blocks} + ${block} AS number FROM numbers(${perSignal / blocks})))`;
    await clickhouse.run(
      sql`INSERT INTO ${store.table('logs').name} (Timestamp, ServiceName, Body, SeverityNumber, ResourceAttributes, LogAttributes) SELECT ${time(perSignal)}, concat('service-', toString(intDiv(pod, 4))), concat('order ', toString(number), ' was placed'), 9, ${resource}, map('code.function', 'place', 'thread.name', 'main') FROM ${rows}`,
    );
    await clickhouse.run(
      sql`INSERT INTO ${store.table('traces').name} (Timestamp, TraceId, SpanId, ServiceName, SpanName, SpanKind, Duration, ResourceAttributes, SpanAttributes) SELECT ${time(perSignal)}, lower(hex(MD5(toString(number)))), lower(hex(cityHash64(number))), concat('service-', toString(intDiv(pod, 4))), 'GET /orders', 'Server', 1000000, ${resource}, map('http.route', '/orders', 'http.request.method', 'GET') FROM ${rows}`,
    );
  }
  const events = 20_000n;
  await clickhouse.run(
    sql`INSERT INTO ${store.table('logs').name} (Timestamp, Body, SeverityNumber, SeverityText, ResourceAttributes, LogAttributes) SELECT ${time(events)}, if(number % 4 = 0, 'Back-off restarting failed container', 'Successfully assigned'), if(number % 4 = 0, 13, 9), if(number % 4 = 0, 'Warning', 'Normal'), map('k8s.cluster.name', 'eu', 'k8s.object.kind', 'Pod', 'k8s.object.name', concat('service-', toString(number % 100), '-7c9d8bcdf-x2x4z')), map('k8s.event.reason', if(number % 4 = 0, 'BackOff', 'Scheduled'), 'k8s.event.uid', toString(number % 15000), 'k8s.event.count', toString(number % 30), 'k8s.namespace.name', concat('space-', toString(number % 10))) FROM numbers(${events})`,
  );
  for (const [name, values] of [
    ['k8s_container_restarts', sql`intDiv(number % 240, 100) * (intDiv(number, 240) % 20 = 0)`],
    ['k8s_container_ready', sql`1`],
    ['k8s_pod_phase', sql`2`],
  ]) {
    const labels = sql`map('cluster', 'eu', 'namespace', 'space-1', 'pod', concat('service-1-7c9d8bcdf-', toString(intDiv(number, 240))), 'container', 'app')`;
    const id = sql`cityHash64(${name}, intDiv(number, 240))`;
    await clickhouse.run(
      sql`INSERT INTO default.kubesense_metric_series (MetricName, Id, Day, Labels) SELECT DISTINCT ${name}, ${id}, toDate(fromUnixTimestamp64Nano(toInt64(${start}))), ${labels} FROM numbers(96000)`,
    );
    await clickhouse.run(
      sql`INSERT INTO default.kubesense_metric_samples (MetricName, Id, Timestamp, Value) SELECT ${name}, ${id}, fromUnixTimestamp64Milli(toInt64(${start / 1_000_000n} + number % 240 * 30000)), ${values} FROM numbers(96000)`,
    );
  }
  const queries = createQueries({
    store,
    metrics: store.metrics,
    now: () => start + 1440n * minute,
    cursors: new Cursors(Buffer.alloc(32, 7)),
  });
  const ask = async (limits, request) => {
    const call = {
      principal: { keyId: 'bench', name: 'bench', roles: ['query'], limits },
      signal: new AbortController().signal,
    };
    const times = [];
    let found;
    for (let run = 0; run < 3; run++) {
      const began = performance.now();
      found = await queries.kubernetesChanges({ fromTime: at(30), toTime: at(90), ...request }, call);
      times.push(Math.round(performance.now() - began));
    }
    console.log(
      `${JSON.stringify({ ...limits, ...request })}: ${found.changesTotal} changes of ${found.events} events, ${found.pods} pods; ${times.sort((a, b) => a - b).join(', ')} ms`,
    );
  };
  await ask({}, {});
  await ask({}, { namespace: 'space-1' });
  await ask({}, { workload: 'service-1' });
  await ask({ namespaces: ['space-1'] }, {});
} finally {
  await clickhouse.close();
  await engine.close();
  await rm(dataDir, { recursive: true, force: true });
}
