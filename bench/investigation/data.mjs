// 24 hours of the shop with 10 million spans and 10 million logs, metrics of some hundred pods and Kubernetes'
// events. 40 minutes are sent to a server as its collectors would; the engine makes the rest of them.
import { otlpRequests } from '../../dist/demo/shop/otlp.js';
import { Random } from '../../dist/demo/shop/random.js';
import { makeShop, minute } from '../../dist/demo/shop/shop.js';

const seed = 20_260_115;
const day = BigInt(Date.UTC(2026, 0, 15)) * 1_000_000n;
const hour = 60n * minute;
/** What is copied to all other times begins here and is so long. */
const pattern = { from: day + 14n * hour, minutes: 20 };
const fault = { from: day + 14n * hour + 20n * minute, to: day + 14n * hour + 40n * minute };
const copies = (24 * 60) / pattern.minutes;
/** About 6,944 spans a minute in this part of the day. */
const requestsPerMinute = 644;
const logsPerSpan = 1;
/** Pods of whose metrics there are copies, beside the shop's own. */
const podCopies = 3;

const faults = [
  { kind: 'starved cpu', workload: 'catalog', cluster: 'prod-eu', slowdown: 6, ...fault },
  {
    kind: 'bad rollout',
    workload: 'cart',
    cluster: 'prod-eu',
    version: '1.9.0',
    share: 0.5,
    errorRate: 0.2,
    message: 'cart: unexpected end of stream',
    ...fault,
  },
];

/** Times, ns since the epoch: the whole, the hour that is asked about, and where in it something is wrong. */
export const times = {
  from: day,
  to: day + 24n * hour,
  window: { from: day + 14n * hour, to: day + 15n * hour },
  baseline: { from: day + 13n * hour, to: day + 14n * hour },
  fault,
};

const details = [
  (random) =>
    `acquired connection ${random.below(40)} of pool primary in ${(random.fraction() * 9).toFixed(2)} ms`,
  (random) =>
    `cache lookup of product:${random.below(100_000)} took ${random.below(900)} us, hit=${random.chance(0.8)}`,
  (random) => `SELECT * FROM orders WHERE id = ${random.below(1e6)} returned ${random.below(50)} rows`,
  (random) => `feature flag new-prices is ${random.chance(0.5) ? 'on' : 'off'} for c-${random.below(5000)}`,
  (random) => `payload of ${random.below(90_000)} bytes is valid, request ${random.uuid()}`,
  (random) => `queue depth ${random.below(64)}, ${random.below(8)} workers idle`,
];

/** As many logs as spans: services that write what they do. Their lines are of the requests' pods and spans. */
function withDetails(spans, logs, random) {
  const more = Math.max(0, Math.round(spans.length * logsPerSpan) - logs.length);
  const added = Array.from({ length: more }, () => {
    const { pod, traceId, spanId, start, duration } = random.pick(spans);
    const at = start + BigInt(Math.floor(duration * random.fraction()));
    const body = `${new Date(Number(at / 1_000_000n)).toISOString()} DEBUG [${pod.workload.name}] ${random.pick(details)(random)}`;
    return { pod, traceId, spanId, time: at, level: 'DEBUG', saysLevel: true, body, attributes: {} };
  });
  return [...logs, ...added];
}

const events = [
  { reason: 'Pulled', type: 'Normal', text: () => 'Container image already present on machine', weight: 4 },
  {
    reason: 'Unhealthy',
    type: 'Warning',
    text: () => 'Readiness probe failed: HTTP probe failed with statuscode: 503',
    weight: 3,
  },
  {
    reason: 'BackOff',
    type: 'Warning',
    text: () => 'Back-off restarting failed container app in pod',
    weight: 2,
  },
  { reason: 'Scheduled', type: 'Normal', text: ({ node }) => `Successfully assigned to ${node}`, weight: 2 },
  {
    reason: 'FailedScheduling',
    type: 'Warning',
    text: () => '0/3 nodes are available: 3 Insufficient cpu.',
    weight: 1,
  },
  {
    reason: 'ScalingReplicaSet',
    type: 'Normal',
    text: ({ workload }) => `Scaled up replica set ${workload.name} to 3`,
    weight: 1,
  },
];

/** Kubernetes' events of a minute, as the Collector's k8s_events receiver sends them. */
function eventsOf(pods, from) {
  const random = new Random(seed, 'events', from);
  const attribute = (key, value) => ({ key, value: { stringValue: value } });
  return Array.from({ length: 5 }, () => {
    const pod = random.pick(pods);
    const { reason, type, text } = random.pickWeighted(events);
    const time = from + BigInt(random.below(60_000)) * 1_000_000n;
    const event = {
      timeUnixNano: String(time),
      severityNumber: type === 'Normal' ? 9 : 13,
      severityText: type,
      body: { stringValue: text(pod) },
      attributes: [
        attribute('k8s.event.reason', reason),
        attribute('k8s.event.action', ''),
        attribute('k8s.event.start_time', new Date(Number(time / 1_000_000n)).toISOString()),
        attribute('k8s.event.name', `${pod.name}.${random.hex(16)}`),
        attribute('k8s.event.uid', random.uuid()),
        attribute('k8s.namespace.name', pod.workload.namespace),
        { key: 'k8s.event.count', value: { intValue: String(1 + random.below(20)) } },
      ],
    };
    const attributes = [
      attribute('k8s.cluster.name', pod.cluster.name),
      attribute('k8s.node.name', pod.node),
      attribute('k8s.object.kind', 'Pod'),
      attribute('k8s.object.name', pod.name),
      attribute('k8s.object.uid', pod.uid),
    ];
    return { resource: { attributes }, scopeLogs: [{ scope: { name: 'k8s_events' }, logRecords: [event] }] };
  });
}

