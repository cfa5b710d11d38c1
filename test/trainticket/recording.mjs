import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';

const directory = new URL('../../../shared/data/trainticket-2023-01-29/', import.meta.url);

const levels = { 9: 'INFO', 13: 'WARN', 17: 'ERROR' };
const roles = { 1: 'internal', 2: 'server', 3: 'client', 4: 'producer', 5: 'consumer' };

/** Every log record of the recording, oldest first, under the contract's field names; '' is no value. */
export async function readLogs() {
  const records = [];
  for await (const request of requests('logs.jsonl.gz')) {
    for (const { resource, scopeLogs } of request.resourceLogs) {
      const common = resourceFields(resource);
      for (const { logRecords } of scopeLogs) {
        for (const log of logRecords) {
          records.push({
            ...common,
            ...time(log.timeUnixNano),
            level: levels[log.severityNumber] ?? fail(`severity ${log.severityNumber}`),
            body: log.body.stringValue,
            body_length: [...log.body.stringValue].length,
            trace_id: log.traceId ?? '',
            span_id: log.spanId ?? '',
            ...attributes(log.attributes),
          });
        }
      }
    }
  }
  return records.sort(byTime);
}

/** Every span of the recording, oldest first, under the contract's field names; '' is no value. */
export async function readSpans() {
  const records = [];
  for await (const request of requests('traces.jsonl.gz')) {
    for (const { resource, scopeSpans } of request.resourceSpans) {
      const common = resourceFields(resource);
      for (const { spans } of scopeSpans) {
        for (const span of spans) {
          const duration = Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano));
          records.push({
            ...common,
            ...time(span.startTimeUnixNano),
            ...ends(span, common.workload),
            trace_id: span.traceId,
            span_id: span.spanId,
            parent_span_id: span.parentSpanId ?? '',
            operation_name: span.name,
            role: roles[span.kind] ?? fail(`span kind ${span.kind}`),
            duration,
            duration_ms: duration / 1e6,
            ...attributes(span.attributes),
          });
        }
      }
    }
  }
  return records.sort(byTime);
}

/**
 * Every data point of the recording in any order: the metric's name, its resource's attributes and its own as
 * `@name`, the time in milliseconds, and the value. All are gauges.
 */
export async function readPoints() {
  const points = [];
  for await (const request of requests('metrics.jsonl.gz')) {
    for (const { resource, scopeMetrics } of request.resourceMetrics) {
      const common = attributes(resource.attributes);
      for (const { metrics } of scopeMetrics) {
        for (const { name, gauge } of metrics) {
          for (const { timeUnixNano, asDouble, attributes: own = [] } of gauge.dataPoints) {
            const milliseconds = Number(BigInt(timeUnixNano) / 1_000_000n);
            points.push({ name, ...common, ...attributes(own), milliseconds, value: asDouble });
          }
        }
      }
    }
  }
  return points;
}

/** The value of a field or `@attribute`; '' where missing. */
export function fieldValue(record, field) {
  return record[field] ?? '';
}

async function* requests(file) {
  const input = createReadStream(new URL(file, directory)).pipe(createGunzip());
  for await (const line of createInterface({ input })) {
    if (line !== '') yield JSON.parse(line);
  }
}

function resourceFields(resource) {
  const own = attributes(resource.attributes);
  return {
    ...own,
    service: own['@service.name'] ?? '',
    namespace: own['@k8s.namespace.name'] ?? '',
    cluster: own['@k8s.cluster.name'] ?? '',
    workload: own['@k8s.deployment.name'] ?? fail('a resource without a deployment'),
    pod_name: own['@k8s.pod.name'] ?? '',
    container_name: own['@k8s.container.name'] ?? '',
    node_name: own['@k8s.node.name'] ?? '',
  };
}

/** A server span knows the serving end and its route, a client span the calling end. */
function ends(span, workload) {
  const route = span.attributes.find(({ key }) => key === 'http.route')?.value.stringValue;
  if (roles[span.kind] === 'server') return { server: workload, clustered_resource: route };
  return roles[span.kind] === 'client' ? { client: workload } : {};
}

/** The instant in nanoseconds, and the whole second that it falls in. */
function time(nanoseconds) {
  return { timestamp: BigInt(nanoseconds), second: Number(nanoseconds.slice(0, -9)) };
}

function byTime(a, b) {
  return a.second - b.second || (a.timestamp < b.timestamp ? -1 : a.timestamp > b.timestamp ? 1 : 0);
}

/**
 * `@name` to value. A record's own attributes are spread after its resource's, and so come first.
 * All attributes of the recording are strings or integers, which OTLP/JSON writes as strings.
 */
function attributes(list) {
  return Object.fromEntries(
    list.map(({ key, value }) => [
      `@${key}`,
      value.stringValue ?? value.intValue ?? fail(`attribute ${key}`),
    ]),
  );
}

function fail(what) {
  throw new Error(`The recording holds ${what}, which this reader does not know`);
}
