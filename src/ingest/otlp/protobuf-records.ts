import type { LogRecord, SpanEvent, SpanLink, SpanRecord } from '../../store/rows/record.ts';
import { withoutRepeatedKeys } from './attributes.ts';
import { type Defects, readAttribute, readText } from './protobuf-values.ts';
import type { WireReader } from './wire-reader.ts';

// Cases are tags of opentelemetry/proto/logs/v1/logs.proto and trace/v1/trace.proto, as in protobuf-values.ts.

/** Reads a LogRecord up to `end`. */
export function readLogRecord(wire: WireReader, end: number): LogRecord {
  const defects: Defects = { defect: undefined };
  const attributes: string[] = [];
  let time = 0n;
  let observedTime = 0n;
  let severityNumber = 0;
  let severityText = '';
  let body = '';
  let flags = 0;
  let traceId = '';
  let spanId = '';
  let eventName = '';
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 1:
        time = wire.unsigned64();
        break;
      case (2 << 3) | 0:
        severityNumber = wire.int32();
        break;
      case (3 << 3) | 2:
        severityText = wire.text();
        break;
      case (5 << 3) | 2:
        body = readText(wire, defects);
        break;
      case (6 << 3) | 2:
        readAttribute(wire, attributes, defects);
        break;
      case (8 << 3) | 5:
        flags = wire.fixed32();
        break;
      case (9 << 3) | 2:
        traceId = wire.hexadecimal();
        break;
      case (10 << 3) | 2:
        spanId = wire.hexadecimal();
        break;
      case (11 << 3) | 1:
        observedTime = wire.unsigned64();
        break;
      case (12 << 3) | 2:
        eventName = wire.text();
        break;
      default:
        wire.skipField(tag);
    }
  }
  return {
    time,
    observedTime,
    severityNumber,
    severityText,
    body,
    attributes: withoutRepeatedKeys(attributes),
    traceId,
    spanId,
    flags,
    eventName,
    defect: defects.defect,
  };
}

/** Reads a Span up to `end`. */
export function readSpan(wire: WireReader, end: number): SpanRecord {
  const defects: Defects = { defect: undefined };
  const attributes: string[] = [];
  const events: SpanEvent[] = [];
  const links: SpanLink[] = [];
  const status = { code: 0, message: '' };
  let traceId = '';
  let spanId = '';
  let parentSpanId = '';
  let traceState = '';
  let name = '';
  let kind = 0;
  let start = 0n;
  let endTime = 0n;
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 2:
        traceId = wire.hexadecimal();
        break;
      case (2 << 3) | 2:
        spanId = wire.hexadecimal();
        break;
      case (3 << 3) | 2:
        traceState = wire.text();
        break;
      case (4 << 3) | 2:
        parentSpanId = wire.hexadecimal();
        break;
      case (5 << 3) | 2:
        name = wire.text();
        break;
      case (6 << 3) | 0:
        kind = wire.int32();
        break;
      case (7 << 3) | 1:
        start = wire.unsigned64();
        break;
      case (8 << 3) | 1:
        endTime = wire.unsigned64();
        break;
      case (9 << 3) | 2:
        readAttribute(wire, attributes, defects);
        break;
      case (11 << 3) | 2:
        events.push(readEvent(wire, defects));
        break;
      case (13 << 3) | 2:
        links.push(readLink(wire, defects));
        break;
      case (15 << 3) | 2:
        readStatus(wire, status);
        break;
      default:
        wire.skipField(tag);
    }
  }
  return {
    traceId,
    spanId,
    parentSpanId,
    traceState,
    name,
    kind,
    start,
    end: endTime,
    attributes: withoutRepeatedKeys(attributes),
    events,
    links,
    statusCode: status.code,
    statusMessage: status.message,
    defect: defects.defect,
  };
}

function readEvent(wire: WireReader, defects: Defects): SpanEvent {
  const attributes: string[] = [];
  let time = 0n;
  let name = '';
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 1:
        time = wire.unsigned64();
        break;
      case (2 << 3) | 2:
        name = wire.text();
        break;
      case (3 << 3) | 2:
        readAttribute(wire, attributes, defects);
        break;
      default:
        wire.skipField(tag);
    }
  }
  wire.closeMessage(end);
  return { time, name, attributes: withoutRepeatedKeys(attributes) };
}

function readLink(wire: WireReader, defects: Defects): SpanLink {
  const attributes: string[] = [];
  let traceId = '';
  let spanId = '';
  let traceState = '';
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 2:
        traceId = wire.hexadecimal();
        break;
      case (2 << 3) | 2:
        spanId = wire.hexadecimal();
        break;
      case (3 << 3) | 2:
        traceState = wire.text();
        break;
      case (4 << 3) | 2:
        readAttribute(wire, attributes, defects);
        break;
      default:
        wire.skipField(tag);
    }
  }
  wire.closeMessage(end);
  return { traceId, spanId, traceState, attributes: withoutRepeatedKeys(attributes) };
}

function readStatus(wire: WireReader, status: { code: number; message: string }): void {
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (2 << 3) | 2:
        status.message = wire.text();
        break;
      case (3 << 3) | 0:
        status.code = wire.int32();
        break;
      default:
        wire.skipField(tag);
    }
  }
  wire.closeMessage(end);
}
