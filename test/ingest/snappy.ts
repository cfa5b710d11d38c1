/** Deflates into Snappy's block format: a copy where four bytes were seen before, literals else. */
export function deflateSnappy(data: Uint8Array): Uint8Array<ArrayBuffer> {
  const out: number[] = varint(data.length);
  const seen = new Map<number, number>();
  let literal = 0;
  let at = 0;
  while (at + 4 <= data.length) {
    const key = Buffer.from(data.buffer, data.byteOffset + at, 4).readUInt32LE();
    const before = seen.get(key);
    seen.set(key, at);
    if (before === undefined) {
      at += 1;
      continue;
    }
    let length = 4;
    while (length < 64 && at + length < data.length && data[before + length] === data[at + length]) length++;
    pushLiteral(out, data.subarray(literal, at));
    pushCopy(out, at - before, length);
    at += length;
    literal = at;
  }
  pushLiteral(out, data.subarray(literal));
  return Uint8Array.from(out);
}

function pushLiteral(out: number[], bytes: Uint8Array): void {
  if (bytes.length === 0) return;
  const last = bytes.length - 1;
  if (last < 60) out.push(last << 2);
  else if (last < 256) out.push(60 << 2, last);
  else if (last < 65_536) out.push(61 << 2, last & 255, last >>> 8);
  else out.push(62 << 2, last & 255, (last >>> 8) & 255, last >>> 16);
  for (const byte of bytes) out.push(byte);
}

function pushCopy(out: number[], offset: number, length: number): void {
  if (length < 12 && offset < 2048) out.push(1 | ((length - 4) << 2) | ((offset >>> 8) << 5), offset & 255);
  else if (offset < 65_536) out.push(2 | ((length - 1) << 2), offset & 255, offset >>> 8);
  else {
    const bytes = [offset & 255, (offset >>> 8) & 255, (offset >>> 16) & 255, offset >>> 24];
    out.push(3 | ((length - 1) << 2), ...bytes);
  }
}

/** An unsigned number in seven bits a byte, least first. */
export function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) | 128);
  return [...bytes, rest];
}
