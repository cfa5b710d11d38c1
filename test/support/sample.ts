import { randomBytes } from 'node:crypto';

export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** What a resource says of where a record comes from; absent parts are absent attributes. */
export interface Origin {
  readonly service: string;
  readonly namespace?: string;
  readonly cluster?: string;
  readonly deployment?: string;
  readonly statefulSet?: string;
  readonly pod?: string;
  readonly podUid?: string;
  readonly container?: string;
  readonly node?: string;
  readonly version?: string;
  readonly region?: string;
}

export interface SampleLog extends Origin {
  /** Nanoseconds since the epoch. */
  readonly time: bigint;
  /** Absent: the record has neither severity number nor text. */
  readonly level?: 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';
  readonly body: string;
  readonly attributes?: Attributes;
  readonly traceId?: string;
}

export interface SampleSpan extends Origin {
  readonly time: bigint;
  /** Nanoseconds. */
  readonly duration: number;
  readonly name: string;
  readonly kind?: 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  readonly status?: 'ok' | 'error';
  readonly message?: string;
  readonly attributes?: Attributes;
  readonly traceId?: string;
  readonly parentSpanId?: string;
}

const severities = { TRACE: 1, DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17, FATAL: 21 };
const kinds = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };
const statuses = { ok: 1, error: 2 };

/** An ExportLogsServiceRequest in OTLP/JSON, one resource for each record. */
export function logsRequest(logs: readonly SampleLog[]): unknown {
  const resourceLogs = logs.map((log) => ({
    resource: { attributes: keyValues(resource(log)) },
    scopeLogs: [
      {
        logRecords: [
          {
            timeUnixNano: String(log.time),
            ...(log.level ? { severityNumber: severities[log.level], severityText: log.level } : {}),
            body: { stringValue: log.body },
            attributes: keyValues(log.attributes ?? {}),
            ...(log.traceId ? { traceId: log.traceId, spanId: '00f067aa0ba902b7' } : {}),
          },
        ],
      },
    ],
  }));
  return { resourceLogs };
}

/** An ExportTraceServiceRequest in OTLP/JSON, one resource for each span. */
export function tracesRequest(spans: readonly SampleSpan[]): unknown {
  const resourceSpans = spans.map((span) => ({
    resource: { attributes: keyValues(resource(span)) },
    scopeSpans: [
      {
        spans: [
          {
            traceId: span.traceId ?? randomBytes(16).toString('hex'),
            spanId: randomBytes(8).toString('hex'),
            ...(span.parentSpanId ? { parentSpanId: span.parentSpanId } : {}),
            name: span.name,
            kind: kinds[span.kind ?? 'internal'],
            startTimeUnixNano: String(span.time),
            endTimeUnixNano: String(span.time + BigInt(span.duration)),
            status: { ...(span.status ? { code: statuses[span.status] } : {}), message: span.message ?? '' },
            attributes: keyValues(span.attributes ?? {}),
          },
        ],
      },
    ],
  }));
  return { resourceSpans };
}

/** Posts an OTLP request as JSON. */
export function post(
  otlpUrl: URL | undefined,
  path: '/v1/logs' | '/v1/traces' | '/v1/metrics',
  request: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<Response> {
  if (otlpUrl === undefined) throw new Error('OTLP is off');
  const body = typeof request === 'string' ? request : JSON.stringify(request);
  return fetch(new URL(path, otlpUrl), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
}

/** Posts records, which must all be taken. */
export async function send(
  otlpUrl: URL | undefined,
  { logs = [], spans = [] }: { readonly logs?: readonly SampleLog[]; readonly spans?: readonly SampleSpan[] },
): Promise<void> {
  const requests = [
    ...(logs.length > 0 ? [['/v1/logs', logsRequest(logs)] as const] : []),
    ...(spans.length > 0 ? [['/v1/traces', tracesRequest(spans)] as const] : []),
  ];
  for (const [path, request] of requests) {
    const response = await post(otlpUrl, path, request);
    const text = await response.text();
    if (response.status !== 200 || /rejected\w*":\s*"?[1-9]/.test(text)) {
      throw new Error(`${path} was answered with ${response.status}: ${text}`);
    }
  }
}

function resource(origin: Origin): Attributes {
  const names = {
    'service.name': origin.service,
    'service.version': origin.version,
    'cloud.region': origin.region,
    'k8s.namespace.name': origin.namespace,
    'k8s.cluster.name': origin.cluster,
    'k8s.deployment.name': origin.deployment,
    'k8s.statefulset.name': origin.statefulSet,
    'k8s.pod.name': origin.pod,
    'k8s.pod.uid': origin.podUid,
    'k8s.container.name': origin.container,
    'k8s.node.name': origin.node,
  };
  return Object.fromEntries(
    Object.entries(names).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}

function keyValues(attributes: Attributes): unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: string | number | boolean): unknown {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
