import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

const { root } = protobuf.parse(readFileSync(new URL('./otlp.proto', import.meta.url), 'utf8'));

// Values that nest deeper than protobufjs itself likes have to be made too.
protobuf.util.recursionLimit = 1000;

/** A value of OTLP/JSON. */
export type Json =
  | string
  | number
  | boolean
  | null
  | undefined
  | readonly Json[]
  | { readonly [key: string]: Json };

/** Encodes a message, given as OTLP/JSON, with protobufjs' reflection. */
export function encodeMessage(type: string, message: Json): Uint8Array<ArrayBuffer> {
  const reflected = root.lookupType(type);
  const object = withByteIds(message);
  if (typeof object !== 'object' || object === null) throw new TypeError('a message is an object');
  return Uint8Array.from(reflected.encode(reflected.fromObject(object)).finish());
}

/** Decodes a message with protobufjs' reflection; 64-bit integers become strings. */
export function decodeMessage(type: string, bytes: Uint8Array): Record<string, unknown> {
  const reflected = root.lookupType(type);
  return reflected.toObject(reflected.decode(bytes), { longs: String });
}

export const encodeJson = (message: Json): Uint8Array<ArrayBuffer> =>
  new Uint8Array(Buffer.from(JSON.stringify(message)));

/** OTLP/JSON has ids in hexadecimal, and protobufjs takes bytes. */
function withByteIds(value: Json): unknown {
  if (Array.isArray(value)) return value.map(withByteIds);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      /^(trace|span|parentSpan)Id$/.test(key) ? Buffer.from(String(inner), 'hex') : withByteIds(inner),
    ]),
  );
}

/** A request for logs with one resource and one scope. */
export const logsRequest = (
  records: readonly Json[],
  resource: readonly Json[] = [textAttribute('service.name', 'checkout')],
): Json => ({
  resourceLogs: [{ resource: { attributes: resource }, scopeLogs: [{ logRecords: records }] }],
});

/** A request for spans with one resource and one scope. */
export const tracesRequest = (
  spans: readonly Json[],
  resource: readonly Json[] = [textAttribute('service.name', 'checkout')],
): Json => ({
  resourceSpans: [{ resource: { attributes: resource }, scopeSpans: [{ spans }] }],
});

/** A request for metrics with one resource and one scope. */
export const metricsRequest = (
  metrics: readonly Json[],
  resource: readonly Json[] = [textAttribute('service.name', 'checkout')],
  scope: Json = {},
): Json => ({
  resourceMetrics: [{ resource: { attributes: resource }, scopeMetrics: [{ scope, metrics }] }],
});

export const textAttribute = (key: string, stringValue: string): Json => ({ key, value: { stringValue } });

/** 2026-01-01T00:00:00Z, in nanoseconds and (for clocks) in milliseconds. */
export const newYear = 1_767_225_600_000_000_000n;
export const newYearMilliseconds = 1_767_225_600_000;

export const traceId = '5b8efff798038103d269b633813fc60c';
export const spanId = 'eee19b7ec3c1b174';

/** A log record and a span that nothing is wrong with. */
export const log = (body: string, fields: Record<string, Json> = {}): Json => ({
  timeUnixNano: String(newYear),
  severityNumber: 9,
  body: { stringValue: body },
  ...fields,
});

export const span = (name: string, fields: Record<string, Json> = {}): Json => ({
  traceId,
  spanId,
  name,
  kind: 2,
  startTimeUnixNano: String(newYear),
  endTimeUnixNano: String(newYear + 1_000_000n),
  ...fields,
});

/** A gauge with one point that nothing is wrong with. */
export const gauge = (name: string, asDouble: number, fields: Record<string, Json> = {}): Json => ({
  name,
  gauge: { dataPoints: [{ timeUnixNano: String(newYear), asDouble, ...fields }] },
});
