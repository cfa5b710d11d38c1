import type { MessageReader } from './message-reader.ts';

/** More spans, buckets or bounds than this are counted no further; such a histogram is rejected. */
export const mostBuckets = 1 << 16;

/** The buckets of one side, as they are sent. */
export interface SideMessage {
  /** Offset and length of each span in turn. */
  readonly spans: number[];
  /** The counts of an integer histogram, each less the one before. */
  readonly deltas: number[];
  /** The counts of a float histogram. */
  readonly counts: number[];
}

/** A native histogram as it is sent: the Histogram message of both versions. */
export interface HistogramMessage {
  count: number;
  isFloat: boolean;
  /** `stale` marks the end of the series. */
  sum: number | 'stale';
  schema: number;
  zeroThreshold: number;
  zeroCount: number;
  readonly positive: SideMessage;
  readonly negative: SideMessage;
  readonly customValues: number[];
  resetHint: number;
  /** Milliseconds since the epoch. */
  timestamp: number;
  /** 0 where it is not known; version 1 has none. */
  startTimestamp: number;
}

// Cases are tags of prometheus.Histogram and io.prometheus.write.v2.Histogram, which agree but for field 17:
// https://github.com/prometheus/prometheus/blob/main/prompb/types.proto
// https://github.com/prometheus/prometheus/blob/main/prompb/io/prometheus/write/v2/types.proto

/** Reads a Histogram, which is a field. */
export function readHistogram(wire: MessageReader, hasStart: boolean): HistogramMessage {
  const histogram: HistogramMessage = {
    count: 0,
    isFloat: false,
    sum: 0,
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    positive: { spans: [], deltas: [], counts: [] },
    negative: { spans: [], deltas: [], counts: [] },
    customValues: [],
    resetHint: 0,
    timestamp: 0,
    startTimestamp: 0,
  };
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    if (!readField(wire, tag, histogram, hasStart)) wire.skipField(tag);
  }
  wire.closeMessage(end);
  return histogram;
}

/** False for a field that is not known. */
function readField(wire: MessageReader, tag: number, into: HistogramMessage, hasStart: boolean): boolean {
  const { positive, negative } = into;
  const difference = (): number => wire.difference();
  const double = (): number => wire.double();
  switch (tag) {
    case (1 << 3) | 0:
      into.count = wire.count();
      into.isFloat = false;
      return true;
    case (2 << 3) | 1:
      into.count = wire.double();
      into.isFloat = true;
      return true;
    case (3 << 3) | 1:
      into.sum = wire.doubleOrStale();
      return true;
    case (4 << 3) | 0:
      into.schema = wire.sint32();
      return true;
    case (5 << 3) | 1:
      into.zeroThreshold = wire.double();
      return true;
    case (6 << 3) | 0:
      into.zeroCount = wire.count();
      return true;
    case (7 << 3) | 1:
      into.zeroCount = wire.double();
      return true;
    case (8 << 3) | 2:
      readSpan(wire, negative.spans);
      return true;
    case (9 << 3) | 2:
    case (9 << 3) | 0:
      wire.numbers(tag, negative.deltas, mostBuckets + 1, difference);
      return true;
    case (10 << 3) | 2:
    case (10 << 3) | 1:
      wire.numbers(tag, negative.counts, mostBuckets + 1, double);
      return true;
    case (11 << 3) | 2:
      readSpan(wire, positive.spans);
      return true;
    case (12 << 3) | 2:
    case (12 << 3) | 0:
      wire.numbers(tag, positive.deltas, mostBuckets + 1, difference);
      return true;
    case (13 << 3) | 2:
    case (13 << 3) | 1:
      wire.numbers(tag, positive.counts, mostBuckets + 1, double);
      return true;
    case (14 << 3) | 0:
      into.resetHint = wire.int32();
      return true;
    case (15 << 3) | 0:
      into.timestamp = wire.integer();
      return true;
    case (16 << 3) | 2:
    case (16 << 3) | 1:
      wire.numbers(tag, into.customValues, mostBuckets + 1, double);
      return true;
    case (17 << 3) | 0:
      if (!hasStart) return false;
      into.startTimestamp = wire.integer();
      return true;
    default:
      return false;
  }
}

function readSpan(wire: MessageReader, spans: number[]): void {
  let offset = 0;
  let length = 0;
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 0:
        offset = wire.sint32();
        break;
      case (2 << 3) | 0:
        length = wire.uint32();
        break;
      default:
        wire.skipField(tag);
    }
  }
  wire.closeMessage(end);
  if (spans.length <= 2 * mostBuckets) spans.push(offset, length);
}
