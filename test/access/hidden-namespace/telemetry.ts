import {
  k8sEvents,
  k8sObjects,
  type LogsRequest,
  objectRecords,
  type SentObject,
} from '../../kubernetes/otlp.ts';
import { type Origin, origins } from './origins.ts';

/** 2026-11-23T08:00:00Z, ms since the epoch: the clock of all worlds. */
export const clock = Date.UTC(2026, 10, 23, 8);

type Values = Readonly<Record<string, string | number | undefined>>;
type Json = Readonly<Record<string, unknown>>;
type Signal = 'logs' | 'traces' | 'metrics';

const minute = 60_000;
/** ns since the epoch, of minutes before the clock. */
const at = (minutesAgo: number, ns = 0): string =>
  String(BigInt(clock - minutesAgo * minute) * 1_000_000n + BigInt(ns));

/** Traces that all see a part of: of each, every origin has spans and logs. */
export const sharedTraces = ['0a'.repeat(16), '0b'.repeat(16), '0c'.repeat(16)];
/** A trace of one origin alone. */
export const ownTraceOf = (origin: Origin): string => `cafe${numberOf(origin)}`.padEnd(32, '7');

/** Spans of visible records in the shared traces: root and child. */
export const rootIn = (trace: number): string => `1${trace}`.padStart(16, '0');
export const childIn = (trace: number): string => `2${trace}`.padStart(16, '0');
const hiddenSpan = (origin: Origin, n: number): string => `cafe${numberOf(origin)}${n}`.padEnd(16, '7');
const numberOf = (origin: Origin): number => origins.indexOf(origin);

/** The body of an OTLP/JSON request with all of one origin. */
export function requestsOf(origin: Origin): readonly (readonly [Signal, Json])[] {
  const resource = { attributes: attributes(resourceOf(origin)) };
  const scope = { name: 'app' };
  return [
    ['logs', { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: logsOf(origin) }] }] }],
    ['traces', { resourceSpans: [{ resource, scopeSpans: [{ scope, spans: spansOf(origin) }] }] }],
    ['metrics', { resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: metricsOf(origin) }] }] }],
    ['logs', kubernetesEventsOf(origin)],
    ['logs', kubernetesObjectsOf(origin)],
  ];
}

/**
 * Events of Kubernetes, as either receiver sends them. Of the hidden ones the records say that they are of the
 * namespace that all may see.
 */
function kubernetesEventsOf(origin: Origin): Json {
  const { cluster, tag = 'cart' } = origin;
  const at = `${tag}-node`;
  const about = { kind: 'Pod', namespace: 'shop', name: `${tag}-7c9d8bcdf-x2x4z` };
  const shared = { began: clock - 40 * minute, node: at, uid: `${tag}-event`, ...(cluster && { cluster }) };
  const probe = { ...shared, about, reason: 'Unhealthy', message: `${tag} probe failed` };
  const node = {
    ...shared,
    about: { kind: 'Node', name: at },
    reason: 'NodeNotReady',
    message: `${at} is down`,
  };
  const all = [
    ...k8sEvents([3, 9].map((count) => ({ ...probe, time: clock - (40 - count) * minute, count })))
      .resourceLogs,
    ...k8sEvents([{ ...node, time: clock - 20 * minute, uid: `${tag}-node-event` }]).resourceLogs,
    ...k8sObjects([{ ...probe, time: clock - 10 * minute, uid: `${tag}-other-event` }]).resourceLogs,
  ];
  return { resourceLogs: placedAt(origin, all) };
}

/** With the cluster and namespace of the origin, but for nodes, which have none. */
function placedAt({ cluster, namespace }: Origin, records: LogsRequest['resourceLogs']): readonly Json[] {
  const place = attributes({ 'k8s.cluster.name': cluster, 'k8s.namespace.name': namespace });
  return records.map((of) => {
    const isNode = of.resource.attributes.some(({ value }) => value.stringValue === 'Node');
    const own = of.resource.attributes.filter(
      ({ key }) => !key.startsWith('k8s.namespace') && !key.startsWith('k8s.cluster'),
    );
    return {
      ...of,
      resource: {
        attributes: [...own, ...(isNode ? place.slice(0, cluster === undefined ? 0 : 1) : place)],
      },
    };
  });
}

