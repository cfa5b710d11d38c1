import type { MetricMetadata } from '../../store/rows/metric-record.ts';
import { labelLimits, metadataOf } from '../metric-admission.ts';
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

// Cases are tags of https://github.com/prometheus/prometheus/blob/main/prompb/io/prometheus/write/v2/types.proto

const message = 'io.prometheus.write.v2.Request';

/** Texts that series refer to by their index; undefined for one that is no UTF-8. */
type Symbols = readonly (string | undefined)[];

/**
 * Decodes an io.prometheus.write.v2.Request, the message of remote write 2.0. Unknown fields are passed over.
 *
 * @param most series, samples and symbols that the request may have
 * @throws InputError where the data is no such message, PayloadTooLargeError past a limit; series that came
 *   before were given out by then
 */
export function decodeRequestV2(
  bytes: Uint8Array,
  texts: TextCache,
  most: number,
  receive: ReceiveSeries,
): void {
  const symbols = readSymbols(new MessageReader(bytes, texts), most);
  const labels = new LabelCollector();
  const wire = new MessageReader(bytes, texts);
  let series = 0;
  readMessage(message, wire, (tag) => {
    if (tag === ((5 << 3) | 2)) {
      series += 1;
      checkCount(series, most, 'series');
      const received = readTimeSeries(wire, symbols, labels, most);
      return () => receive(received);
    }
    wire.skipField(tag);
    return undefined;
  });
}

/** Symbols may follow the series that refer to them, so they are read first. */
function readSymbols(wire: MessageReader, most: number): Symbols {
  const symbols: (string | undefined)[] = [];
  readMessage(message, wire, (tag) => {
    if (tag === ((4 << 3) | 2)) addWithin(symbols, wire.strictText(), most, 'symbols');
    else wire.skipField(tag);
    return undefined;
  });
  return symbols;
}

function readTimeSeries(
  wire: MessageReader,
  symbols: Symbols,
  labels: LabelCollector,
  most: number,
): ReceivedSeries {
  const references: number[] = [];
  const samples: ReceivedSeries['samples'][number][] = [];
  const histograms: ReceivedSeries['histograms'][number][] = [];
  let metadata = unknownMetadata;
  let exemplars = 0;
  labels.clear();
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 2:
      case (1 << 3) | 0:
        wire.numbers(tag, references, mostReferences, () => wire.uint32());
        break;
      case (2 << 3) | 2:
        addWithin(samples, readSample(wire, true), most, 'samples');
        break;
      case (3 << 3) | 2:
        addWithin(histograms, histogramSample(readHistogram(wire, true)), most, 'samples');
        break;
      case (4 << 3) | 2:
        exemplars += 1;
        wire.skipField(tag);
        break;
      case (5 << 3) | 2:
        metadata = readMetadata(wire, symbols, labels);
        break;
      default:
        wire.skipField(tag);
    }
  }
  wire.closeMessage(end);
  addLabels(labels, references, symbols);
  return { labels: labels.labels(), metadata, samples, histograms, exemplars };
}

/** Those of one label more than a series may have. */
const mostReferences = 2 * (labelLimits.labels + 1);

function addLabels(labels: LabelCollector, references: readonly number[], symbols: Symbols): void {
  if (references.length % 2 !== 0) labels.fail('a series has a label without a value in labels_refs');
  for (let i = 0; i + 1 < references.length; i += 2) {
    const name = references[i] ?? 0;
    const value = references[i + 1] ?? 0;
    if (Math.max(name, value) >= symbols.length) labels.fail(missingSymbol);
    else labels.add(symbols[name], symbols[value]);
  }
}

const missingSymbol = 'a series refers to a symbol that is not there';

function readMetadata(wire: MessageReader, symbols: Symbols, labels: LabelCollector): MetricMetadata {
  let type = 0;
  let help = 0;
  let unit = 0;
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    switch (tag) {
      case (1 << 3) | 0:
        type = wire.int32();
        break;
      case (3 << 3) | 0:
        help = wire.uint32();
        break;
      case (4 << 3) | 0:
        unit = wire.uint32();
        break;
      default:
        wire.skipField(tag);
    }
  }
  wire.closeMessage(end);
  // The first symbol is the empty text, and a request without symbols may mean that by 0 too.
  if (Math.max(help, unit) >= Math.max(symbols.length, 1)) labels.fail(missingSymbol);
  const textOf = (reference: number): string => (reference === 0 ? '' : (symbols[reference] ?? ''));
  return metadataOf(metricTypeOf(type), textOf(unit), textOf(help));
}
