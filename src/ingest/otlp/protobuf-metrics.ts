import { attribute } from '../../store/rows/record.ts';
import type { DataPoint, MetricKind, OtlpMetric } from './metric-model.ts';
import {
  readExponentialPoint,
  readHistogramPoint,
  readNumberPoint,
  readSummaryPoint,
} from './protobuf-points.ts';
import { type Defects, readAttribute } from './protobuf-values.ts';
import type { WireReader } from './wire-reader.ts';

// Cases are tags of opentelemetry/proto/metrics/v1/metrics.proto, as in protobuf-values.ts.

/** What Gauge, Sum, Histogram, ExponentialHistogram and Summary have in common. */
interface Data {
  readonly kind: MetricKind;
  readonly points: DataPoint[];
  temporality: number;
  monotonic: boolean;
}

/** Reads a Metric up to `end`. */
export function readMetric(wire: WireReader, end: number): OtlpMetric {
  const defects: Defects = { defect: undefined };
  const metadata: string[] = [];
  let name = '';
  let description = '';
  let unit = '';
  let data: Data | undefined;
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 2:
        name = wire.text();
        break;
      case (2 << 3) | 2:
        description = wire.text();
        break;
      case (3 << 3) | 2:
        unit = wire.text();
        break;
      case (5 << 3) | 2:
        data = readData(wire, 'gauge', data, readNumberPoint);
        break;
      case (7 << 3) | 2:
        data = readData(wire, 'sum', data, readNumberPoint);
        break;
      case (9 << 3) | 2:
        data = readData(wire, 'histogram', data, readHistogramPoint);
        break;
      case (10 << 3) | 2:
        data = readData(wire, 'exponentialHistogram', data, readExponentialPoint);
        break;
      case (11 << 3) | 2:
        data = readData(wire, 'summary', data, readSummaryPoint);
        break;
      case (12 << 3) | 2:
        readAttribute(wire, metadata, defects);
        break;
      default:
        wire.skipField(tag);
    }
  }
  return {
    name,
    description,
    unit,
    prometheusType: attribute(metadata, 'prometheus.type') ?? '',
    kind: data?.kind,
    temporality: data?.temporality ?? 0,
    monotonic: data?.monotonic ?? false,
    points: data?.points ?? [],
  };
}

/** A message that comes twice counts as one, as protobuf says; one of another kind takes its place. */
function readData(
  wire: WireReader,
  kind: MetricKind,
  before: Data | undefined,
  readPoint: (wire: WireReader, end: number) => DataPoint,
): Data {
  const data: Data = before?.kind === kind ? before : { kind, points: [], temporality: 0, monotonic: false };
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 2: {
        const pointEnd = wire.messageEnd();
        data.points.push(readPoint(wire, pointEnd));
        wire.closeMessage(pointEnd);
        break;
      }
      case (2 << 3) | 0:
        data.temporality = wire.int32();
        break;
      case (3 << 3) | 0:
        data.monotonic = wire.bool();
        break;
      default:
        wire.skipField(tag);
    }
  }
  wire.closeMessage(end);
  return data;
}
