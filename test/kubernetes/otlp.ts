/** Requests as the OpenTelemetry Collector sends them, in OTLP/JSON, with what its receivers write. */

export type Values = Readonly<Record<string, string | number>>;
type Json = Readonly<Record<string, unknown>>;

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

/** The body of an ExportLogsServiceRequest. */
export interface LogsRequest {
  readonly resourceLogs: readonly (Json & {
    readonly resource: { readonly attributes: readonly KeyValue[] };
  })[];
}

/** An object of Kubernetes that an event is about. */
export interface Involved {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
  readonly fieldPath?: string;
}

export interface SentEvent {
  /** ms since the epoch: when it happened last. */
  readonly time: number;
  /** ms since the epoch: when it happened first; `time` when absent. */
  readonly began?: number;
  readonly about: Involved;
  readonly reason: string;
  readonly message: string;
  readonly type?: 'Normal' | 'Warning';
  /** How often it happened so far; absent where the sender does not count. */
  readonly count?: number;
  readonly uid: string;
  readonly node?: string;
  readonly cluster?: string;
}

/**
 * A record of the k8s_events receiver (receiver/k8seventsreceiver/k8s_event_to_logdata.go): `core/v1` is what
 * it sent until 2026, with the namespace as attribute of the record, `events/v1` what it sends since, with the
 * namespace as attribute of the resource.
 */
export function k8sEvents(
  events: readonly SentEvent[],
  api: 'core/v1' | 'events/v1' = 'core/v1',
): LogsRequest {
  return { resourceLogs: events.map((event) => k8sEvent(event, api)) };
}

function k8sEvent(event: SentEvent, api: 'core/v1' | 'events/v1'): LogsRequest['resourceLogs'][number] {
  const { about, time, began = time, type = 'Warning' } = event;
  const isCore = api === 'core/v1';
  const namespace = { 'k8s.namespace.name': about.namespace ?? '' };
  return {
    resource: {
      attributes: attributes({
        ...(event.cluster !== undefined && { 'k8s.cluster.name': event.cluster }),
        ...(isCore ? { 'k8s.node.name': event.node ?? '' } : namespace),
        'k8s.object.kind': about.kind,
        'k8s.object.name': about.name,
        'k8s.object.uid': `uid-of-${about.name}`,
        'k8s.object.fieldpath': about.fieldPath ?? '',
        'k8s.object.api_version': 'v1',
        'k8s.object.resource_version': '12345',
      }),
    },
    scopeLogs: [
      {
        scope: {
          name: 'github.com/open-telemetry/opentelemetry-collector-contrib/receiver/k8seventsreceiver',
          version: '0.140.0',
        },
        logRecords: [
          {
            timeUnixNano: nanoseconds(time),
            severityNumber: type === 'Normal' ? 9 : 13,
            severityText: type,
            body: { stringValue: event.message },
            attributes: attributes({
              'k8s.event.reason': event.reason,
              'k8s.event.action': '',
              'k8s.event.start_time': goTime(began),
              'k8s.event.name': `${about.name}.17${event.uid}`,
              'k8s.event.uid': event.uid,
              ...(isCore
                ? namespace
                : {
                    'k8s.event.reporting_controller': 'kubelet',
                    'k8s.event.reporting_instance': event.node ?? '',
                  }),
              ...(event.count !== undefined && { 'k8s.event.count': event.count }),
            }),
          },
        ],
      },
    ],
  };
}

/** How Go prints a time: `2026-02-06 10:15:30 +0000 UTC`. */
const goTime = (ms: number): string =>
  `${new Date(ms).toISOString().slice(0, 19).replace('T', ' ')} +0000 UTC`;

type Change = 'ADDED' | 'MODIFIED' | 'DELETED';

/** Events as the k8sobjects receiver sends them. */
export function k8sObjects(
  events: readonly SentEvent[],
  {
    mode = 'watch',
    change = 'ADDED',
    observed,
  }: {
    readonly mode?: 'watch' | 'pull';
    readonly change?: Change;
    /** ms since the epoch; when it happened, when absent. */
    readonly observed?: number;
  } = {},
): LogsRequest {
  return objectRecords(
    events.map((event) => ({
      time: observed ?? event.time + 500,
      resource: 'events',
      object: eventObject(event),
      ...(mode === 'watch' && { change }),
      ...(event.cluster !== undefined && { cluster: event.cluster }),
    })),
  );
}

/** An object of Kubernetes, as `kubectl get -o json` gives it. */
export interface SentObject {
  /** ms since the epoch: when the receiver saw it. */
  readonly time: number;
  /** Its resource in the API: `deployments`. */
  readonly resource: string;
  readonly object: Json & { readonly metadata: { readonly name: string; readonly namespace?: string } };
  /** What happened to it, in watch mode; absent in pull mode. */
  readonly change?: Change;
  readonly cluster?: string;
}