/** Objects that change: a deployment that is watched, a ConfigMap and a node that are looked at now and then. */
function kubernetesObjectsOf(origin: Origin): Json {
  const { cluster, tag = 'cart' } = origin;
  const metadata = (name: string) => ({ name, namespace: 'shop', uid: `${tag}-uid-of-${name}` });
  const deployment = (minutesAgo: number, version: string): SentObject => ({
    time: clock - minutesAgo * minute,
    resource: 'deployments',
    change: 'MODIFIED',
    object: {
      kind: 'Deployment',
      metadata: metadata(tag),
      spec: { template: { spec: { containers: [{ name: tag, image: `${tag}:${version}` }] } } },
    },
  });
  const looks = [50, 35, 20, 5].flatMap((minutesAgo): SentObject[] => [
    {
      time: clock - minutesAgo * minute,
      resource: 'configmaps',
      object: { metadata: metadata(`${tag}-config`), data: { [`${tag}-key`]: String(minutesAgo > 30) } },
    },
  ]);
  const nodes = [50, 20].map(
    (minutesAgo): SentObject => ({
      time: clock - minutesAgo * minute,
      resource: 'nodes',
      object: { metadata: { name: `${tag}-node` }, spec: { unschedulable: minutesAgo < 30 } },
      ...(cluster !== undefined && { cluster }),
    }),
  );
  return {
    resourceLogs: [
      ...placedAt(origin, objectRecords([deployment(55, '1'), deployment(25, '2'), ...looks]).resourceLogs),
      ...objectRecords(nodes).resourceLogs,
    ],
  };
}

function resourceOf({ cluster, namespace, tag }: Origin): Values {
  return {
    'k8s.cluster.name': cluster,
    'k8s.namespace.name': namespace,
    'service.name': tag === undefined ? 'cart' : `${tag}-svc`,
    'service.instance.id': tag === undefined ? 'cart-0' : `${tag}-instance`,
    'service.version': tag === undefined ? '1.0.0' : `${tag}-version`,
    'cloud.region': tag === undefined ? 'eu-1' : `${tag}-region`,
    // A workload of the same name wherever it runs: groups of it would hold the rows of others.
    'k8s.deployment.name': 'cart',
    'k8s.pod.name': tag === undefined ? 'cart-7c9d8bcdf-x2x4z' : `${tag}-pod`,
    'k8s.container.name': tag === undefined ? 'app' : `${tag}-container`,
    'k8s.node.name': tag === undefined ? 'node-1' : `${tag}-node`,
    team: tag === undefined ? 'buyers' : `${tag}-team`,
    ...(tag !== undefined && { [`${tag}.resource`]: `${tag}-resource-value` }),
  };
}

function logsOf(origin: Origin): Json[] {
  const { tag } = origin;
  if (tag === undefined) {
    return Array.from({ length: 14 }, (_, i) =>
      logRecord({
        time: at(4 * i + 1),
        level: i % 3,
        body: i % 2 === 0 ? `paid order ${i} in 12 ms` : `timeout of order ${i}, retrying`,
        attributes: { 'order.id': `order-${i}`, tenant: i % 2 === 0 ? 'acme' : 'blue', amount: 10 * i },
        trace: sharedTraces[i % 3],
        span: rootIn(i % 3),
      }),
    );
  }
  const times = [at(0, -1), at(1), at(5), at(9), at(17), at(59), at(180 + numberOf(origin)), at(-30)];
  return times.map((time, i) =>
    logRecord({
      time,
      level: 2 + (i % 2),
      body: `${tag}-body ${i}: timeout of order ${i}, retrying`,
      attributes: {
        'order.id': `${tag}-order-${i}`,
        tenant: i % 2 === 0 ? 'acme' : `${tag}-tenant`,
        amount: i === 3 ? `${tag}-no-number` : 777_777,
        [`${tag}.attribute`]: `${tag}-value`,
        // What a record says of itself is no place it comes from.
        'k8s.namespace.name': 'shop',
        'k8s.cluster.name': 'eu',
        'peer.pod': 'cart-7c9d8bcdf-x2x4z',
      },
      trace: i < 5 ? sharedTraces[i % 3] : ownTraceOf(origin),
      span: i < 5 ? rootIn(i % 3) : hiddenSpan(origin, i),
    }),
  );
}

