import type { LogRecord, Origin, SpanEvent, SpanLink, SpanRecord } from '../../store/rows/record.ts';
import { InputError } from '../../telemetry/input-error.ts';
import { PayloadTooLargeError } from '../payload-too-large.ts';
import { readMetric } from './json-metrics.ts';
import {
  attributes,
  each,
  enumeration,
  id,
  integer32,
  integer64,
  isObject,
  type JsonObject,
  type JsonPlace,
  list,
  object,
  text,
  valueText,
} from './json-values.ts';
import type { OtlpMetric } from './metric-model.ts';
import type { Receive } from './protobuf.ts';

/**
 * Objects and arrays that a body may have, brackets in strings counted too: parsing twenty million of them
 * takes minutes and gigabytes, and 64 MiB of telemetry do not have four million.
 */
const mostBrackets = 4_000_000;

/**
 * Parses the text of an OTLP/JSON request. Throws `InputError` where it is no JSON object; an empty body
 * is an empty request, as it is in protobuf. Throws `PayloadTooLargeError` where it would take too long.
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 */
export function parseJsonRequest(bytes: Uint8Array): JsonObject {
  if (hasManyBrackets(bytes)) {
    throw new PayloadTooLargeError(
      `the body has more than ${mostBrackets} objects and arrays; send smaller batches`,
    );
  }
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
  if (body.trim() === '') return {};
  const request = parseJson(body);
  if (!isObject(request)) throw new InputError('the body is not a JSON object');
  return request;
}

function hasManyBrackets(bytes: Uint8Array): boolean {
  if (bytes.length <= mostBrackets) return false;
  let brackets = 0;
  for (const byte of bytes) {
    if (byte === 0x5b || byte === 0x7b) brackets += 1;
  }
  return brackets > mostBrackets;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (error) {
    const position = /at position (\d+)/.exec(error instanceof Error ? error.message : '')?.[1];
    const where = position === undefined ? '' : `, at character ${position}`;
    throw new InputError(`the body is not valid JSON${where}`);
  }
}

/**
 * Decodes an ExportLogsServiceRequest in OTLP/JSON. Unknown fields are passed over. Throws `InputError` with
 * the path of the first field that is wrong; records that come before it were given out by then.
 */
export function decodeLogsJson(request: JsonObject, receive: Receive<LogRecord>): void {
  decodeRequest(logNames, request, readLogRecord, receive);
}

/** The same for an ExportTraceServiceRequest. */
export function decodeTracesJson(request: JsonObject, receive: Receive<SpanRecord>): void {
  decodeRequest(traceNames, request, readSpan, receive);
}

/** The same for an ExportMetricsServiceRequest: metric by metric. */
export function decodeMetricsJson(request: JsonObject, receive: Receive<OtlpMetric>): void {
  decodeRequest(metricNames, request, readMetric, receive);
}

/** The fields that a request nests its records in. */
interface Names {
  readonly resources: string;
  readonly scopes: string;
  readonly records: string;
}

const logNames: Names = { resources: 'resourceLogs', scopes: 'scopeLogs', records: 'logRecords' };
const traceNames: Names = { resources: 'resourceSpans', scopes: 'scopeSpans', records: 'spans' };
const metricNames: Names = { resources: 'resourceMetrics', scopes: 'scopeMetrics', records: 'metrics' };

type ReadRecord<R> = (place: JsonPlace, json: JsonObject) => R;

function decodeRequest<R>(names: Names, request: JsonObject, read: ReadRecord<R>, receive: Receive<R>): void {
  const top: JsonPlace = { path: () => 'request', defect: undefined };
  for (const [i, group] of list(top, request, names.resources).entries()) {
    const place: JsonPlace = { path: () => `${names.resources}[${i}]`, defect: undefined };
    const resource = {
      attributes: attributes(place, object(place, group, 'resource')),
      schemaUrl: text(place, group, 'schemaUrl'),
    };
    for (const [j, scopeGroup] of list(place, group, names.scopes).entries()) {
      const path = (): string => `${place.path()}.${names.scopes}[${j}]`;
      const inScope: JsonPlace = { path, defect: place.defect };
      const scope = readScope(inScope, scopeGroup);
      const origin: Origin = { resource, scope, defect: inScope.defect };
      readRecords({ path, defect: undefined }, scopeGroup, names.records, origin, read, receive);
    }
  }
}

function readScope(place: JsonPlace, group: JsonObject): Origin['scope'] {
  const scope = object(place, group, 'scope');
  return {
    name: text(place, scope, 'name'),
    version: text(place, scope, 'version'),
    attributes: attributes(place, scope),
    schemaUrl: text(place, group, 'schemaUrl'),
  };
}

function readRecords<R>(
  scope: JsonPlace,
  group: JsonObject,
  name: string,
  origin: Origin,
  read: ReadRecord<R>,
  receive: Receive<R>,
): void {
  let index = 0;
  const place: JsonPlace = { path: () => `${scope.path()}.${name}[${index}]`, defect: undefined };
  for (const json of list(scope, group, name)) {
    place.defect = undefined;
    receive(read(place, json), origin);
    index += 1;
  }
}

const severityNames = [
  'SEVERITY_NUMBER_UNSPECIFIED',
  ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((name) =>
    ['', '2', '3', '4'].map((step) => `SEVERITY_NUMBER_${name}${step}`),
  ),
];
const kindNames = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map(
  (name) => `SPAN_KIND_${name}`,
);
const statusNames = ['UNSET', 'OK', 'ERROR'].map((name) => `STATUS_CODE_${name}`);

function readLogRecord(place: JsonPlace, json: JsonObject): LogRecord {
  return {
    time: integer64(place, json, 'timeUnixNano'),
    observedTime: integer64(place, json, 'observedTimeUnixNano'),
    severityNumber: enumeration(place, json, 'severityNumber', severityNames),
    severityText: text(place, json, 'severityText'),
    body: valueText(place, json, 'body'),
    attributes: attributes(place, json),
    traceId: id(place, json, 'traceId'),
    spanId: id(place, json, 'spanId'),
    flags: integer32(place, json, 'flags'),
    eventName: text(place, json, 'eventName'),
    defect: place.defect,
  };
}

function readSpan(place: JsonPlace, json: JsonObject): SpanRecord {
  const status = object(place, json, 'status');
  return {
    traceId: id(place, json, 'traceId'),
    spanId: id(place, json, 'spanId'),
    parentSpanId: id(place, json, 'parentSpanId'),
    traceState: text(place, json, 'traceState'),
    name: text(place, json, 'name'),
    kind: enumeration(place, json, 'kind', kindNames),
    start: integer64(place, json, 'startTimeUnixNano'),
    end: integer64(place, json, 'endTimeUnixNano'),
    attributes: attributes(place, json),
    events: each(place, json, 'events', readEvent),
    links: each(place, json, 'links', readLink),
    statusCode: enumeration(place, status, 'code', statusNames),
    statusMessage: text(place, status, 'message'),
    defect: place.defect,
  };
}

function readEvent(place: JsonPlace, json: JsonObject): SpanEvent {
  return {
    time: integer64(place, json, 'timeUnixNano'),
    name: text(place, json, 'name'),
    attributes: attributes(place, json),
  };
}

function readLink(place: JsonPlace, json: JsonObject): SpanLink {
  return {
    traceId: id(place, json, 'traceId'),
    spanId: id(place, json, 'spanId'),
    traceState: text(place, json, 'traceState'),
    attributes: attributes(place, json),
  };
}
