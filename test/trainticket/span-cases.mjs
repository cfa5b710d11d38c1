import { analyzeCase, at, searchCase } from './cases.mjs';
import { fieldValue } from './recording.mjs';

const second = 1_000_000_000;

/** Questions about the recording's spans, and their answers. */
export function spanCases(spans) {
  const analyze = (request) => analyzeCase('analyze-traces', spans, request);
  const search = (request) => searchCase('search-traces', spans, request);
  const route = (record) => fieldValue(record, '@http.route');
  const counted = (filters, where) => analyze({ name: `traces: ${filters}`, filters, where });

  const durations = (service, from, to) =>
    ['p50', 'p75', 'p90', 'p95', 'p99', 'avg', 'min', 'max', 'sum'].map((fn) =>
      analyze({
        name: `traces: ${fn} of ${service} from ${from} to ${to}`,
        from_time: at(from),
        to_time: at(to),
        filters: `service = "${service}"`,
        where: (record) => record.service === service,
        aggregation: { function: fn, fields: [{ field: 'duration', type: 'float' }] },
        groupBy: [],
      }),
    );

  return [
    analyze({ name: 'traces: all' }),
    analyze({ name: 'traces: by role', groupBy: ['role'] }),
    analyze({ name: 'traces: by route', groupBy: ['@http.route'], limit: 10 }),
    analyze({ name: 'traces: by request method', groupBy: ['@http.request.method'] }),
    analyze({ name: 'traces: by table', groupBy: ['@db.collection.name'], limit: 200 }),
    analyze({
      name: 'traces: by two attributes that are often missing',
      groupBy: ['@db.operation.name', '@messaging.operation.type'],
    }),
    analyze({ name: 'traces: by node', groupBy: ['node_name'] }),
    analyze({ name: 'traces: by container', groupBy: ['container_name'] }),
    analyze({ name: 'traces: by operation', groupBy: ['operation_name'], limit: 200 }),
    analyze({
      name: 'traces: who serves which route',
      filters: 'role = server',
      where: ({ role }) => role === 'server',
      groupBy: ['server', 'clustered_resource'],
      limit: 50,
    }),
    analyze({
      name: 'traces: who calls',
      filters: "role = client AND workload != 'ts-order-service'",
      where: ({ role, workload }) => role === 'client' && workload !== 'ts-order-service',
      groupBy: ['client'],
    }),
    analyze({ name: 'traces: by workload and role', groupBy: ['workload', 'role'], limit: 30 }),

    ...durations('ts-seat-service', '08:40:00', '10:30:00'),
    ...durations('ts-route-service', '09:20:00', '09:25:00'),
    ...durations('ts-gateway-service', '08:57:00', '08:59:30'),
    analyze({
      name: 'traces: p99 in ms of every service',
      aggregation: { function: 'p99', field: 'duration_ms' },
      groupBy: ['service'],
      limit: 200,
    }),
    analyze({
      name: 'traces: p95 of the routes of the gateway side',
      filters: 'role = server',
      where: ({ role }) => role === 'server',
      aggregation: { function: 'p95', field: 'duration' },
      groupBy: ['@http.route'],
    }),
    analyze({
      name: 'traces: all the time there is',
      aggregation: { function: 'sum', field: 'duration_ms' },
      groupBy: ['role'],
    }),
    analyze({
      name: 'traces: workloads with spans over a second',
      filters: 'duration > 1s',
      where: ({ duration }) => duration > second,
      groupBy: ['workload'],
    }),

    counted('duration > 1000', ({ duration }) => duration > 1000),
    counted('duration > 1000000000', ({ duration }) => duration > second),
    counted('duration_ms > 500', ({ duration }) => duration > second / 2),
    counted('duration > 500ms', ({ duration }) => duration > second / 2),
    counted('duration >= 1.5s', ({ duration }) => duration >= 1.5 * second),
    counted('duration_ms BETWEEN 1 AND 2', ({ duration }) => duration >= 1e6 && duration <= 2e6),
    counted('duration_ms < 50us', ({ duration }) => duration < 50_000),
    counted(
      'protocol_type = HTTP OR status = error',
      (record) => route(record) !== '' || method(record) !== '',
    ),
    counted('protocol = http', (record) => route(record) !== '' || method(record) !== ''),
    counted('status = OK', () => true),
    counted("status = 'error'", () => false),
    counted(
      "status = 'error' AND (workload = 'ts-seat-service' OR workload = 'ts-auth-service')",
      () => false,
    ),
    counted('method = POST', (record) => method(record) === 'POST'),
    counted('return_code IS NULL', () => true),
    counted('return_code >= 500', () => false),
    counted("return_code LIKE '5%'", () => false),
    counted('kind = SERVER', ({ role }) => role === 'server'),
    counted("role != 'internal'", ({ role }) => role !== 'internal'),
    counted("parent_span_id = ''", ({ parent_span_id }) => parent_span_id === ''),
    counted('parent_span_id IS NOT NULL', ({ parent_span_id }) => parent_span_id !== ''),
    counted("name = 'HTTP POST'", ({ operation_name }) => operation_name === 'HTTP POST'),
    counted("span_name LIKE 'SELECT ts.%'", ({ operation_name }) => operation_name.startsWith('SELECT ts.')),
    counted("operation_name =~ '^(SELECT|INSERT) '", ({ operation_name }) =>
      /^(SELECT|INSERT) /.test(operation_name),
    ),
    counted("operation_name ILIKE '%controller.%'", ({ operation_name }) =>
      /controller\./i.test(operation_name),
    ),
    counted('node = 33.33.33.76', ({ node_name }) => node_name === '33.33.33.76'),
    counted("node != '33.33.33.76'", ({ node_name }) => node_name !== '33.33.33.76'),
    counted('host IS NULL', ({ node_name }) => node_name === ''),
    counted("container NOT IN ('server')", ({ container_name }) => container_name !== 'server'),
    counted("container = 'server'", ({ container_name }) => container_name === 'server'),
    counted("@http.route = '/*'", (record) => route(record) === '/*'),
    counted("@http.route != '/*'", (record) => route(record) !== '/*'),
    counted("NOT @http.route = '/*'", (record) => route(record) !== '/*'),
    counted("@http.route LIKE '/api/v1/order%'", (record) => route(record).startsWith('/api/v1/order')),
    counted("@http.route NOT LIKE '/api/v1/order%'", (record) => !route(record).startsWith('/api/v1/order')),
    counted("@http.route LIKE '%{order__}%'", (record) => /\{order..\}/.test(route(record))),
    counted("@http.route !~ 'order'", (record) => !route(record).includes('order')),
    counted("@http.route =~ '\\{[a-z]+Id\\}'", (record) => /\{[a-z]+Id\}/.test(route(record))),
    counted('@http.route IS NULL', (record) => route(record) === ''),
    counted('@http.route IS NOT NULL', (record) => route(record) !== ''),
    counted("@http.route NOT IN ('/*', '/api/v1/users/login')", (record) => {
      return route(record) !== '/*' && route(record) !== '/api/v1/users/login';
    }),
    counted("@db.operation.name > 'SELECT'", (record) => fieldValue(record, '@db.operation.name') > 'SELECT'),
    counted(
      "messaging.system = 'rabbitmq'",
      (record) => fieldValue(record, '@messaging.system') === 'rabbitmq',
    ),
    counted(
      "@messaging.destination.name = '<default>'",
      (record) => fieldValue(record, '@messaging.destination.name') === '<default>',
    ),
    counted(
      "@k8s.replicaset.name = 'ts-gateway-service-6f6cfc45b'",
      (record) => fieldValue(record, '@k8s.replicaset.name') === 'ts-gateway-service-6f6cfc45b',
    ),
    counted("@customer.id = 'x'", () => false),
    counted("@customer.id != 'x'", () => true),
    counted(
      '(role = client AND NOT @http.request.method = GET) OR (role = server AND duration_ms >= 100)',
      (record) =>
        (record.role === 'client' && method(record) !== 'GET') ||
        (record.role === 'server' && record.duration >= 1e8),
    ),

    ...['trace_id', 'operation_name', 'pod_name', 'node_name', '@http.route', '@db.collection.name'].map(
      (field) =>
        analyze({ name: `traces: unique ${field}`, aggregation: { function: 'unique_count', field } }),
    ),
    analyze({
      name: 'traces: unique operations of each service',
      aggregation: { function: 'unique_count', field: 'operation_name' },
      groupBy: ['service'],
      limit: 28,
    }),

    analyze({ name: 'traces: every 5 minutes', step: '5m' }),
    analyze({
      name: 'traces: slow spans each minute, most minutes empty',
      step: '1m',
      filters: 'duration > 1s',
      where: ({ duration }) => duration > second,
    }),
    analyze({
      name: 'traces: p99 every 5 minutes of the three slowest services',
      step: '5m',
      filters: 'role = server',
      where: ({ role }) => role === 'server',
      aggregation: { function: 'p99', field: 'duration' },
      groupBy: ['service'],
      limit: 3,
    }),
    analyze({
      name: 'traces: requests every 5 minutes by method',
      step: '5m',
      filters: 'role = client',
      where: ({ role }) => role === 'client',
      groupBy: ['@http.request.method'],
    }),

    search({
      name: 'traces: slowest',
      order: 'slowest',
      limit: 10,
      fields: ['service', 'operation_name', 'duration', 'trace_id', 'span_id'],
    }),
    search({
      name: 'traces: newest roots',
      filters: 'parent_span_id IS NULL',
      where: ({ parent_span_id }) => parent_span_id === '',
      fields: ['service', 'role', 'duration', 'node_name', '@http.route', 'trace_id'],
    }),
    search({
      name: 'traces: oldest calls of the database',
      order: 'oldest',
      filters: '@db.operation.name IS NOT NULL',
      where: (record) => fieldValue(record, '@db.operation.name') !== '',
      fields: ['workload', 'operation_name', '@db.collection.name', 'span_id', 'parent_span_id'],
    }),
    search({
      name: 'traces: one trace',
      order: 'oldest',
      filters: "trace_id = '6f3cbf058c2765548a39ad724905d6a1' AND role = server",
      where: ({ trace_id, role }) => trace_id === '6f3cbf058c2765548a39ad724905d6a1' && role === 'server',
      fields: ['service', 'span_id', 'duration', 'duration_ms'],
    }),
  ];
}

function method(record) {
  return fieldValue(record, '@http.request.method');
}
