const MASK = 0xffff_ffff_ffff_ffffn;
const PRIME1 = 0x9e37_79b1_85eb_ca87n;
const PRIME2 = 0xc2b2_ae3d_27d4_eb4fn;
const PRIME3 = 0x1656_67b1_9e37_79f9n;
const PRIME4 = 0x85eb_ca77_c2b2_ae63n;
const PRIME5 = 0x27d4_eb2f_1656_67c5n;

/** xxHash64 of bytes, with seed 0. */
export function xxhash64(bytes: Uint8Array): bigint {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { length } = bytes;
  let at = 0;
  let hash: bigint;
  if (length >= 32) {
    let lanes: [bigint, bigint, bigint, bigint] = [(PRIME1 + PRIME2) & MASK, PRIME2, 0n, -PRIME1 & MASK];
    for (; at + 32 <= length; at += 32) {
      const [a, b, c, d] = lanes;
      lanes = [
        round(a, view.getBigUint64(at, true)),
        round(b, view.getBigUint64(at + 8, true)),
        round(c, view.getBigUint64(at + 16, true)),
        round(d, view.getBigUint64(at + 24, true)),
      ];
    }
    const [a, b, c, d] = lanes;
    hash = (rotate(a, 1n) + rotate(b, 7n) + rotate(c, 12n) + rotate(d, 18n)) & MASK;
    for (const lane of lanes) hash = ((hash ^ round(0n, lane)) * PRIME1 + PRIME4) & MASK;
  } else {
    hash = PRIME5;
  }
  hash = (hash + BigInt(length)) & MASK;
  for (; at + 8 <= length; at += 8) {
    hash ^= round(0n, view.getBigUint64(at, true));
    hash = (rotate(hash, 27n) * PRIME1 + PRIME4) & MASK;
  }
  if (at + 4 <= length) {
    hash ^= (BigInt(view.getUint32(at, true)) * PRIME1) & MASK;
    hash = (rotate(hash, 23n) * PRIME2 + PRIME3) & MASK;
    at += 4;
  }
  for (; at < length; at++) {
    hash ^= (BigInt(view.getUint8(at)) * PRIME5) & MASK;
    hash = (rotate(hash, 11n) * PRIME1) & MASK;
  }
  hash = ((hash ^ (hash >> 33n)) * PRIME2) & MASK;
  hash = ((hash ^ (hash >> 29n)) * PRIME3) & MASK;
  return hash ^ (hash >> 32n);
}

function round(lane: bigint, input: bigint): bigint {
  return (rotate((lane + input * PRIME2) & MASK, 31n) * PRIME1) & MASK;
}

function rotate(value: bigint, bits: bigint): bigint {
  return ((value << bits) & MASK) | (value >> (64n - bits));
}
