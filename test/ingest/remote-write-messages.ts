import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';
import type { Json } from './otlp-messages.ts';
import { deflateSnappy } from './snappy.ts';

const { root } = protobuf.parse(readFileSync(new URL('./remote-write.proto', import.meta.url), 'utf8'));

/** Stands for Prometheus' stale marker in messages: JavaScript may lose the bits of that NaN. */
export const stale = -1.234_567_890_123_4e-300;
const staleBits = Buffer.from([2, 0, 0, 0, 0, 0, 0xf0, 0x7f]);

/** Encodes a message of remote-write.proto with protobufjs' reflection; fields are in camelCase. */
export function encodeMessage(type: 'WriteRequest' | 'Request', message: Json): Uint8Array<ArrayBuffer> {
  if (typeof message !== 'object' || message === null) throw new TypeError('a message is an object');
  const reflected = root.lookupType(type);
  const bytes = Buffer.from(reflected.encode(reflected.fromObject(message)).finish());
  const placeholder = Buffer.alloc(8);
  placeholder.writeDoubleLE(stale);
  for (let at = bytes.indexOf(placeholder); at >= 0; at = bytes.indexOf(placeholder, at)) {
    staleBits.copy(bytes, at);
  }
  return Uint8Array.from(bytes);
}

/** The same, as the body of a request. */
export const bodyOf = (type: 'WriteRequest' | 'Request', message: Json): Uint8Array<ArrayBuffer> =>
  deflateSnappy(encodeMessage(type, message));

/** Label messages of version 1. */
export const labelList = (labels: Readonly<Record<string, string>>): Json =>
  Object.entries(labels).map(([name, value]) => ({ name, value }));

/** A series of version 1. */
export const seriesV1 = (
  labels: Readonly<Record<string, string>>,
  samples: readonly (readonly [timestamp: number, value: number])[],
  fields: Record<string, Json> = {},
): Json => ({
  labels: labelList(labels),
  samples: samples.map(([timestamp, value]) => ({ timestamp, value })),
  ...fields,
});

/** The table of texts of a request of version 2, which grows as series are made. */
export class Symbols {
  readonly texts: string[] = [''];

  refer(text: string): number {
    const at = this.texts.indexOf(text);
    return at < 0 ? this.texts.push(text) - 1 : at;
  }

  /** The references of labels, names and values in turn. */
  labels(labels: Readonly<Record<string, string>>): number[] {
    return Object.entries(labels).flatMap(([name, value]) => [this.refer(name), this.refer(value)]);
  }
}

/** A request of version 2, of series that are made with its symbols. */
export function requestV2(make: (symbols: Symbols) => readonly Json[]): Json {
  const symbols = new Symbols();
  const timeseries = make(symbols);
  return { symbols: symbols.texts, timeseries };
}