const severities = ['INFO', 'WARN', 'ERROR', 'FATAL'];

function logRecord(line: {
  readonly time: string;
  readonly level: number;
  readonly body: string;
  readonly attributes: Values;
  readonly trace: string | undefined;
  readonly span: string;
}): Json {
  return {
    timeUnixNano: line.time,
    observedTimeUnixNano: line.time,
    severityNumber: 9 + 4 * line.level,
    severityText: severities[line.level],
    body: { stringValue: line.body },
    attributes: attributes(line.attributes),
    traceId: line.trace,
    spanId: line.span,
  };
}

function spansOf(origin: Origin): Json[] {
  const { tag } = origin;
  if (tag === undefined) return sharedTraces.flatMap((trace, i) => visibleSpans(trace, i));
  const spans = sharedTraces.flatMap((trace, i) => {
    const hidden = (n: number) => hiddenSpan(origin, 10 * i + n);
    const shared = { trace, minutesAgo: 4 * i + 2 };
    return [
      // The parent that the visible root names, a child of a visible span, and one beside it.
      hiddenCall(tag, { ...shared, id: i === 0 ? parentOfRoot(origin) : hidden(1), parent: '' }),
      hiddenCall(tag, { ...shared, id: hidden(2), parent: childIn(i) }),
      hiddenCall(tag, { ...shared, id: hidden(3), parent: rootIn(i) }),
      // What serves the visible call.
      hiddenCall(tag, { ...shared, id: hidden(4), parent: childIn(i), kind: 2 }),
    ];
  });
  const own = { trace: ownTraceOf(origin), minutesAgo: 30 };
  return [...spans, hiddenCall(tag, { ...own, id: hiddenSpan(origin, 99), parent: '' })];
}

/** Of the first hidden origin it is the id that the visible root calls its parent. */
const parentOfRoot = (origin: Origin): string =>
  numberOf(origin) === 1 ? missingParent : hiddenSpan(origin, 98);
const missingParent = '00000000000000ff';

function visibleSpans(trace: string, i: number): Json[] {
  const minutesAgo = 4 * i + 2;
  return [
    span({
      trace,
      id: rootIn(i),
      parent: i === 0 ? missingParent : '',
      name: 'GET /cart',
      kind: 2,
      minutesAgo,
      ms: 100 + i,
      attributes: { 'http.request.method': 'GET', 'http.route': '/cart', 'http.response.status_code': 200 },
    }),
    span({
      trace,
      id: childIn(i),
      parent: rootIn(i),
      name: 'call stock',
      kind: 3,
      minutesAgo,
      ms: 40 + i,
      error: i === 1 ? 'no stock' : undefined,
      attributes: {
        'http.request.method': 'POST',
        'url.path': `/stock/${i}`,
        'http.response.status_code': i === 1 ? 500 : 200,
        'server.address': 'stock.shop.svc.cluster.local',
        tenant: 'acme',
      },
    }),
  ];
}

interface Placed {
  readonly trace: string;
  readonly id: string;
  readonly parent: string;
  readonly minutesAgo: number;
}

/** The slowest of all, it fails, and it calls a visible workload. */
function hiddenCall(tag: string, placed: Placed & { readonly kind?: number }): Json {
  return span({
    kind: 3,
    ...placed,
    name: `${tag}-operation`,
    ms: 7_777,
    error: `${tag}-status-message`,
    attributes: {
      'rpc.system': `${tag}-protocol`,
      'rpc.method': `${tag}-method`,
      'http.route': `/${tag}-route`,
      'http.response.status_code': 599,
      'server.address': 'cart.shop.svc.cluster.local',
      'client.address': 'cart',
      tenant: `${tag}-tenant`,
      'k8s.namespace.name': 'shop',
      [`${tag}.span.attribute`]: `${tag}-span-value`,
    },
  });
}