/** Fills an empty store. `post` sends an OTLP request, `run` has the engine run a statement, `tell` takes news. */
export async function makeData({ post, run, tell }) {
  const sendMinutes = async (options) => {
    for (const { from, spans, logs } of makeShop({
      seed,
      faults,
      requestsPerMinute,
      metrics: false,
      ...options,
    })) {
      const all = withDetails(spans, logs, new Random(seed, 'details', from));
      for (const request of otlpRequests({ spans, logs: all, metrics: [] })) await post(request);
    }
  };
  await sendMinutes({ from: pattern.from, to: pattern.from + BigInt(pattern.minutes) * minute });
  tell('the minutes that are copied are sent');
  await copyMinutes(run, tell);
  await sendMinutes(fault);
  tell('the minutes of the fault are sent');
  await sendMetricsAndEvents(post);
  tell('metrics and events are sent');
  await copyPods(run);
  tell('pods are copied; now parts are merged');
  for (const table of ['otel_traces', 'otel_logs', 'kubesense_metric_samples', 'kubesense_metric_series']) {
    await run(`OPTIMIZE TABLE ${table} FINAL`);
  }
}

/** Ids of a copy: consistent within it, so that traces are whole and logs know theirs; no other copy has them. */
const idOf = (column, copy, digits) =>
  `if(${column} = '', '', left(lower(hex(sipHash128(${column}, ${copy}))), ${digits}))`;

async function copyMinutes(run, tell) {
  const here = Number((pattern.from - day) / minute) / pattern.minutes;
  const ofFault = Number((fault.from - day) / minute) / pattern.minutes;
  for (const [table, parent] of [
    ['otel_traces', true],
    ['otel_logs', false],
  ]) {
    await run(`CREATE TABLE bench_pattern ENGINE = MergeTree ORDER BY Timestamp AS SELECT * FROM ${table}`);
    for (let copy = 0; copy < copies; copy++) {
      if (copy === here || copy === ofFault) continue;
      const shift = BigInt((copy - here) * pattern.minutes) * minute;
      const replaced = [
        `addNanoseconds(Timestamp, ${shift}) AS Timestamp`,
        `${idOf('TraceId', copy, 32)} AS TraceId`,
        `${idOf('SpanId', copy, 16)} AS SpanId`,
        ...(parent ? [`${idOf('ParentSpanId', copy, 16)} AS ParentSpanId`] : []),
      ];
      await run(`INSERT INTO ${table} SELECT * REPLACE (${replaced.join(', ')}) FROM bench_pattern`);
      if (copy % 12 === 11) tell(`${table}: ${copy + 1} of ${copies}`);
    }
    await run('DROP TABLE bench_pattern SYNC');
  }
}

/** Metrics count less traffic than there is: what they need is many series and the whole day. */
async function sendMetricsAndEvents(post) {
  const clones = new Map();
  const cloneOf = (pod, i) => {
    const name = `${pod.name}-copy${i}`;
    const clone = { ...pod, attributes: { ...pod.attributes, 'k8s.pod.name': name } };
    return clones.get(name) ?? clones.set(name, clone).get(name);
  };
  const last = times.to - minute;
  let waiting = [];
  let resourceLogs = [];
  const shop = { seed, faults, from: times.from, to: last, requestsPerMinute: 30 };
  for (const { from, to, metrics } of makeShop(shop)) {
    waiting.push(...metrics);
    resourceLogs.push(...eventsOf([...new Set(metrics.map(({ pod }) => pod))], from));
    // One sample of each copied series, by which it is known.
    if (to === last) {
      for (let i = 1; i <= podCopies; i++) {
        waiting.push(...metrics.map((metric) => ({ ...metric, pod: cloneOf(metric.pod, i) })));
      }
    }
    if (waiting.length < 20_000 && to !== last) continue;
    for (const request of otlpRequests({ spans: [], logs: [], metrics: waiting })) await post(request);
    await post({ signal: 'logs', body: { resourceLogs } });
    waiting = [];
    resourceLogs = [];
  }
}

/** The samples of pods, again for their copies. */
async function copyPods(run) {
  const original = "replaceRegexpOne(Labels['pod'], '-copy[0-9]+$', '')";
  await run(
    `INSERT INTO kubesense_metric_samples SELECT s.MetricName, c.Id, s.Timestamp, s.Value, s.StartTimestamp, s.Histogram, s.IngestedAt
     FROM kubesense_metric_samples AS s
     INNER JOIN (
       SELECT o.Id AS Original, c.Id AS Id
       FROM (SELECT DISTINCT MetricName, Id, toString(mapSort(Labels)) AS Key FROM kubesense_metric_series) AS o
       INNER JOIN (
         SELECT DISTINCT MetricName, Id, toString(mapSort(mapUpdate(Labels, map('pod', ${original})))) AS Key
         FROM kubesense_metric_series WHERE match(Labels['pod'], '-copy[0-9]+$')
       ) AS c ON o.MetricName = c.MetricName AND o.Key = c.Key
     ) AS c ON s.Id = c.Original
     WHERE s.Timestamp < toDateTime64(${(times.to - minute) / 1_000_000_000n}, 3)`,
  );
}
