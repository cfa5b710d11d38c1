import type { Column } from './columns.ts';

/**
 * The columns of a row of the series table, in the order in which rows hold their values. What is known of
 * the metric stands last, where it can be put in later.
 */
export const seriesRowColumns: readonly Column[] = [
  { name: 'MetricName', type: 'String' },
  { name: 'Labels', type: 'Map(String, String)' },
  { name: 'Id', type: 'UInt64' },
  { name: 'Day', type: 'Date' },
  { name: 'HasHistograms', type: 'UInt8' },
  { name: 'HasStartTimestamps', type: 'UInt8' },
  { name: 'Type', type: 'String' },
  { name: 'Unit', type: 'String' },
  { name: 'Help', type: 'String' },
];

/** The columns of a row of the samples table, in the order in which rows hold their values. */
export const sampleRowColumns: readonly Column[] = [
  { name: 'MetricName', type: 'String' },
  { name: 'Id', type: 'UInt64' },
  { name: 'Timestamp', type: 'DateTime64(3)' },
  { name: 'Value', type: 'Float64' },
  { name: 'StartTimestamp', type: 'DateTime64(3)' },
  { name: 'Histogram', type: 'String' },
];
