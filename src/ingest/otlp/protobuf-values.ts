import { type AnyValue, asString, deepestValue, tooDeep } from './any-value.ts';
import type { WireReader } from './wire-reader.ts';

// Cases are tags of opentelemetry/proto/common/v1/common.proto: field number << 3 | wire type
// (0 varint, 1 64 bits, 2 length-delimited, 5 32 bits).

/** What is read of a message beside its values: the first reason why it can't be stored. */
export interface Defects {
  defect: string | undefined;
}

/** Reads a KeyValue and adds its key and its value as text to `pairs`. */
export function readAttribute(wire: WireReader, pairs: string[], defects: Defects): void {
  let key = '';
  let text = '';
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 2:
        key = wire.text();
        break;
      case (2 << 3) | 2:
        text = readText(wire, defects);
        break;
      default:
        wire.skipField(tag);
    }
  }
  wire.closeMessage(end);
  pairs.push(key, text);
}

/** Reads an AnyValue as text. */
export function readText(wire: WireReader, defects: Defects): string {
  return asString(readValue(wire, 0, defects));
}

function readValue(wire: WireReader, depth: number, defects: Defects): AnyValue {
  let value: AnyValue = null;
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 2:
        value = wire.text();
        break;
      case (2 << 3) | 0:
        value = wire.bool();
        break;
      case (3 << 3) | 0:
        value = wire.signed64();
        break;
      case (4 << 3) | 1:
        value = wire.double();
        break;
      case (5 << 3) | 2:
        value = readArray(wire, depth + 1, defects);
        break;
      case (6 << 3) | 2:
        value = readMap(wire, depth + 1, defects);
        break;
      case (7 << 3) | 2:
        value = wire.ownBytes();
        break;
      default:
        wire.skipField(tag);
    }
  }
  wire.closeMessage(end);
  return value;
}

function readArray(wire: WireReader, depth: number, defects: Defects): AnyValue {
  const values: AnyValue[] = [];
  const end = wire.messageEnd();
  if (depth > deepestValue) return passTooDeep(wire, end, defects);
  while (wire.pos < end) {
    const tag = wire.tag();
    if (tag === ((1 << 3) | 2)) values.push(readValue(wire, depth, defects));
    else wire.skipField(tag);
  }
  wire.closeMessage(end);
  return values;
}

function readMap(wire: WireReader, depth: number, defects: Defects): AnyValue {
  const values = new Map<string, AnyValue>();
  const end = wire.messageEnd();
  if (depth > deepestValue) return passTooDeep(wire, end, defects);
  while (wire.pos < end) {
    const tag = wire.tag();
    if (tag === ((1 << 3) | 2)) readEntry(wire, values, depth, defects);
    else wire.skipField(tag);
  }
  wire.closeMessage(end);
  return values;
}

function readEntry(wire: WireReader, values: Map<string, AnyValue>, depth: number, defects: Defects): void {
  let key = '';
  let value: AnyValue = null;
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 2:
        key = wire.text();
        break;
      case (2 << 3) | 2:
        value = readValue(wire, depth, defects);
        break;
      default:
        wire.skipField(tag);
    }
  }
  wire.closeMessage(end);
  values.set(key, value);
}

function passTooDeep(wire: WireReader, end: number, defects: Defects): AnyValue {
  defects.defect ??= tooDeep;
  wire.pos = end;
  return null;
}
