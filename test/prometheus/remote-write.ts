import protobuf from 'protobufjs';

/** A sample of a series that is sent: a float, or a native histogram with exponential buckets of counts. */
export interface SentSample {
  readonly timestamp: number;
  readonly value?: number;
  readonly histogram?: SentHistogram;
}

export interface SentHistogram {
  readonly schema: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly sum: number;
  /** Index of the first bucket, and the counts from there on. */
  readonly offset: number;
  readonly counts: readonly number[];
}

export interface SentSeries {
  readonly labels: Readonly<Record<string, string>>;
  readonly samples: readonly SentSample[];
}

// The parts of prometheus/prompb/{remote,types}.proto that are needed here.
const { root } = protobuf.parse(`
  syntax = "proto3";
  message WriteRequest { repeated TimeSeries timeseries = 1; }
  message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; repeated Histogram histograms = 4; }
  message Label { string name = 1; string value = 2; }
  message Sample { double value = 1; int64 timestamp = 2; }
  message BucketSpan { sint32 offset = 1; uint32 length = 2; }
  message Histogram {
    oneof count { double count_float = 2; } double sum = 3; sint32 schema = 4; double zero_threshold = 5;
    oneof zero_count { double zero_count_float = 7; } repeated BucketSpan positive_spans = 11; repeated double positive_counts = 13;
    int64 timestamp = 15;
  }
`);
const writeRequest = root.lookupType('WriteRequest');

/** Sends series by remote write 1.0. */
export async function remoteWrite(url: URL, series: readonly SentSeries[]): Promise<void> {
  const timeseries = series.map(({ labels, samples }) => ({
    labels: Object.entries(labels)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => ({ name, value })),
    samples: samples.filter(({ histogram }) => histogram === undefined),
    histograms: samples.flatMap(({ timestamp, histogram }) =>
      histogram === undefined ? [] : [encodedHistogram(timestamp, histogram)],
    ),
  }));
  const message = writeRequest.encode(writeRequest.fromObject({ timeseries })).finish();
  const response = await fetch(url, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/x-protobuf',
      'Content-Encoding': 'snappy',
      'X-Prometheus-Remote-Write-Version': '0.1.0',
    },
    body: snappyLiterals(message),
  });
  if (!response.ok) throw new Error(`remote write: ${response.status} ${await response.text()}`);
}

function encodedHistogram(timestamp: number, histogram: SentHistogram): object {
  const { schema, zeroThreshold, zeroCount, sum, offset, counts } = histogram;
  return {
    timestamp,
    schema,
    zeroThreshold,
    zeroCountFloat: zeroCount,
    sum,
    countFloat: counts.reduce((total, count) => total + count, zeroCount),
    positiveSpans: [{ offset, length: counts.length }],
    positiveCounts: counts,
  };
}

/** Snappy's block format with nothing compressed: the length, then literals. */
function snappyLiterals(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const parts: number[][] = [varint(bytes.length)];
  const blocks: Uint8Array[] = [Uint8Array.from(parts[0] ?? [])];
  for (let i = 0; i < bytes.length; i += 65_536) {
    const block = bytes.subarray(i, i + 65_536);
    const length = block.length - 1;
    // A literal whose length is in the two bytes that follow.
    blocks.push(Uint8Array.of(61 << 2, length & 0xff, length >> 8), block);
  }
  return Uint8Array.from(Buffer.concat(blocks));
}

function varint(value: number): number[] {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest >>>= 7) bytes.push((rest & 0x7f) | 0x80);
  return [...bytes, rest];
}