/**
 * Records of the k8sobjects receiver (receiver/k8sobjectsreceiver/unstructured_to_logdata.go): the object as it is
 * in the API, in watch mode beside what happened to it.
 */
export function objectRecords(objects: readonly SentObject[]): LogsRequest {
  return {
    resourceLogs: objects.map(({ time, resource, object, change, cluster }) => ({
      resource: {
        attributes: attributes({
          ...(cluster !== undefined && { 'k8s.cluster.name': cluster }),
          ...(object.metadata.namespace !== undefined && { 'k8s.namespace.name': object.metadata.namespace }),
        }),
      },
      scopeLogs: [
        {
          scope: {},
          logRecords: [
            {
              observedTimeUnixNano: nanoseconds(time),
              body: anyValue(change === undefined ? object : { object, type: change }),
              attributes: attributes({
                'k8s.resource.name': resource,
                ...(change !== undefined && { 'event.domain': 'k8s', 'event.name': object.metadata.name }),
              }),
            },
          ],
        },
      ],
    })),
  };
}

/** `kubectl get event -o json`, of an event that kubelet sends. */
function eventObject({
  time,
  began = time,
  about,
  reason,
  message,
  type = 'Warning',
  count,
  uid,
  node,
}: SentEvent) {
  const iso = (ms: number): string => `${new Date(ms).toISOString().slice(0, 19)}Z`;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: {
      name: `${about.name}.17${uid}`,
      // Events of nodes are kept in this one.
      namespace: about.namespace ?? 'default',
      uid,
      resourceVersion: '12345',
      creationTimestamp: iso(began),
    },
    involvedObject: {
      kind: about.kind,
      name: about.name,
      ...(about.namespace !== undefined && { namespace: about.namespace }),
      ...(about.fieldPath !== undefined && { fieldPath: about.fieldPath }),
      apiVersion: 'v1',
    },
    reason,
    message,
    type,
    source: { component: 'kubelet', ...(node !== undefined && { host: node }) },
    firstTimestamp: iso(began),
    lastTimestamp: iso(time),
    eventTime: null,
    ...(count !== undefined && { count }),
    reportingComponent: 'kubelet',
    reportingInstance: node ?? '',
  };
}

export interface SentSeries {
  /** As in OTLP: `k8s.container.restarts`. */
  readonly name: string;
  readonly unit?: string;
  readonly resource: Values;
  readonly attributes?: Values;
  /** A counter; else a gauge. */
  readonly isCounter?: true;
  /** By time, ms since the epoch. */
  readonly points: readonly (readonly [time: number, value: number])[];
}

/** Gauges, as the k8s_cluster receiver sends them: each resource with its own. */
export function metrics(series: readonly SentSeries[]): Json {
  return {
    resourceMetrics: series.map(({ name, unit = '', resource, points, isCounter, attributes: own = {} }) => {
      const dataPoints = points.map(([time, value]) => ({
        timeUnixNano: nanoseconds(time),
        asDouble: value,
        attributes: attributes(own),
      }));
      const data = isCounter
        ? { sum: { dataPoints, aggregationTemporality: 2, isMonotonic: true } }
        : { gauge: { dataPoints } };
      return {
        resource: { attributes: attributes(resource) },
        scopeMetrics: [{ scope: { name: 'k8sclusterreceiver' }, metrics: [{ name, unit, ...data }] }],
      };
    }),
  };
}

export interface SentLine {
  /** ms since the epoch. */
  readonly time: number;
  readonly resource: Values;
}

/** Logs of workloads, with what their resources say. */
export function logs(lines: readonly SentLine[]): Json {
  return {
    resourceLogs: lines.map(({ time, resource }) => ({
      resource: { attributes: attributes(resource) },
      scopeLogs: [{ logRecords: [{ timeUnixNano: nanoseconds(time), body: { stringValue: 'working' } }] }],
    })),
  };
}

/** Spans of workloads, with what their resources say. */
export function spans(lines: readonly SentLine[]): Json {
  return {
    resourceSpans: lines.map(({ time, resource }, i) => ({
      resource: { attributes: attributes(resource) },
      scopeSpans: [
        {
          spans: [
            {
              traceId: String(i + 1).padStart(32, '0'),
              spanId: String(i + 1).padStart(16, '0'),
              name: 'work',
              kind: 2,
              startTimeUnixNano: nanoseconds(time),
              endTimeUnixNano: nanoseconds(time + 5),
            },
          ],
        },
      ],
    })),
  };
}

const nanoseconds = (ms: number): string => `${ms}000000`;

const attributes = (values: Values): KeyValue[] =>
  Object.entries(values).map(([key, value]) => ({ key, value: anyValue(value) }));

function anyValue(value: unknown): Json {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } };
  if (typeof value !== 'object' || value === null) return {};
  return {
    kvlistValue: { values: Object.entries(value).map(([key, item]) => ({ key, value: anyValue(item) })) },
  };
}
