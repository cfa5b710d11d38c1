import type { FamilyMetadata } from '../../store/rows/metric-record.ts';
import { isFamilyName, metadataOf } from '../metric-admission.ts';
import type { TextCache } from '../otlp/text-cache.ts';
import { readHistogram } from './histogram-message.ts';
import { MessageReader } from './message-reader.ts';
import { readMessage } from './read-message.ts';
import {
  addWithin,
  checkCount,
  histogramSample,
  metricTypeOf,
  type ReceivedSeries,
  type ReceiveSeries,
  readSample,
  unknownMetadata,
} from './received-series.ts';
import { LabelCollector } from './series-labels.ts';

// Cases are tags of https://github.com/prometheus/prometheus/blob/main/prompb/remote.proto and types.proto.

/** Families that a request may tell of: Prometheus tells of 2,000. */
const mostFamilies = 100_000;

/**
 * Decodes a prometheus.WriteRequest, the message of remote write 1.0. Unknown fields are passed over.
 *
 * @param most series and samples that the request may have
 * @returns what it tells of metric families
 * @throws InputError where the data is no such message, PayloadTooLargeError past a limit; series that came
 *   before were given out by then
 */
export function decodeWriteRequest(
  bytes: Uint8Array,
  texts: TextCache,
  most: number,
  receive: ReceiveSeries,
): FamilyMetadata[] {
  const families: FamilyMetadata[] = [];
  const labels = new LabelCollector();
  let series = 0;
  let told = 0;
  const wire = new MessageReader(bytes, texts);
  readMessage('prometheus.WriteRequest', wire, (tag) => {
    switch (tag) {
      case (1 << 3) | 2: {
        series += 1;
        checkCount(series, most, 'series');
        const received = readTimeSeries(wire, labels, most);
        return () => receive(received);
      }
      case (3 << 3) | 2: {
        told += 1;
        checkCount(told, mostFamilies, 'metric families');
        const metadata = readMetadata(wire);
        if (isFamilyName(metadata.family)) families.push(metadata);
        return undefined;
      }
      default:
        wire.skipField(tag);
        return undefined;
    }
  });
  return families;
}

function readTimeSeries(wire: MessageReader, labels: LabelCollector, most: number): ReceivedSeries {
  const samples: ReceivedSeries['samples'][number][] = [];
  const histograms: ReceivedSeries['histograms'][number][] = [];
  let exemplars = 0;
  labels.clear();
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 2:
        readLabel(wire, labels);
        break;
      case (2 << 3) | 2:
        addWithin(samples, readSample(wire, false), most, 'samples');
        break;
      case (3 << 3) | 2:
        exemplars += 1;
        wire.skipField(tag);
        break;
      case (4 << 3) | 2:
        addWithin(histograms, histogramSample(readHistogram(wire, false)), most, 'samples');
        break;
      default:
        wire.skipField(tag);
    }
  }
  wire.closeMessage(end);
  return { labels: labels.labels(), metadata: unknownMetadata, samples, histograms, exemplars };
}

function readLabel(wire: MessageReader, labels: LabelCollector): void {
  let name: string | undefined = '';
  let value: string | undefined = '';
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    if (tag === ((1 << 3) | 2)) name = wire.strictText();
    else if (tag === ((2 << 3) | 2)) value = wire.strictText();
    else wire.skipField(tag);
  }
  wire.closeMessage(end);
  labels.add(name, value);
}

function readMetadata(wire: MessageReader): FamilyMetadata {
  let type = 0;
  let family = '';
  let help = '';
  let unit = '';
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 0:
        type = wire.int32();
        break;
      case (2 << 3) | 2:
        family = wire.text();
        break;
      case (4 << 3) | 2:
        help = wire.text();
        break;
      case (5 << 3) | 2:
        unit = wire.text();
        break;
      default:
        wire.skipField(tag);
    }
  }
  wire.closeMessage(end);
  return { family, ...metadataOf(metricTypeOf(type), unit, help) };
}
