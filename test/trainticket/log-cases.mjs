import { analyzeCase, at, recording, searchCase } from './cases.mjs';
import { fieldValue } from './recording.mjs';

const count = { function: 'row_count' };

/** Questions about the recording's log records, and their answers. */
export function logCases(logs) {
  const analyze = (request) => analyzeCase('analyze-logs', logs, request);
  const search = (request) => searchCase('search-logs', logs, request);
  const lineno = (record) => fieldValue(record, '@code.lineno');

  /** A filter over the whole recording that is counted only. */
  const counted = (filters, where) => analyze({ name: `logs: ${filters}`, filters, where });

  const contains = (text) => (record) => record.body.includes(text);
  const orders = { groupBy: ['workload'], aggregation: count };

  return [
    analyze({ name: 'logs: all' }),
    analyze({ name: 'logs: by level', groupBy: ['level'] }),
    analyze({
      name: 'logs: services with the most errors',
      filters: 'level = ERROR',
      where: (record) => record.level === 'ERROR',
      groupBy: ['service'],
      limit: 3,
    }),
    analyze({
      name: 'logs: errors of every workload',
      filters: "level = 'ERROR'",
      where: (record) => record.level === 'ERROR',
      ...orders,
      limit: 200,
    }),
    analyze({
      name: 'logs: failed routes of ts-basic-service',
      from_time: at('09:20:00'),
      to_time: at('09:25:00'),
      filters: 'service = "ts-basic-service" AND body LIKE "%Get Route By Ids Failed%"',
      where: (record) => record.service === 'ts-basic-service' && contains('Get Route By Ids Failed')(record),
    }),
    analyze({
      name: 'logs: errors of one pod',
      from_time: at('08:43:00'),
      to_time: at('08:46:00'),
      filters: 'pod_name = "ts-contacts-service-866bd68c97-xcqfx" AND level = ERROR',
      where: (record) =>
        record.pod_name === 'ts-contacts-service-866bd68c97-xcqfx' && record.level === 'ERROR',
    }),
    analyze({
      name: 'logs: two keys, cut at five groups',
      groupBy: ['workload', 'level'],
      limit: 5,
    }),
    analyze({ name: 'logs: a field that no record has', groupBy: ['cluster'] }),
    analyze({ name: 'logs: by node', groupBy: ['node_name'] }),
    analyze({ name: 'logs: by container', groupBy: ['container_name'] }),
    analyze({
      name: 'logs: by an attribute of the resource',
      filters: "service = 'ts-security-service' OR service = 'ts-auth-service'",
      where: ({ service }) => service === 'ts-security-service' || service === 'ts-auth-service',
      groupBy: ['@k8s.replicaset.name'],
    }),
    analyze({
      name: 'logs: loggers of warnings and worse',
      filters: 'level >= WARN',
      where: ({ level }) => level === 'WARN' || level === 'ERROR',
      groupBy: ['@code.namespace'],
      limit: 10,
    }),

    counted('level = error', ({ level }) => level === 'ERROR'),
    counted("severity = 'WARNING'", ({ level }) => level === 'WARN'),
    counted('level < WARN', ({ level }) => level === 'INFO'),
    counted('NOT (level = ERROR OR level = WARN)', ({ level }) => level === 'INFO'),
    counted('level IN (WARN, "ERROR")', ({ level }) => level !== 'INFO'),
    counted('level not in (warn)', ({ level }) => level !== 'WARN'),
    counted(
      "level = ERROR OR level = WARN AND service = 'ts-food-service'",
      ({ level, service }) => level === 'ERROR' || (level === 'WARN' && service === 'ts-food-service'),
    ),
    counted(
      "(level = ERROR OR level = WARN) AND service = 'ts-food-service'",
      ({ level, service }) => (level === 'ERROR' || level === 'WARN') && service === 'ts-food-service',
    ),
    counted("body LIKE '%Failed%'", contains('Failed')),
    counted("body LIKE '%failed%'", contains('failed')),
    counted("message ILIKE '%failed%'", ({ body }) => body.toLowerCase().includes('failed')),
    counted(
      "body LIKE '%Failed%' AND body NOT LIKE '%Food%'",
      ({ body }) => body.includes('Failed') && !body.includes('Food'),
    ),
    counted("body NOT ILIKE '%failed%'", ({ body }) => !body.toLowerCase().includes('failed')),
    counted("body LIKE '%\\_%'", contains('_')),
    counted("body LIKE '%fdse_microservice'", ({ body }) => /fdse.microservice$/.test(body)),
    counted("body LIKE '%time：%'", contains('time：')),
    counted("body LIKE '%calculate time_175%'", ({ body }) => /calculate time.175/u.test(body)),
    counted("body LIKE '%''uriVariables''%'", contains("'uriVariables'")),
    counted(`body LIKE "%'http.client.requests'%"`, contains("'http.client.requests'")),
    counted(`body LIKE '%[vary:"Origin%'`, contains('[vary:"Origin')),
    counted("body =~ 'Get \\w+ (By Ids )?Failed'", ({ body }) => /Get \w+ (By Ids )?Failed/.test(body)),
    counted("body =~ '(?i)request failed'", ({ body }) => /request failed/i.test(body)),
    counted("body =~ '^16:4[23]:'", ({ body }) => /^16:4[23]:/.test(body)),
    counted("body !~ 'INFO|WARN'", ({ body }) => !/INFO|WARN/.test(body)),
    counted("body =~ 'time：\\d{3} '", ({ body }) => /time：\d{3} /.test(body)),
    counted('body_length > 1000', ({ body_length }) => body_length > 1000),
    counted('body_length BETWEEN 200 AND 250', ({ body_length }) => body_length >= 200 && body_length <= 250),
    counted('body_length = 239', ({ body_length }) => body_length === 239),
    counted('body_length >= 1KiB', ({ body_length }) => body_length >= 1024),
    counted(
      'pod IN ("ts-contacts-service-866bd68c97-xcqfx", "no-such-pod")',
      ({ pod_name }) => pod_name === 'ts-contacts-service-866bd68c97-xcqfx',
    ),
    counted("namespace = 'ts'", ({ namespace }) => namespace === 'ts'),
    counted("namespace = 'TS'", () => false),
    counted('namespace = default', () => false),
    counted('cluster IS NULL', () => true),
    counted("cluster = ''", () => true),
    counted('cluster IS NOT NULL', () => false),
    counted("cluster != 'prod'", () => true),
    counted("cluster NOT LIKE 'p%'", () => true),
    counted("cluster NOT IN ('prod', 'test')", () => true),
    counted("cluster !~ 'p'", () => true),
    counted("cluster >= ''", () => false),
    counted("NOT cluster = 'prod'", () => true),
    counted("trace_id = ''", ({ trace_id }) => trace_id === ''),
    counted('trace_id IS NOT NULL', ({ trace_id }) => trace_id !== ''),
    counted('@code.lineno > 400', (record) => Number(lineno(record)) > 400),
    counted("@code.lineno > '400'", (record) => lineno(record) > '400'),
    counted('@code.lineno = 37', (record) => lineno(record) === '37'),
    counted("@code.lineno LIKE '3_'", (record) => /^3.$/.test(lineno(record))),
    counted("@log.iostream != 'stderr'", () => true),
    counted('@"code.namespace" LIKE \'f.m.%\'', (record) =>
      fieldValue(record, '@code.namespace').startsWith('f.m.'),
    ),
    counted(
      "timestamp >= '2023-01-29T09:20:00Z' AND timestamp < '2023-01-29T09:21:00Z'",
      ({ timestamp }) => timestamp >= 1674984000000000000n && timestamp < 1674984060000000000n,
    ),

    ...['avg', 'sum', 'min', 'max', 'p50', 'p75', 'p90', 'p95', 'p99'].map((fn) =>
      analyze({
        name: `logs: ${fn} of body_length by level`,
        aggregation: { function: fn, field: 'body_length' },
        groupBy: ['level'],
      }),
    ),
    analyze({
      name: 'logs: p90 of an attribute with numbers',
      aggregation: { function: 'p90', field: '@code.lineno' },
      groupBy: ['service'],
      limit: 5,
    }),
    analyze({
      name: 'logs: avg of an attribute with numbers',
      aggregation: { function: 'avg', field: '@code.lineno' },
    }),
    analyze({
      name: 'logs: avg of an attribute with text',
      aggregation: { function: 'avg', field: '@log.iostream' },
    }),
    ...['trace_id', 'pod_name', 'service', 'node_name', 'cluster', '@code.namespace', 'body'].map((field) =>
      analyze({ name: `logs: unique ${field}`, aggregation: { function: 'unique_count', field } }),
    ),
    analyze({
      name: 'logs: unique traces of each service',
      aggregation: { function: 'unique_count', field: 'trace_id' },
      groupBy: ['service'],
      limit: 10,
    }),

    analyze({
      name: 'logs: every 5 minutes',
      step: '5m',
      from_time: at('08:40:00'),
      to_time: at('10:30:00'),
    }),
    analyze({
      name: 'logs: levels every 5 minutes',
      step: '5m',
      groupBy: ['level'],
    }),
    analyze({
      name: 'logs: errors each minute, most minutes empty',
      step: '1m',
      from_time: at('08:40:00'),
      to_time: at('09:20:00'),
      filters: 'level = ERROR',
      where: ({ level }) => level === 'ERROR',
    }),
    analyze({
      name: 'logs: a window that is no multiple of the step',
      step: '5m',
      from_time: at('08:43:10'),
      to_time: at('09:01:30.5'),
    }),
    ...['sum', 'avg', 'p95', 'max', 'unique_count'].map((fn) =>
      analyze({
        name: `logs: ${fn} of body_length each minute, some minutes empty`,
        step: '1m',
        from_time: at('08:42:00'),
        to_time: at('08:58:00'),
        aggregation: { function: fn, field: 'body_length' },
      }),
    ),

    analyze({ name: 'logs: since the last pause', from_time: at('10:17:00') }),
    analyze({ name: 'logs: none in the window', from_time: at('08:46:00'), to_time: at('08:48:00') }),
    analyze({
      name: 'logs: none in the window, grouped',
      from_time: at('08:46:00'),
      to_time: at('08:48:00'),
      groupBy: ['service'],
    }),

    search({ name: 'logs: newest', fields: ['level', 'service', 'pod_name', 'body_length', 'trace_id'] }),
    search({ name: 'logs: oldest', order: 'oldest', fields: ['level', 'workload', 'node_name', 'span_id'] }),
    search({
      name: 'logs: newest errors',
      filters: 'level = ERROR',
      where: ({ level }) => level === 'ERROR',
      fields: ['workload', 'body', '@code.lineno', 'cluster'],
    }),
    search({
      name: 'logs: oldest warnings of one service',
      order: 'oldest',
      limit: 10,
      filters: "level = WARN AND workload = 'ts-order-other-service'",
      where: ({ level, workload }) => level === 'WARN' && workload === 'ts-order-other-service',
      fields: ['body', '@code.namespace', '@k8s.replicaset.name'],
    }),
    search({
      name: 'logs: one trace',
      order: 'oldest',
      limit: 10,
      filters: 'trace_id = 6f3cbf058c2765548a39ad724905d6a1',
      where: ({ trace_id }) => trace_id === '6f3cbf058c2765548a39ad724905d6a1',
      fields: ['service', 'span_id'],
    }),
    search({
      name: 'logs: nothing matches',
      filters: "service = 'ts-basic-service' AND body LIKE '%no such text%'",
      where: () => false,
      fields: ['level'],
    }),
    ...halfOpen(logs, analyze),
  ];
}

/** Windows that start or end exactly at a record: `[from, to)` holds the first and not the last. */
function halfOpen(logs, analyze) {
  const times = logs.map(({ timestamp }) => timestamp).sort((a, b) => (a < b ? -1 : 1));
  const text = (time) =>
    `${new Date(Number(time / 1_000_000n)).toISOString().slice(0, 19)}.${String(time % 1_000_000_000n).padStart(9, '0')}Z`;
  const [first, last] = [times[1000], times[1010]];
  return [
    analyze({ name: 'logs: from one record to another', from_time: text(first), to_time: text(last) }),
    analyze({ name: 'logs: one nanosecond later', from_time: text(first + 1n), to_time: text(last + 1n) }),
    analyze({ name: 'logs: one nanosecond wide', from_time: text(first), to_time: text(first + 1n) }),
    analyze({
      name: 'logs: before the first record',
      from_time: recording.from_time,
      to_time: text(times[0]),
    }),
  ];
}
