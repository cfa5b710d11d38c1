import { z } from 'zod';
import { Labels } from '../../src/promql/labels.ts';
import type { ClickHouse } from '../../src/store/clickhouse.ts';
import type { FamilyMetadata, MetricMetadata, MetricSeries } from '../../src/store/rows/metric-record.ts';
import { type EncodedMetrics, MetricRows } from '../../src/store/rows/metric-rows.ts';
import { metricTableName } from '../../src/store/schema/metric-tables.ts';
import { sql } from '../../src/store/sql/sql.ts';

export const noMetadata: MetricMetadata = { type: 'unknown', unit: '', help: '' };

/** A series with these labels and samples, nothing known of its metric. */
export function metricSeries(
  labels: Readonly<Record<string, string>>,
  samples: MetricSeries['samples'],
  rest: Partial<MetricSeries> = {},
): MetricSeries {
  return { labels: Labels.from(labels), metadata: noMetadata, delta: false, samples, ...rest };
}

/** One request with these series. */
export function encodeMetrics(
  series: Iterable<MetricSeries>,
  families: readonly FamilyMetadata[] = [],
): EncodedMetrics {
  const rows = new MetricRows();
  for (const one of series) rows.add(one);
  return { ...rows.take(), families };
}

export interface StoredSeries {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly id: string;
  readonly day: string;
  readonly known: readonly string[];
  readonly histograms: number;
  readonly starts: number;
}

const flag = z.number();
const seriesRow = z.tuple([
  z.string(),
  z.record(z.string(), z.string()),
  z.string(),
  z.string(),
  z.tuple([z.string(), z.string(), z.string()]),
  flag,
  flag,
]);

/** All rows of the series table, merged, ordered by name, labels and day. `known` is type, unit and help. */
export async function readSeries(clickhouse: ClickHouse, database: string): Promise<StoredSeries[]> {
  const rows = await clickhouse.rows(
    sql`SELECT MetricName, Labels, toString(Id), Day, [Type, Unit, Help], HasHistograms, HasStartTimestamps FROM ${metricTableName('series', database)} FINAL ORDER BY MetricName, toString(Labels), Day`,
    seriesRow,
  );
  return rows.map(([name, labels, id, day, known, histograms, starts]) => ({
    name,
    labels,
    id,
    day,
    known,
    histograms,
    starts,
  }));
}

export interface StoredSample {
  readonly name: string;
  readonly id: string;
  /** Milliseconds since the epoch, as is `start`. */
  readonly time: number;
  /** The value's bits in hexadecimal. */
  readonly bits: string;
  readonly start: number;
  /** The encoded histogram in hexadecimal. */
  readonly histogram: string;
}

const sampleRow = z.tuple([
  z.string(),
  z.string(),
  z.coerce.number(),
  z.string(),
  z.coerce.number(),
  z.string(),
]);

/** All samples, ordered by name, time and value. */
export async function readSamples(clickhouse: ClickHouse, database: string): Promise<StoredSample[]> {
  const rows = await clickhouse.rows(
    sql`SELECT MetricName, toString(Id), toString(toUnixTimestamp64Milli(Timestamp)), leftPad(lower(hex(reinterpretAsUInt64(Value))), 16, '0'), toString(toUnixTimestamp64Milli(StartTimestamp)), lower(hex(Histogram)) FROM ${metricTableName('samples', database)} ORDER BY MetricName, Timestamp, Value`,
    sampleRow,
  );
  return rows.map(([name, id, time, bits, start, histogram]) => ({ name, id, time, bits, start, histogram }));
}

/** The bits of a float in hexadecimal, 16 digits. */
export function bitsOf(value: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString('hex');
}
