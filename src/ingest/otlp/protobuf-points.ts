import { withoutRepeatedKeys } from './attributes.ts';
import {
  type ExponentialBuckets,
  type ExponentialPoint,
  type HistogramPoint,
  mostBuckets,
  type NumberPoint,
  type SummaryPoint,
  tooManyBuckets,
} from './metric-model.ts';
import { type Defects, readAttribute } from './protobuf-values.ts';
import type { WireReader } from './wire-reader.ts';

// Cases are tags of opentelemetry/proto/metrics/v1/metrics.proto, as in protobuf-values.ts.

/** Reads a NumberDataPoint up to `end`. */
export function readNumberPoint(wire: WireReader, end: number): NumberPoint {
  const point = newPoint();
  let value: number | undefined;
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (2 << 3) | 1:
        point.start = wire.unsigned64();
        break;
      case (3 << 3) | 1:
        point.time = wire.unsigned64();
        break;
      case (4 << 3) | 1:
        value = wire.double();
        break;
      case (6 << 3) | 1:
        value = Number(BigInt.asIntN(64, wire.unsigned64()));
        break;
      case (7 << 3) | 2:
        readAttribute(wire, point.attributes, point);
        break;
      case (8 << 3) | 0:
        point.flags = wire.uint32();
        break;
      default:
        wire.skipField(tag);
    }
  }
  return { kind: 'number', value, ...closed(point) };
}

/** Reads a HistogramDataPoint up to `end`. */
export function readHistogramPoint(wire: WireReader, end: number): HistogramPoint {
  const point = newPoint();
  const bucketCounts: number[] = [];
  const bounds: number[] = [];
  let count = 0;
  let sum: number | undefined;
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (2 << 3) | 1:
        point.start = wire.unsigned64();
        break;
      case (3 << 3) | 1:
        point.time = wire.unsigned64();
        break;
      case (4 << 3) | 1:
        count = readCount(wire);
        break;
      case (5 << 3) | 1:
        sum = wire.double();
        break;
      case (6 << 3) | 1:
      case (6 << 3) | 2:
        readList(wire, tag, bucketCounts, readCount, point);
        break;
      case (7 << 3) | 1:
      case (7 << 3) | 2:
        readList(wire, tag, bounds, readDouble, point);
        break;
      case (9 << 3) | 2:
        readAttribute(wire, point.attributes, point);
        break;
      case (10 << 3) | 0:
        point.flags = wire.uint32();
        break;
      default:
        wire.skipField(tag);
    }
  }
  return { kind: 'histogram', count, sum, bucketCounts, bounds, ...closed(point) };
}

/** Reads an ExponentialHistogramDataPoint up to `end`. */
export function readExponentialPoint(wire: WireReader, end: number): ExponentialPoint {
  const point = newPoint();
  const positive: Sided = { offset: 0, counts: [] };
  const negative: Sided = { offset: 0, counts: [] };
  let count = 0;
  let sum: number | undefined;
  let scale = 0;
  let zeroCount = 0;
  let zeroThreshold = 0;
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 2:
        readAttribute(wire, point.attributes, point);
        break;
      case (2 << 3) | 1:
        point.start = wire.unsigned64();
        break;
      case (3 << 3) | 1:
        point.time = wire.unsigned64();
        break;
      case (4 << 3) | 1:
        count = readCount(wire);
        break;
      case (5 << 3) | 1:
        sum = wire.double();
        break;
      case (6 << 3) | 0:
        scale = wire.sint32();
        break;
      case (7 << 3) | 1:
        zeroCount = readCount(wire);
        break;
      case (8 << 3) | 2:
        readBuckets(wire, positive, point);
        break;
      case (9 << 3) | 2:
        readBuckets(wire, negative, point);
        break;
      case (10 << 3) | 0:
        point.flags = wire.uint32();
        break;
      case (14 << 3) | 1:
        zeroThreshold = wire.double();
        break;
      default:
        wire.skipField(tag);
    }
  }
  return {
    kind: 'exponential',
    count,
    sum,
    scale,
    zeroCount,
    zeroThreshold,
    positive,
    negative,
    ...closed(point),
  };
}

/** Reads a SummaryDataPoint up to `end`. */
export function readSummaryPoint(wire: WireReader, end: number): SummaryPoint {
  const point = newPoint();
  const quantiles: { quantile: number; value: number }[] = [];
  let count = 0;
  let sum = 0;
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (2 << 3) | 1:
        point.start = wire.unsigned64();
        break;
      case (3 << 3) | 1:
        point.time = wire.unsigned64();
        break;
      case (4 << 3) | 1:
        count = readCount(wire);
        break;
      case (5 << 3) | 1:
        sum = wire.double();
        break;
      case (6 << 3) | 2:
        if (quantiles.length < mostBuckets) {
          quantiles.push(readQuantile(wire));
        } else {
          point.defect ??= tooManyBuckets;
          wire.skipField(tag);
        }
        break;
      case (7 << 3) | 2:
        readAttribute(wire, point.attributes, point);
        break;
      case (8 << 3) | 0:
        point.flags = wire.uint32();
        break;
      default:
        wire.skipField(tag);
    }
  }
  return { kind: 'summary', count, sum, quantiles, ...closed(point) };
}

/** What every data point has, while it is read. */
interface OpenPoint extends Defects {
  readonly attributes: string[];
  start: bigint;
  time: bigint;
  flags: number;
}

const newPoint = (): OpenPoint => ({ attributes: [], start: 0n, time: 0n, flags: 0, defect: undefined });

const closed = (point: OpenPoint) => ({ ...point, attributes: withoutRepeatedKeys(point.attributes) });

interface Sided extends ExponentialBuckets {
  offset: number;
  readonly counts: number[];
}

function readBuckets(wire: WireReader, buckets: Sided, defects: Defects): void {
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 0:
        buckets.offset = wire.sint32();
        break;
      case (2 << 3) | 0:
      case (2 << 3) | 2:
        readList(wire, tag, buckets.counts, readVarint, defects);
        break;
      default:
        wire.skipField(tag);
    }
  }
  wire.closeMessage(end);
}

function readQuantile(wire: WireReader): { quantile: number; value: number } {
  let quantile = 0;
  let value = 0;
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 1:
        quantile = wire.double();
        break;
      case (2 << 3) | 1:
        value = wire.double();
        break;
      default:
        wire.skipField(tag);
    }
  }
  wire.closeMessage(end);
  return { quantile, value };
}

/** Reads a repeated number: packed, or one of those that are not. */
function readList(
  wire: WireReader,
  tag: number,
  values: number[],
  read: (wire: WireReader) => number,
  defects: Defects,
): void {
  if ((tag & 7) !== 2) {
    if (values.length >= mostBuckets) defects.defect ??= tooManyBuckets;
    const value = read(wire);
    if (defects.defect === undefined) values.push(value);
    return;
  }
  const end = wire.messageEnd();
  while (wire.pos < end && values.length < mostBuckets) values.push(read(wire));
  if (wire.pos < end) {
    defects.defect ??= tooManyBuckets;
    wire.pos = end;
  }
  wire.closeMessage(end);
}

const readCount = (wire: WireReader): number => Number(wire.unsigned64());
const readVarint = (wire: WireReader): number => Number(BigInt.asUintN(64, wire.signed64()));
const readDouble = (wire: WireReader): number => wire.double();
