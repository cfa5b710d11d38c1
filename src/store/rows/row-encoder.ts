import { attribute, type LogRecord, type Origin, type SpanRecord } from './record.ts';
import type { RowBinaryWriter } from './row-binary-writer.ts';

/** Writes records of one signal as rows of the columns in `rowColumns`. */
export interface RowEncoder<R> {
  /** The time that the row is stored under, nanoseconds since the epoch. */
  time(record: R): bigint;
  /** The columns that belong to the record itself. */
  record(writer: RowBinaryWriter, record: R): void;
  /** The columns that follow, the same for all records of an origin. */
  origin(writer: RowBinaryWriter, origin: Origin): void;
}

/** `SpanKind` and `StatusCode` by their number in OTLP, as the Collector spells them. */
const spanKinds = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer'];
const statusCodes = ['Unset', 'Ok', 'Error'];

const serviceName = (origin: Origin): string => attribute(origin.resource.attributes, 'service.name') ?? '';

export const logRows: RowEncoder<LogRecord> = {
  time: ({ time }) => time,
  record(writer, record) {
    writer.int64(record.time);
    writer.string(record.traceId);
    writer.string(record.spanId);
    writer.uint8(record.flags & 0xff);
    writer.string(record.severityText);
    writer.uint8(inByte(record.severityNumber));
    writer.string(record.body);
    writer.attributes(record.attributes);
    writer.string(record.eventName);
  },
  origin(writer, origin) {
    const { resource, scope } = origin;
    writer.string(serviceName(origin));
    writer.string(resource.schemaUrl);
    writer.attributes(resource.attributes);
    writer.string(scope.schemaUrl);
    writer.string(scope.name);
    writer.string(scope.version);
    writer.attributes(scope.attributes);
  },
};

export const spanRows: RowEncoder<SpanRecord> = {
  time: ({ start }) => start,
  record(writer, span) {
    writer.int64(span.start);
    writer.string(span.traceId);
    writer.string(span.spanId);
    writer.string(span.parentSpanId);
    writer.string(span.traceState);
    writer.string(span.name);
    writer.string(spanKinds[span.kind] ?? 'Unspecified');
    writer.attributes(span.attributes);
    writer.uint64(span.end > span.start ? span.end - span.start : 0n);
    writer.string(statusCodes[span.statusCode] ?? 'Unset');
    writer.string(span.statusMessage);
    writeEvents(writer, span);
    writeLinks(writer, span);
  },
  origin(writer, origin) {
    writer.string(serviceName(origin));
    writer.attributes(origin.resource.attributes);
    writer.string(origin.scope.name);
    writer.string(origin.scope.version);
  },
};

/** A Nested column is one array for each of its elements. */
function writeEvents(writer: RowBinaryWriter, { events }: SpanRecord): void {
  writer.varint(events.length);
  for (const event of events) writer.int64(event.time);
  writer.varint(events.length);
  for (const event of events) writer.string(event.name);
  writer.varint(events.length);
  for (const event of events) writer.attributes(event.attributes);
}

function writeLinks(writer: RowBinaryWriter, { links }: SpanRecord): void {
  writer.varint(links.length);
  for (const link of links) writer.string(link.traceId);
  writer.varint(links.length);
  for (const link of links) writer.string(link.spanId);
  writer.varint(links.length);
  for (const link of links) writer.string(link.traceState);
  writer.varint(links.length);
  for (const link of links) writer.attributes(link.attributes);
}

const inByte = (value: number): number => (value >= 0 && value <= 255 ? value : 0);