function span({
  trace,
  id,
  parent,
  name,
  kind,
  minutesAgo,
  ms,
  error,
  attributes: own,
}: Placed & {
  readonly name: string;
  readonly kind: number;
  readonly ms: number;
  readonly error?: string | undefined;
  readonly attributes: Values;
}): Json {
  return {
    traceId: trace,
    spanId: id,
    ...(parent !== '' && { parentSpanId: parent }),
    name,
    kind,
    startTimeUnixNano: at(minutesAgo),
    endTimeUnixNano: at(minutesAgo, ms * 1_000_000),
    ...(error !== undefined && { status: { code: 2, message: error } }),
    attributes: attributes(own),
  };
}

/** A point each minute of the last hour, both ends included. */
const minutes = Array.from({ length: 61 }, (_, i) => 60 - i);

function metricsOf({ tag }: Origin): Json[] {
  const factor = tag === undefined ? 60 : 777;
  const own = tag === undefined ? {} : { [`${tag}_label`]: `${tag}-label-value` };
  const points = (valueAt: (passed: number) => number, more: Values = {}) =>
    minutes.map((minutesAgo) => ({
      attributes: attributes({ ...own, ...more }),
      startTimeUnixNano: at(61),
      timeUnixNano: at(minutesAgo),
      asDouble: valueAt(60 - minutesAgo),
    }));
  const help = tag === undefined ? 'Requests.' : `zz ${tag}-help`;
  const sum = { aggregationTemporality: 2, isMonotonic: true };
  const codes = ['200', '500'].flatMap((code) => points((passed) => passed * factor, { code }));
  return [
    { name: 'requests', description: help, sum: { ...sum, dataPoints: codes } },
    { name: 'heap', unit: tag ?? 'By', description: help, gauge: { dataPoints: points((i) => 1 + (i % 4)) } },
    // Visible as numbers, hidden as native histograms.
    tag === undefined
      ? { name: 'mixed', gauge: { dataPoints: points((i) => i) } }
      : {
          name: 'mixed',
          exponentialHistogram: { aggregationTemporality: 2, dataPoints: histogramPoints(own) },
        },
    {
      name: 'latency',
      exponentialHistogram: { aggregationTemporality: 2, dataPoints: histogramPoints(own) },
    },
    {
      name: 'k8s.container.restarts',
      unit: '{restart}',
      gauge: { dataPoints: points((passed) => (passed < (tag === undefined ? 20 : 45) ? 0 : 2)) },
    },
    { name: 'k8s.node.condition_ready', gauge: { dataPoints: points((passed) => (passed < 30 ? 1 : 0)) } },
    ...(tag === undefined
      ? []
      : [{ name: `${tag}_secrets`, description: help, sum: { ...sum, dataPoints: points((i) => 777 * i) } }]),
  ];
}

const histogramPoints = (own: Values): Json[] =>
  minutes.map((minutesAgo) => ({
    attributes: attributes(own),
    startTimeUnixNano: at(61),
    timeUnixNano: at(minutesAgo),
    count: String(4 * (60 - minutesAgo)),
    sum: 10 * (60 - minutesAgo),
    scale: 0,
    zeroCount: '0',
    positive: { offset: 1, bucketCounts: [String(60 - minutesAgo), String(3 * (60 - minutesAgo))] },
  }));

function attributes(values: Values): Json[] {
  return Object.entries(values).flatMap(([key, value]) =>
    value === undefined
      ? []
      : [{ key, value: typeof value === 'number' ? number(value) : { stringValue: value } }],
  );
}

const number = (value: number): Json =>
  Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };

/** What tells where a text is from: words that begin with `canary`, ids that begin with `cafe`. */
export function canariesIn(text: string): Set<string> {
  return new Set(text.match(/canary[\w-]*|\bcafe\d[0-9a-f]+/g) ?? []);
}

/** The first letters of such a word, or the digits of an id that say whose it is. */
export const stemOf = (canary: string): string => /^canary[a-z]+|^cafe\d/.exec(canary)?.[0] ?? canary;
