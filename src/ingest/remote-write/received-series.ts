import type { Histogram } from '../../promql/histogram.ts';
import type { Labels } from '../../promql/labels.ts';
import type { MetricMetadata, MetricSample, MetricType } from '../../store/rows/metric-record.ts';
import { PayloadTooLargeError } from '../payload-too-large.ts';
import type { HistogramMessage } from './histogram-message.ts';
import type { MessageReader } from './message-reader.ts';
import { type HistogramDefect, nativeHistogram } from './native-histogram.ts';
import type { SeriesDefect } from './series-labels.ts';

/** One TimeSeries of a request. */
export interface ReceivedSeries {
  readonly labels: Labels | SeriesDefect;
  readonly metadata: MetricMetadata;
  readonly samples: readonly MetricSample[];
  readonly histograms: readonly (MetricSample | HistogramDefect)[];
  /** How many came with it; they are not stored. */
  readonly exemplars: number;
}

/** Takes the series of a request one by one. */
export type ReceiveSeries = (series: ReceivedSeries) => void;

export const unknownMetadata: MetricMetadata = { type: 'unknown', unit: '', help: '' };

const types: readonly MetricType[] = [
  'unknown',
  'counter',
  'gauge',
  'histogram',
  'gaugehistogram',
  'summary',
  'info',
  'stateset',
];

/** The type with this number in either version's enum; `unknown` for one that is not known. */
export const metricTypeOf = (value: number): MetricType => types[value] ?? 'unknown';

/** Reads a Sample, which is a field. Version 1 has no start timestamp. */
export function readSample(wire: MessageReader, hasStart: boolean): MetricSample {
  let value: number | 'stale' = 0;
  let timestamp = 0;
  let startTimestamp = 0;
  const end = wire.messageEnd();
  while (wire.pos < end) {
    const tag = wire.tag();
    if (tag === ((1 << 3) | 1)) value = wire.doubleOrStale();
    else if (tag === ((2 << 3) | 0)) timestamp = wire.integer();
    else if (hasStart && tag === ((3 << 3) | 0)) startTimestamp = wire.integer();
    else wire.skipField(tag);
  }
  wire.closeMessage(end);
  return sampleOf(timestamp, startTimestamp, value, undefined);
}

/** All samples have one form, which makes them fast. A start that is 0, before 1970 or after the sample says nothing. */
function sampleOf(
  timestamp: number,
  start: number,
  value: number | 'stale',
  histogram: Histogram | undefined,
): MetricSample {
  return {
    timestamp,
    value: value === 'stale' ? Number.NaN : value,
    stale: value === 'stale' ? true : undefined,
    histogram,
    startTimestamp: start > 0 && start <= timestamp ? start : undefined,
  };
}

/** A sample with a native histogram, or with the stale marker that its sum may be. */
export function histogramSample(message: HistogramMessage): MetricSample | HistogramDefect {
  const { timestamp, startTimestamp } = message;
  if (message.sum === 'stale') return sampleOf(timestamp, startTimestamp, 'stale', undefined);
  const histogram = nativeHistogram(message);
  if ('defect' in histogram) return histogram;
  return sampleOf(timestamp, startTimestamp, Number.NaN, histogram);
}

/** Throws `PayloadTooLargeError` where there are more than `most`: 64 MB can be 33 million empty messages. */
export function checkCount(count: number, most: number, what: string): void {
  if (count > most)
    throw new PayloadTooLargeError(`there are more than ${most} ${what}; send smaller batches`);
}

/** Adds to a list that a request could fill the memory with; throws `PayloadTooLargeError` past `most`. */
export function addWithin<T>(list: T[], item: T, most: number, what: string): void {
  checkCount(list.length + 1, most, what);
  list.push(item);
}
