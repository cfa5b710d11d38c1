import type { Origin, SampleLog, SampleSpan } from '../support/sample.ts';

/** Small telemetry with the names of the contract's and the public page's examples. */
export interface Sample {
  /** Where the sample begins, a whole minute, ns since the epoch; it lasts half an hour. */
  readonly start: bigint;
  readonly logs: readonly SampleLog[];
  readonly spans: readonly SampleSpan[];
}

const second = 1_000_000_000n;
const ms = 1_000_000;

const apiServer: Origin = {
  service: 'api-server',
  namespace: 'default',
  cluster: 'prod',
  deployment: 'api-server',
  pod: 'service-a',
  podUid: 'aaaaaaaa-0000-4000-8000-000000000001',
  container: 'app',
  node: 'node-1',
  region: 'eu-west-1',
};
const authService: Origin = {
  ...apiServer,
  service: 'auth-service',
  deployment: 'auth-service',
  pod: 'service-b',
};
const checkout: Origin = {
  service: 'checkout',
  namespace: 'payments',
  cluster: 'prod',
  deployment: 'checkout',
  pod: 'checkout-7d9f8b6c5d-x2x7k',
  node: 'node-2',
  version: '1.0.0',
};
const ledger: Origin = {
  service: 'ledger',
  namespace: 'payments',
  cluster: 'prod',
  statefulSet: 'ledger',
  pod: 'ledger-0',
};

/** The sample, about 40 minutes before `now` (ms since the epoch). */
export function makeSample(now: number): Sample {
  const start = BigInt(Math.floor(now / 60_000) * 60_000 - 40 * 60_000) * 1_000_000n;
  const at = (offset: number) => start + BigInt(offset) * second;
  return { start, logs: makeLogs(at), spans: makeSpans(at) };
}

function makeLogs(at: (offset: number) => bigint): SampleLog[] {
  return [
    {
      ...apiServer,
      time: at(0),
      level: 'ERROR',
      body: 'upstream timeout after 30s',
      attributes: { custom_field: 'value', attempts: 3 },
    },
    {
      ...apiServer,
      time: at(60),
      level: 'ERROR',
      body: 'timeout in healthcheck of the database',
      attributes: { attempts: 12 },
    },
    {
      ...apiServer,
      time: at(61),
      level: 'DEBUG',
      body: 'TIMEOUT is set to 30s',
      attributes: { attempts: 'many' },
    },
    {
      ...authService,
      time: at(120),
      level: 'INFO',
      body: 'user logged in',
      attributes: { custom_field: 'other' },
    },
    { ...authService, time: at(121), level: 'WARN', body: 'token expires soon: "short" and \'long\'' },
    { ...authService, time: at(122), level: 'TRACE', body: 'path C:\\temp\\new is 100% full of _ signs' },
    {
      ...checkout,
      time: at(600),
      level: 'ERROR',
      body: 'charge declined',
      attributes: { 'customer id': 'c 1' },
    },
    {
      ...checkout,
      time: at(660),
      level: 'ERROR',
      body: 'charge failed: card network timeout',
      attributes: { 'customer id': 'c 2' },
    },
    { ...checkout, time: at(720), level: 'INFO', body: 'charge ok für Zoë 🙂' },
    { ...ledger, time: at(780), level: 'FATAL', body: 'disk full' },
    { ...apiServer, cluster: 'staging', time: at(840), level: 'INFO', body: 'first line\nsecond line' },
    { service: 'legacy-cron', time: at(900), body: 'ERROR could not open the file' },
    {
      service: 'worker-svc',
      namespace: 'jobs',
      pod: 'worker-6c8b7d9f4c-bcdfg',
      time: at(960),
      level: 'INFO',
      body: 'job done',
    },
    {
      service: 'agent-svc',
      namespace: 'jobs',
      pod: 'agent-x2x7k',
      time: at(961),
      level: 'INFO',
      body: 'agent started',
    },
    { service: 'db-svc', namespace: 'jobs', pod: 'db-2', time: at(962), level: 'INFO', body: 'checkpoint' },
  ];
}

function makeSpans(at: (offset: number) => bigint): SampleSpan[] {
  return [...checkoutSpans(at), ...boundarySpans(at), ...protocolSpans(at), ...slowSpans(at)];
}

/** 100 requests of 1, 2, …, 100 ms; every tenth fails; the last twenty are of the canary. */
function checkoutSpans(at: (offset: number) => bigint): SampleSpan[] {
  return Array.from({ length: 100 }, (_, i) => ({
    ...checkout,
    version: i < 80 ? '1.0.0' : '1.1.0',
    time: at(600 + i),
    duration: (i + 1) * ms,
    name: 'POST /cart/{id}/pay',
    kind: 'server',
    status: i % 10 === 9 ? 'error' : 'ok',
    message: i % 10 === 9 ? 'payment failed' : '',
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/cart/{id}/pay',
      'http.response.status_code': i % 10 === 9 ? 503 : i % 10 === 8 ? 404 : 200,
      'url.path': `/cart/${i}/pay`,
    },
  }));
}

/** Durations on both sides of the examples' thresholds. */
function boundarySpans(at: (offset: number) => bigint): SampleSpan[] {
  const durations = [
    999,
    1000,
    1001,
    499_999_999,
    500 * ms,
    500 * ms + 1,
    1_499_999_999,
    1500 * ms,
    1500 * ms + 1,
  ];
  return durations.map((duration, i) => ({
    ...apiServer,
    time: at(800 + i),
    duration,
    name: 'compute',
    kind: 'internal',
    ...(i % 3 === 0 ? { status: 'error', message: 'out of range' } : {}),
  }));
}

function protocolSpans(at: (offset: number) => bigint): SampleSpan[] {
  const call = (offset: number, name: string, attributes: SampleSpan['attributes']): SampleSpan => ({
    ...authService,
    time: at(1000 + offset),
    duration: 5 * ms,
    name,
    kind: 'client',
    attributes: attributes ?? {},
  });
  return [
    call(0, 'GET', {
      'http.request.method': 'GET',
      'http.response.status_code': 500,
      'server.address': 'api-server',
    }),
    call(1, 'users.Users/Get', { 'rpc.system': 'grpc', 'rpc.method': 'Get', 'rpc.grpc.status_code': 5 }),
    call(2, 'SELECT users', { 'db.system.name': 'mysql', 'db.operation.name': 'SELECT' }),
    call(3, 'SELECT users', { 'db.system.name': 'postgresql', 'db.operation.name': 'SELECT' }),
    call(4, 'GET session', { 'db.system.name': 'redis', 'db.operation.name': 'GET' }),
    call(5, 'find users', { 'db.system.name': 'mongodb', 'db.operation.name': 'find' }),
    {
      ...call(6, 'send events', { 'messaging.system': 'kafka', 'messaging.operation.type': 'send' }),
      kind: 'producer',
    },
    {
      ...call(7, 'process events', { 'messaging.system': 'kafka', 'messaging.operation.type': 'process' }),
      kind: 'consumer',
    },
  ];
}

function slowSpans(at: (offset: number) => bigint): SampleSpan[] {
  const slow = (service: string, offset: number, seconds: number): SampleSpan => ({
    service,
    namespace: 'analytics',
    cluster: 'prod',
    deployment: service,
    time: at(1200 + offset),
    duration: seconds * 1e9,
    name: 'report',
    kind: 'server',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    parentSpanId: '00f067aa0ba902b7',
  });
  return [
    slow('reports', 0, 6),
    slow('reports', 1, 7.5),
    slow('reports', 2, 5.000000001),
    slow('export', 3, 9),
    slow('export', 4, 5),
  ];
}
