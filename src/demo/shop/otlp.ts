import type { Pod } from './pods.ts';
import type { Attributes, Level, ShopLog, ShopMetric, ShopRecords, ShopSpan, SpanKind } from './records.ts';

/** The body of one OTLP/JSON request. */
export interface OtlpRequest {
  readonly signal: 'logs' | 'traces' | 'metrics';
  /** An ExportLogsServiceRequest, ExportTraceServiceRequest or ExportMetricsServiceRequest, as JSON. */
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * Records as OTLP/JSON requests, at most one for each signal, grouped by pod.
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function otlpRequests({
  spans,
  logs,
  metrics,
}: Pick<ShopRecords, 'spans' | 'logs' | 'metrics'>): OtlpRequest[] {
  const requests: OtlpRequest[] = [
    { signal: 'traces', body: { resourceSpans: grouped(spans, 'scopeSpans', 'spans', spanJson) } },
    { signal: 'logs', body: { resourceLogs: grouped(logs, 'scopeLogs', 'logRecords', logJson) } },
    { signal: 'metrics', body: { resourceMetrics: grouped(metrics, 'scopeMetrics', 'metrics', metricJson) } },
  ];
  const sizes = { traces: spans.length, logs: logs.length, metrics: metrics.length };
  return requests.filter(({ signal }) => sizes[signal] > 0);
}

function grouped<Item extends { readonly pod: Pod }>(
  items: readonly Item[],
  scopes: string,
  records: string,
  json: (item: Item) => unknown,
): unknown[] {
  const byPod = new Map<Pod, unknown[]>();
  for (const item of items) {
    const known = byPod.get(item.pod);
    if (known === undefined) byPod.set(item.pod, [json(item)]);
    else known.push(json(item));
  }
  return Array.from(byPod, ([pod, of]) => ({
    resource: { attributes: attributesJson(pod.attributes) },
    [scopes]: [{ scope: { name: 'shop' }, [records]: of }],
  }));
}

function attributesJson(attributes: Attributes): unknown[] {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: valueJson(value) }));
}

function valueJson(value: string | number | boolean): unknown {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

const kinds: Readonly<Record<SpanKind, number>> = {
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
};

function spanJson(span: ShopSpan): unknown {
  const { traceId, spanId, parentSpanId, name, kind, start, duration, failed, message, attributes } = span;
  return {
    traceId,
    spanId,
    ...(parentSpanId !== '' && { parentSpanId }),
    name,
    kind: kinds[kind],
    startTimeUnixNano: String(start),
    endTimeUnixNano: String(start + BigInt(duration)),
    attributes: attributesJson(attributes),
    ...(failed && { status: { code: 2, message } }),
  };
}

const severities: Readonly<Record<Level, number>> = { DEBUG: 5, INFO: 9, WARN: 13, ERROR: 17, FATAL: 21 };

function logJson({ time, level, saysLevel, body, attributes, traceId, spanId }: ShopLog): unknown {
  return {
    timeUnixNano: String(time),
    observedTimeUnixNano: String(time),
    ...(saysLevel && level !== undefined && { severityNumber: severities[level], severityText: level }),
    body: { stringValue: body },
    attributes: attributesJson(attributes),
    ...(traceId !== '' && { traceId, spanId }),
  };
}

const cumulative = 2;

function metricJson(metric: ShopMetric): unknown {
  const { name, unit, description } = metric;
  return { name, unit, description, ...dataJson(metric) };
}

function dataJson(metric: ShopMetric): Readonly<Record<string, unknown>> {
  switch (metric.kind) {
    case 'gauge':
    case 'counter':
    case 'upDownCounter': {
      const dataPoints = metric.points.map(({ value, ...point }) => ({
        ...pointJson(point),
        asDouble: value,
      }));
      if (metric.kind === 'gauge') return { gauge: { dataPoints } };
      const isMonotonic = metric.kind === 'counter';
      return { sum: { dataPoints, aggregationTemporality: cumulative, isMonotonic } };
    }
    case 'histogram': {
      const dataPoints = metric.points.map(({ count, sum, bounds, counts, ...point }) => ({
        ...pointJson(point),
        count: String(count),
        sum,
        explicitBounds: bounds,
        bucketCounts: counts.map(String),
      }));
      return { histogram: { dataPoints, aggregationTemporality: cumulative } };
    }
    case 'exponentialHistogram': {
      const dataPoints = metric.points.map(({ count, sum, scale, zeroCount, offset, counts, ...point }) => ({
        ...pointJson(point),
        count: String(count),
        sum,
        scale,
        zeroCount: String(zeroCount),
        positive: { offset, bucketCounts: counts.map(String) },
      }));
      return { exponentialHistogram: { dataPoints, aggregationTemporality: cumulative } };
    }
  }
}

function pointJson(point: {
  readonly attributes: Attributes;
  readonly start: bigint | undefined;
  readonly time: bigint;
}): Readonly<Record<string, unknown>> {
  const { attributes, start, time } = point;
  return {
    attributes: attributesJson(attributes),
    ...(start !== undefined && { startTimeUnixNano: String(start) }),
    timeUnixNano: String(time),
  };
}
