import { type BuiltinFieldName, builtinFields, type Signal } from '../../telemetry/fields.ts';
import { podOwnerPattern, workloadAttributes } from '../../telemetry/workload.ts';
import { join, type Sql, sql } from '../sql/sql.ts';

/**
 * Each field as SQL over the columns of the OpenTelemetry Collector's ClickHouse exporter. Our tables
 * keep most of them as materialized columns; in other people's tables they are computed at reading.
 * Attribute names are those of the OpenTelemetry semantic conventions, the newer name before the older.
 */
export type FieldExpressions = Readonly<Partial<Record<BuiltinFieldName, Sql>>>;

const resource = (key: string): Sql => sql`ResourceAttributes[${key}]`;
const span = (key: string): Sql => sql`SpanAttributes[${key}]`;

/** The first of the texts that is not empty; else the empty text. */
function firstOf(...texts: readonly Sql[]): Sql {
  const last = texts.at(-1);
  if (last === undefined) return sql`''`;
  if (texts.length === 1) return last;
  const cases = texts.slice(0, -1).map((text) => sql`${text} != '', ${text}`);
  return sql`multiIf(${join(cases, ', ')}, ${last})`;
}

const podName = resource('k8s.pod.name');

const workload = firstOf(
  ...workloadAttributes.map(resource),
  sql`extract(${podName}, ${podOwnerPattern})`,
  podName,
  sql`ServiceName`,
);

const ebpf = sql`match(concat(${resource('telemetry.distro.name')}, ' ', ${resource('telemetry.sdk.name')}, ' ', ScopeName), '(?i)beyla|ebpf|opentelemetry-obi')`;

const shared: FieldExpressions = {
  cluster: resource('k8s.cluster.name'),
  namespace: resource('k8s.namespace.name'),
  workload,
  pod_name: podName,
  container_name: firstOf(resource('k8s.container.name'), resource('container.name')),
  node_name: firstOf(resource('k8s.node.name'), resource('host.name')),
  service: sql`ServiceName`,
  region: resource('cloud.region'),
  app_version: resource('service.version'),
  source: sql`if(${ebpf}, 'eBPF', 'OTel')`,
  trace_id: sql`TraceId`,
  span_id: sql`SpanId`,
};

/** Texts of severity that loggers write, in lower case, to the value of `level`. */
const levelNames: Readonly<Record<string, string>> = {
  trace: 'TRACE',
  trc: 'TRACE',
  debug: 'DEBUG',
  dbg: 'DEBUG',
  info: 'INFO',
  inf: 'INFO',
  information: 'INFO',
  informational: 'INFO',
  notice: 'INFO',
  warn: 'WARN',
  warning: 'WARN',
  wrn: 'WARN',
  error: 'ERROR',
  err: 'ERROR',
  severe: 'ERROR',
  critical: 'FATAL',
  crit: 'FATAL',
  fatal: 'FATAL',
  alert: 'FATAL',
  emerg: 'FATAL',
  emergency: 'FATAL',
  panic: 'PANIC',
  i: 'INFO',
  w: 'WARN',
  e: 'ERROR',
  f: 'FATAL',
};

const array = (values: readonly string[]): Sql =>
  sql`[${join(
    values.map((value) => sql`${value}`),
    ', ',
  )}]`;

const levelOf = (text: Sql): Sql =>
  sql`transform(lower(${text}), ${array(Object.keys(levelNames))}, ${array(Object.values(levelNames))}, '')`;

const words = 'trace|debug|info|notice|warn(?:ing)?|err(?:or)?|crit(?:ical)?|fatal|alert|emerg|panic';

/** Where a body tells its own level: a JSON or logfmt key, klog's first letter, brackets, or a word in capitals. */
const levelPatterns: readonly string[] = [
  `(?i)"(?:level|lvl|severity|log\\.level|loglevel)"\\s*:\\s*"(${words})"`,
  `(?i)(?:^|\\s)(?:level|lvl|severity)="?(${words})\\b`,
  '^([IWEF])[0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}',
  `(?i)[\\[<(](${words})[\\])>]`,
  '\\b(TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|SEVERE|CRITICAL|FATAL|PANIC)\\b',
  '^(panic):',
];

const head = sql`left(Body, 512)`;

/** From the severity number; else its text; else the body (OpenTelemetry logs data model, SeverityNumber). */
const level = sql`multiIf(SeverityNumber BETWEEN 1 AND 24, ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'][intDiv(SeverityNumber - 1, 4) + 1], ${levelOf(sql`SeverityText`)} != '', ${levelOf(sql`SeverityText`)}, ${firstOf(
  ...levelPatterns.map((pattern) => levelOf(sql`extract(${head}, ${pattern})`)),
)})`;

const klog = '^[IWEF][0-9]{4} [0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]+ +[0-9]+ [^ ]+:[0-9]+\\]';
const nginx = '^[^ ]+ [^ ]+ [^ ]+ \\[[0-9]{2}/[A-Z][a-z]{2}/[0-9]{4}:[^\\]]+\\] "[^"]*" [0-9]{3} ';
const nginxError = '^[0-9]{4}/[0-9]{2}/[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2} \\[[a-z]+\\] [0-9]+#[0-9]+:';
const logfmt =
  '^[A-Za-z_][A-Za-z0-9_.-]*=(?:"(?:[^"\\\\]|\\\\.)*"|[^ "=]*)(?: +[A-Za-z_][A-Za-z0-9_.-]*=(?:"(?:[^"\\\\]|\\\\.)*"|[^ "=]*))+';

