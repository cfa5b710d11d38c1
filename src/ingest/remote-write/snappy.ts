import { InputError } from '../../telemetry/input-error.ts';
import { PayloadTooLargeError } from '../payload-too-large.ts';

/** A copy makes at most 64 bytes of three. */
const mostExpansion = 64 / 3;

/** Literals and copies this short are moved faster by a loop than by a call. */
const shortRun = 16;

/**
 * Inflates Snappy's block format. The declared length is checked before any memory is taken for it, and
 * what comes out has to fill it exactly.
 * https://github.com/google/snappy/blob/main/format_description.txt
 *
 * @param mostBytes how long the result may be
 * @throws InputError where the data is no such block, PayloadTooLargeError past `mostBytes`
 */
export function inflateSnappy(data: Uint8Array, mostBytes: number): Uint8Array {
  if (isFramed(data)) throw broken('it is in the framed format; send the block format');
  const header = readLength(data);
  if (header.length > mostBytes) {
    throw new PayloadTooLargeError(
      `the body has more than ${mostBytes} bytes once it is inflated; send smaller batches`,
    );
  }
  if (header.length > data.length * mostExpansion) throw broken('it can not be as long as it says');
  const out = new Uint8Array(header.length);
  let from = header.end;
  let to = 0;
  while (from < data.length) {
    const tag = byteAt(data, from);
    from += 1;
    if ((tag & 3) === 0) {
      let length = (tag >>> 2) + 1;
      if (length > 60) {
        const bytes = length - 60;
        length = littleEndian(data, from, bytes) + 1;
        from += bytes;
      }
      if (from + length > data.length) throw broken('it ends early');
      if (to + length > out.length) throw broken('it is longer than it says');
      if (length <= shortRun) for (let i = 0; i < length; i++) out[to + i] = byteAt(data, from + i);
      else out.set(data.subarray(from, from + length), to);
      from += length;
      to += length;
    } else {
      const form = tag & 3;
      const length = form === 1 ? ((tag >>> 2) & 7) + 4 : (tag >>> 2) + 1;
      const bytes = form === 3 ? 4 : form;
      const offset = littleEndian(data, from, bytes) + (form === 1 ? (tag >>> 5) << 8 : 0);
      from += bytes;
      if (offset === 0 || offset > to) throw broken('a copy starts before the data');
      if (to + length > out.length) throw broken('it is longer than it says');
      if (length > shortRun && offset >= length) out.copyWithin(to, to - offset, to - offset + length);
      else for (let i = 0; i < length; i++) out[to + i] = byteAt(out, to - offset + i);
      to += length;
    }
  }
  if (to < out.length) throw broken('it ends early');
  return out;
}

function readLength(data: Uint8Array): { readonly length: number; readonly end: number } {
  let length = 0;
  for (let i = 0; i < 5; i++) {
    if (i >= data.length) throw broken('it ends early');
    const byte = byteAt(data, i);
    length += (byte & 127) * 128 ** i;
    if (byte < 128) return { length, end: i + 1 };
  }
  throw broken('its length is not a 32-bit number');
}

function littleEndian(data: Uint8Array, from: number, bytes: number): number {
  if (from + bytes > data.length) throw broken('it ends early');
  let value = 0;
  for (let i = bytes - 1; i >= 0; i--) value = value * 256 + byteAt(data, from + i);
  return value;
}

/** The stream identifier that the framed format starts with. */
const frameStart = [0xff, 0x06, 0x00, 0x00, 0x73, 0x4e, 0x61, 0x50, 0x70, 0x59];

const isFramed = (data: Uint8Array): boolean => frameStart.every((byte, i) => data[i] === byte);

const byteAt = (data: Uint8Array, at: number): number => data[at] ?? 0;

const broken = (what: string): InputError => new InputError(`the body is not valid Snappy: ${what}`);
