import type { LogRecord, Origin, SpanRecord } from '../../store/rows/record.ts';
import { InputError } from '../../telemetry/input-error.ts';
import { withoutRepeatedKeys } from './attributes.ts';
import type { OtlpMetric } from './metric-model.ts';
import { readMetric } from './protobuf-metrics.ts';
import { readLogRecord, readSpan } from './protobuf-records.ts';
import { type Defects, readAttribute } from './protobuf-values.ts';
import type { TextCache } from './text-cache.ts';
import { WireReader } from './wire-reader.ts';

/** Takes the records of a request one by one; those of one scope share the origin. */
export type Receive<R> = (record: R, origin: Origin) => void;

/**
 * Decodes an ExportLogsServiceRequest in protobuf's binary encoding. Unknown fields are passed over.
 * Throws `InputError` where the data is no such message; records that came before were given out by then.
 */
export function decodeLogsProtobuf(bytes: Uint8Array, texts: TextCache, receive: Receive<LogRecord>): void {
  decodeRequest('ExportLogsServiceRequest', bytes, texts, readLogRecord, receive);
}

/** The same for an ExportTraceServiceRequest. */
export function decodeTracesProtobuf(
  bytes: Uint8Array,
  texts: TextCache,
  receive: Receive<SpanRecord>,
): void {
  decodeRequest('ExportTraceServiceRequest', bytes, texts, readSpan, receive);
}

/** The same for an ExportMetricsServiceRequest: metric by metric. */
export function decodeMetricsProtobuf(
  bytes: Uint8Array,
  texts: TextCache,
  receive: Receive<OtlpMetric>,
): void {
  decodeRequest('ExportMetricsServiceRequest', bytes, texts, readMetric, receive);
}

type ReadRecord<R> = (wire: WireReader, end: number) => R;

function decodeRequest<R>(
  message: string,
  bytes: Uint8Array,
  texts: TextCache,
  read: ReadRecord<R>,
  receive: Receive<R>,
): void {
  const wire = new WireReader(bytes, texts);
  let receiving = false;
  const passOn: Receive<R> = (record, origin) => {
    receiving = true;
    receive(record, origin);
    receiving = false;
  };
  try {
    while (wire.pos < bytes.length) {
      const tag = wire.tag();
      if (tag === ((1 << 3) | 2)) readResourceGroup(wire, read, passOn);
      else wire.skipField(tag);
    }
  } catch (error) {
    if (receiving || error instanceof TypeError) throw error;
    const reason = error instanceof RangeError ? 'the data ends too early' : 'there is no valid field';
    throw new InputError(`the body is not an ${message} in protobuf: ${reason}, at byte ${wire.pos}`);
  }
}

/** ResourceLogs, ResourceSpans and ResourceMetrics. */
function readResourceGroup<R>(wire: WireReader, read: ReadRecord<R>, receive: Receive<R>): void {
  const group = scanGroup(wire);
  const defects: Defects = { defect: undefined };
  const attributes: string[] = [];
  for (const place of group.heads) readResource(wire.at(place), attributes, defects);
  const resource = { attributes: withoutRepeatedKeys(attributes), schemaUrl: group.schemaUrl };
  for (const place of group.members) {
    readScopeGroup(wire.at(place), { resource, defect: defects.defect }, read, receive);
  }
  wire.pos = group.end;
}

/** ScopeLogs, ScopeSpans and ScopeMetrics. */
function readScopeGroup<R>(
  wire: WireReader,
  { resource, defect }: Pick<Origin, 'resource' | 'defect'>,
  read: ReadRecord<R>,
  receive: Receive<R>,
): void {
  const group = scanGroup(wire);
  const defects: Defects = { defect };
  const scope = { name: '', version: '', attributes: [] };
  for (const place of group.heads) readScope(wire.at(place), scope, defects);
  const origin: Origin = {
    resource,
    scope: { ...scope, attributes: withoutRepeatedKeys(scope.attributes), schemaUrl: group.schemaUrl },
    defect: defects.defect,
  };
  for (const place of group.members) {
    wire.pos = place;
    const end = wire.messageEnd();
    const record = read(wire, end);
    wire.closeMessage(end);
    receive(record, origin);
  }
  wire.pos = group.end;
}

interface Group {
  /** Where its resource or scope is: protobuf allows several, which count as one. */
  readonly heads: readonly number[];
  /** Where its scopes or records are. */
  readonly members: readonly number[];
  readonly schemaUrl: string;
  readonly end: number;
}

/** Finds the parts of a resource or scope group, which may come in any order: the head is needed first. */
function scanGroup(wire: WireReader): Group {
  const heads: number[] = [];
  const members: number[] = [];
  let schemaUrl = '';
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 2:
        heads.push(wire.pos);
        wire.skipField(tag);
        break;
      case (2 << 3) | 2:
        members.push(wire.pos);
        wire.skipField(tag);
        break;
      case (3 << 3) | 2:
        schemaUrl = wire.text();
        break;
      default:
        wire.skipField(tag);
    }
  }
  wire.closeMessage(end);
  return { heads, members, schemaUrl, end };
}

function readResource(wire: WireReader, attributes: string[], defects: Defects): void {
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    if (tag === ((1 << 3) | 2)) readAttribute(wire, attributes, defects);
    else wire.skipField(tag);
  }
  wire.closeMessage(end);
}

function readScope(
  wire: WireReader,
  scope: { name: string; version: string; attributes: string[] },
  defects: Defects,
): void {
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 2:
        scope.name = wire.text();
        break;
      case (2 << 3) | 2:
        scope.version = wire.text();
        break;
      case (3 << 3) | 2:
        readAttribute(wire, scope.attributes, defects);
        break;
      default:
        wire.skipField(tag);
    }
  }
  wire.closeMessage(end);
}
