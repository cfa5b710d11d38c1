/**
 * Encodes series as a request of Prometheus remote write 1.0, for tests and benchmarks: written from its
 * protobuf definition, and compressed without any compression, which snappy allows.
 */

/** A writer of protobuf's wire format. */
class Writer {
  #bytes = Buffer.allocUnsafe(1 << 16);
  #length = 0;

  #reserve(more) {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + more));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }

  /** A varint of a number of at most 53 bits, negative ones in two's complement of 64 bits. */
  varint(value) {
    this.#reserve(10);
    if (value < 0) {
      let rest = BigInt.asUintN(64, BigInt(value));
      for (; rest > 0x7fn; rest >>= 7n) this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      this.#bytes[this.#length++] = Number(rest);
      return this;
    }
    let rest = value;
    for (; rest > 0x7f; rest = Math.floor(rest / 128)) this.#bytes[this.#length++] = (rest % 128) | 0x80;
    this.#bytes[this.#length++] = rest;
    return this;
  }

  field(number, wireType) {
    return this.varint(number * 8 + wireType);
  }

  double(number, value) {
    this.field(number, 1).#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
    return this;
  }

  int(number, value) {
    return this.field(number, 0).varint(value);
  }

  signed(number, value) {
    return this.int(number, value >= 0 ? value * 2 : -value * 2 - 1);
  }

  raw(number, bytes) {
    this.field(number, 2).varint(bytes.length).#reserve(bytes.length);
    this.#length += bytes.copy(this.#bytes, this.#length);
    return this;
  }

  text(number, value) {
    return this.raw(number, Buffer.from(value));
  }

  message(number, write) {
    const inner = new Writer();
    write(inner);
    return this.raw(number, inner.bytes());
  }

  doubles(number, values) {
    return this.raw(number, Buffer.from(Float64Array.from(values).buffer));
  }

  bytes() {
    return this.#bytes.subarray(0, this.#length);
  }
}

const staleMarker = Buffer.from([2, 0, 0, 0, 0, 0, 0xf0, 0x7f]);
const hints = ['unknown', 'reset', 'not_reset', 'gauge'];

export function encodeWriteRequest(series) {
  const request = new Writer();
  for (const { labels, samples } of series) {
    request.message(1, (one) => {
      for (const name of Object.keys(labels).sort()) {
        one.message(1, (label) => label.text(1, name).text(2, labels[name]));
      }
      for (const sample of samples) {
        if (sample.histogram) one.message(4, (message) => writeHistogram(message, sample));
        else one.raw(2, encodeSample(sample));
      }
    });
  }
  return compress(request.bytes());
}

function encodeSample({ timestamp, value, stale }) {
  const sample = new Writer();
  sample.double(1, value).int(2, timestamp);
  const bytes = sample.bytes();
  // The marker is a signalling NaN, which a number of JavaScript does not keep.
  if (stale) staleMarker.copy(bytes, 1);
  return bytes;
}

function writeHistogram(message, { timestamp, histogram }) {
  message.double(2, histogram.count).double(3, histogram.sum).signed(4, histogram.schema);
  message.double(5, histogram.zeroThreshold).double(7, histogram.zeroCount);
  writeBuckets(message, histogram.negative, 8, 10);
  writeBuckets(message, histogram.positive, 11, 13);
  message.int(14, hints.indexOf(histogram.hint)).int(15, timestamp);
  if (histogram.customValues.length > 0) message.doubles(16, histogram.customValues);
}

function writeBuckets(message, { indices, counts }, spanField, countField) {
  let end = 0;
  for (let first = 0; first < indices.length; ) {
    let last = first;
    while (indices[last + 1] === indices[last] + 1) last++;
    const offset = indices[first] - end;
    message.message(spanField, (span) => span.signed(1, offset).int(2, last - first + 1));
    end = indices[last] + 1;
    first = last + 1;
  }
  if (counts.length > 0) message.doubles(countField, counts);
}

/** Snappy's block format, of literals alone. */
function compress(bytes) {
  const writer = new Writer().varint(bytes.length);
  const parts = [Buffer.from(writer.bytes())];
  for (let start = 0; start < bytes.length; start += 1 << 16) {
    const part = bytes.subarray(start, start + (1 << 16));
    const tag = Buffer.from([61 << 2, (part.length - 1) & 0xff, (part.length - 1) >> 8]);
    parts.push(tag, part);
  }
  return Buffer.concat(parts);
}

/** Posts series to a remote write receiver; throws with its answer where it doesn't take them. */
export async function remoteWrite(url, series, headers = {}) {
  const response = await fetch(url, {
    method: 'POST',
    body: encodeWriteRequest(series),
    headers: {
      'content-type': 'application/x-protobuf',
      'content-encoding': 'snappy',
      'x-prometheus-remote-write-version': '0.1.0',
      ...headers,
    },
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`remote write: ${response.status} ${text.slice(0, 500)}`);
}
