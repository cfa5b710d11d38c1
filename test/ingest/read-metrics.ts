import { z } from 'zod';
import { sampleRowColumns, seriesRowColumns } from '../../src/store/rows/metric-columns.ts';
import type { EncodedMetrics } from '../../src/store/rows/metric-rows.ts';
import { readRowBinary } from './read-rows.ts';

/** A float sample with the labels of its series. */
export interface StoredSample {
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly value: number | null;
}

const seriesRow = z.object({
  MetricName: z.string(),
  Labels: z.record(z.string(), z.string()),
  Id: z.string(),
});
const sampleRow = z.object({
  MetricName: z.string(),
  Id: z.string(),
  Timestamp: z.string(),
  Value: z.number().nullable(),
});

/** The samples of encoded metrics, read with ClickHouse; a NaN is null. */
export function readSamples({ series, samples }: EncodedMetrics): StoredSample[] {
  const labels = new Map(
    readRowBinary(seriesRowColumns, series.bytes)
      .map((row) => seriesRow.parse(row))
      .map(({ MetricName, Id, Labels }) => [Id, { __name__: MetricName, ...Labels }]),
  );
  return samples
    .flatMap(({ bytes }) => readRowBinary(sampleRowColumns, bytes))
    .map((row) => sampleRow.parse(row))
    .map(({ Id, Timestamp, Value }) => {
      const own = labels.get(Id);
      if (own === undefined) throw new Error(`no series has the id ${Id}`);
      return { labels: own, timestamp: Number(Timestamp), value: Value };
    });
}
