/** The two signals that are stored as records. Metrics have labels, not fields. */
export type Signal = 'logs' | 'traces';

/** What the records of a signal are called. */
export const recordNouns: Readonly<Record<Signal, string>> = { logs: 'logs', traces: 'spans' };

/** How a field's values compare: strings by bytes, numbers as numbers, times as instants. */
export type FieldType = 'string' | 'number' | 'time';

/** A field that every record of a signal has, whatever its attributes. */
export interface BuiltinField {
  readonly kind: 'builtin';
  readonly name: BuiltinFieldName;
  /** Other names that are accepted wherever the name is. */
  readonly aliases: readonly string[];
  readonly signals: readonly Signal[];
  readonly type: FieldType;
  readonly unit?: 'ns' | 'ms' | 'characters';
  readonly description: string;
  /** The values compare without regard to case. */
  readonly ignoreCase?: true;
  /** The values there are, where they are a closed set; in order of severity for `level`. */
  readonly values?: readonly string[];
  /** Other spellings of values, in lower case, to the value they stand for. */
  readonly valueAliases?: Readonly<Record<string, string>>;
  /** `<` and `>` go by the place in `values`. */
  readonly ordered?: true;
}

/** An attribute: looked for in the record's own attributes first, then in the resource's. */
export interface AttributeField {
  readonly kind: 'attribute';
  /** The name without the leading `@`. */
  readonly name: string;
}

export type Field = BuiltinField | AttributeField;

const both: readonly Signal[] = ['logs', 'traces'];
const logs: readonly Signal[] = ['logs'];
const traces: readonly Signal[] = ['traces'];

interface Definition extends Omit<BuiltinField, 'kind' | 'name' | 'aliases' | 'type'> {
  readonly aliases?: readonly string[];
  readonly type?: FieldType;
}

/**
 * The field catalogue: the single source for filters, SQL, discovery and documentation.
 * The order is the order in which discovery lists the fields.
 */
const definitions = {
  timestamp: { signals: both, type: 'time', description: 'when it happened; a span: when it started' },
  cluster: { signals: both, description: 'Kubernetes cluster' },
  namespace: { signals: both, description: 'Kubernetes namespace' },
  workload: {
    signals: both,
    description:
      'cronjob, deployment, statefulset, daemonset or job; else derived from the pod; else the service',
  },
  pod_name: { signals: both, aliases: ['pod'], description: 'Kubernetes pod' },
  container_name: { signals: both, aliases: ['container'], description: 'container in the pod' },
  node_name: { signals: both, aliases: ['node', 'host'], description: 'Kubernetes node, else the host' },
  service: {
    signals: both,
    aliases: ['app_service', 'service_name', 'service.name'],
    description: 'OpenTelemetry service name',
  },
  region: { signals: both, description: 'cloud region' },
  app_version: { signals: both, description: 'version of the service' },
  source: { signals: both, description: 'what recorded it: OTel, eBPF, …' },
  trace_id: { signals: both, description: 'trace, 32 hexadecimal digits' },
  span_id: { signals: both, description: 'span, 16 hexadecimal digits' },

  level: {
    signals: logs,
    aliases: ['severity'],
    description: 'severity; < and > go by severity',
    ignoreCase: true,
    ordered: true,
    values: ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL', 'PANIC'],
    valueAliases: { warning: 'WARN', critical: 'FATAL' },
  },
  format: {
    signals: logs,
    description: 'form of the body',
    values: ['json', 'klog', 'logfmt', 'nginx', 'text'],
  },
  body: { signals: logs, aliases: ['message', 'log'], description: 'the log line' },
  body_length: { signals: logs, type: 'number', unit: 'characters', description: 'length of the body' },

  parent_span_id: { signals: traces, description: 'parent span; empty for a root span' },
  operation_name: { signals: traces, aliases: ['name', 'span_name'], description: 'name of the span' },
  role: {
    signals: traces,
    aliases: ['kind'],
    description: 'span kind',
    ignoreCase: true,
    values: ['client', 'server', 'producer', 'consumer', 'internal'],
  },
  status: {
    signals: traces,
    description: 'error where the span failed, else ok',
    ignoreCase: true,
    values: ['ok', 'error'],
  },
  status_message: { signals: traces, description: 'what the span says of its failure' },
  protocol_type: {
    signals: traces,
    aliases: ['protocol'],
    description: 'HTTP, gRPC, MySQL, PostgreSQL, Redis, MongoDB, Kafka, DNS, …',
    ignoreCase: true,
  },
  subtype: {
    signals: traces,
    aliases: ['method'],
    description: 'HTTP method, RPC method, database or messaging operation',
  },
  return_code: {
    signals: traces,
    aliases: ['status_code'],
    description: 'status code of the protocol, a string; compare it with a number to compare as numbers',
  },
  clustered_resource: {
    signals: traces,
    aliases: ['resource'],
    description: 'route; else the path with ids replaced',
  },
  duration: { signals: traces, type: 'number', unit: 'ns', description: 'duration of the span' },
  duration_ms: { signals: traces, type: 'number', unit: 'ms', description: 'duration of the span' },
  server: { signals: traces, description: 'workload that serves the call' },
  client: { signals: traces, description: 'workload that makes the call' },
  server_namespace: { signals: traces, description: 'namespace of the serving end' },
  client_namespace: { signals: traces, description: 'namespace of the calling end' },
} as const satisfies Record<string, Definition>;

export type BuiltinFieldName = keyof typeof definitions;

/** All built-in fields, in the order in which they are shown. */
export const builtinFields: readonly BuiltinField[] = Object.entries<Definition>(definitions).map(
  ([name, definition]) => ({
    kind: 'builtin',
    aliases: [],
    type: 'string',
    ...definition,
    name: name as BuiltinFieldName,
  }),
);

const byName: Record<Signal, ReadonlyMap<string, BuiltinField>> = {
  logs: index('logs'),
  traces: index('traces'),
};

function index(signal: Signal): ReadonlyMap<string, BuiltinField> {
  const fields = fieldsOf(signal);
  return new Map(fields.flatMap((field) => [field.name, ...field.aliases].map((name) => [name, field])));
}

/** The built-in fields of a signal. */
export function fieldsOf(signal: Signal): BuiltinField[] {
  return builtinFields.filter((field) => field.signals.includes(signal));
}

/** The built-in field of that name or alias, if the signal has one. */
export function builtinField(signal: Signal, name: string): BuiltinField | undefined {
  return byName[signal].get(name);
}

/** Columns of `search-logs` and `search-traces` when none are asked for. */
export const defaultColumns: Record<Signal, readonly BuiltinFieldName[]> = {
  logs: [
    'workload',
    'namespace',
    'cluster',
    'pod_name',
    'container_name',
    'node_name',
    'level',
    'format',
    'body_length',
  ],
  traces: [
    'pod_name',
    'namespace',
    'cluster',
    'workload',
    'container_name',
    'node_name',
    'role',
    'status',
    'protocol_type',
    'operation_name',
    'duration',
    'return_code',
  ],
};

/** Columns that a search always shows, before and (the body) after the others. */
export const fixedColumns: Record<Signal, readonly BuiltinFieldName[]> = {
  logs: ['timestamp', 'body'],
  traces: ['timestamp', 'trace_id', 'span_id'],
};