const logs: FieldExpressions = {
  ...shared,
  timestamp: sql`Timestamp`,
  level,
  format: sql`multiIf(startsWith(trimLeft(Body), '{') AND isValidJSON(Body), 'json', match(Body, ${klog}), 'klog', match(Body, ${nginx}) OR match(Body, ${nginxError}), 'nginx', match(Body, ${logfmt}), 'logfmt', 'text')`,
  body: sql`Body`,
  body_length: sql`lengthUTF8(Body)`,
};

const role = sql`replaceOne(lower(replaceOne(SpanKind, 'SPAN_KIND_', '')), 'unspecified', 'internal')`;

/** Names of systems in the semantic conventions to the names that people know. */
const protocolNames: Readonly<Record<string, string>> = {
  grpc: 'gRPC',
  mysql: 'MySQL',
  mariadb: 'MariaDB',
  postgresql: 'PostgreSQL',
  redis: 'Redis',
  mongodb: 'MongoDB',
  cassandra: 'Cassandra',
  elasticsearch: 'Elasticsearch',
  opensearch: 'OpenSearch',
  clickhouse: 'ClickHouse',
  memcached: 'Memcached',
  dynamodb: 'DynamoDB',
  'aws.dynamodb': 'DynamoDB',
  mssql: 'SQLServer',
  'microsoft.sql_server': 'SQLServer',
  oracle: 'Oracle',
  'oracle.db': 'Oracle',
  sqlite: 'SQLite',
  kafka: 'Kafka',
  rabbitmq: 'RabbitMQ',
  nats: 'NATS',
  pulsar: 'Pulsar',
  aws_sqs: 'SQS',
  amqp: 'AMQP',
  dns: 'DNS',
  http: 'HTTP',
};

const system = firstOf(
  span('rpc.system.name'),
  span('rpc.system'),
  span('db.system.name'),
  span('db.system'),
  span('messaging.system'),
);
const isHttp = join(
  ['http.request.method', 'http.method', 'http.route', 'http.response.status_code', 'http.status_code'].map(
    (key) => sql`${span(key)} != ''`,
  ),
  ' OR ',
);
const protocol = sql`multiIf(${system} != '', transform(${system}, ${array(Object.keys(protocolNames))}, ${array(Object.values(protocolNames))}, ${system}), ${isHttp}, 'HTTP', ${span('dns.question.name')} != '', 'DNS', '')`;

/** Path segments that are ids: numbers, UUIDs, and long hexadecimal or mixed tokens. */
const idSegment =
  '/(?:[0-9]+|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|[0-9a-fA-F]{16,})';
const rawPath = firstOf(
  span('url.path'),
  sql`cutQueryStringAndFragment(${span('http.target')})`,
  sql`path(${firstOf(span('url.full'), span('http.url'))})`,
);
/** Twice, because neighbouring ids share the slash that ends the one and starts the other. */
const pathWithoutIds = sql`replaceRegexpAll(replaceRegexpAll(${rawPath}, ${`${idSegment}(/|$)`}, '/{id}\\\\1'), ${`${idSegment}(/|$)`}, '/{id}\\\\1')`;

const peer = firstOf(span('peer.service'), span('server.address'), span('net.peer.name'));
/** `name.namespace.svc.cluster.local`: how a Kubernetes service is called by name. */
const clusterDomain = '^([^.]+)\\.([^.]+)\\.svc(?:\\.|$)';
const serves = sql`${role} IN ('server', 'consumer')`;
const calls = sql`${role} IN ('client', 'producer')`;

const traces: FieldExpressions = {
  ...shared,
  timestamp: sql`Timestamp`,
  parent_span_id: sql`ParentSpanId`,
  operation_name: sql`SpanName`,
  role,
  status: sql`if(StatusCode IN ('Error', 'STATUS_CODE_ERROR'), 'error', 'ok')`,
  status_message: sql`StatusMessage`,
  protocol_type: protocol,
  subtype: firstOf(
    span('http.request.method'),
    span('http.method'),
    span('rpc.method'),
    span('db.operation.name'),
    span('db.operation'),
    span('messaging.operation.type'),
    span('messaging.operation.name'),
    span('messaging.operation'),
  ),
  return_code: firstOf(
    span('http.response.status_code'),
    span('http.status_code'),
    span('rpc.response.status_code'),
    span('rpc.grpc.status_code'),
    span('db.response.status_code'),
  ),
  clustered_resource: firstOf(span('http.route'), pathWithoutIds),
  duration: sql`Duration`,
  duration_ms: sql`Duration / 1e6`,
  server: sql`multiIf(${serves}, ${workload}, ${calls}, ${firstOf(sql`extract(${peer}, ${clusterDomain})`, peer)}, '')`,
  client: sql`multiIf(${calls}, ${workload}, ${serves}, ${firstOf(span('peer.service'), span('client.address'))}, '')`,
  server_namespace: sql`multiIf(${serves}, ${resource('k8s.namespace.name')}, ${calls}, extractAllGroupsVertical(${peer}, ${clusterDomain})[1][2], '')`,
  client_namespace: sql`if(${calls}, ${resource('k8s.namespace.name')}, '')`,
};

export const fieldExpressions: Readonly<Record<Signal, FieldExpressions>> = { logs, traces };

/** The column of our tables that keeps a field's expression: `pod_name` is `PodName`. */
export function materializedColumn(name: BuiltinFieldName): string {
  return name.replaceAll(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** Fields that the exporter's tables have as columns already. */
const plain = new Set<BuiltinFieldName>([
  'timestamp',
  'service',
  'trace_id',
  'span_id',
  'body',
  'parent_span_id',
  'operation_name',
  'status_message',
  'duration',
  'duration_ms',
]);

/** The fields that our table of the signal keeps as materialized columns, in the catalogue's order. */
export function materializedFields(signal: Signal): BuiltinFieldName[] {
  return builtinFields
    .filter((field) => field.signals.includes(signal) && !plain.has(field.name))
    .map((field) => field.name);
}
