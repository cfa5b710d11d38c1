import type { Labels } from '../../promql/labels.ts';
import type { SeriesSet } from '../../promql/series-source.ts';
import { listOf, type Sql, sql } from '../sql/sql.ts';
import type { KnownSeries } from './known-series.ts';
import { type RowsToRead, readSamples } from './read-samples.ts';
import { type MetricTables, readSeries, rowsOfSeries } from './read-series.ts';
import { SamplesReader } from './samples-reader.ts';
import { candidatesPerSeries, type Selection, tooManySamples, tooManySeries } from './selection.ts';

/** A metric, and what is known of it, which is added to. */
export interface Metric {
  readonly name: string;
  readonly known: KnownSeries;
}

/** What is read of a metric's samples: those that meet the condition, if there is one. */
export interface MetricRows extends Omit<RowsToRead, 'conditions'> {
  readonly condition?: Sql;
}

/** Ids in a list: with so many, a query has less than 256 KB. */
export const mostListed = 10_000;

/** All series of a metric: its samples, then the labels of those that are not known yet, mostly none. */
export async function readMetric(
  tables: MetricTables,
  metric: Metric,
  selection: Selection,
): Promise<SeriesSet> {
  const reader = await readRows(tables, metric, selection, { isWholeMetric: true });
  metric.known.noteSamples(reader.samples, selection.range);
  await lookUp(tables, metric, selection, reader);
  return seriesOf(reader, metric.known, selection, reader.numbers());
}

/** The series of a metric that meet the matchers, where the table of series understands all of these. */
export async function chooseSeries(
  tables: MetricTables,
  metric: Metric,
  selection: Selection,
): Promise<SeriesSet> {
  const { condition, range } = selection;
  const chosen = sql`Id IN (SELECT Id FROM ${tables.series} WHERE ${rowsOfSeries(condition, range)})`;
  const reader = await readRows(tables, metric, selection, { isWholeMetric: false, condition: chosen });
  await lookUp(tables, metric, selection, reader);
  return seriesOf(reader, metric.known, selection, reader.numbers());
}

/** Reads rows with all that their samples have. */
async function readRows(
  tables: MetricTables,
  metric: Metric,
  selection: Selection,
  rows: MetricRows,
): Promise<SamplesReader> {
  for (;;) {
    const reader = await readKnownFeatures(tables, metric, selection, rows);
    if (!missesAny(reader)) return reader;
  }
}

/** Reads rows with what samples of the metric are known to have. What they have besides is known afterwards. */
export async function readKnownFeatures(
  tables: MetricTables,
  { name, known }: Metric,
  selection: Selection,
  { condition, ...rows }: MetricRows,
): Promise<SamplesReader> {
  const conditions = [sql`MetricName = ${name}`];
  if (condition !== undefined) conditions.push(condition);
  const { features, ids } = known;
  const reader = new SamplesReader({ ...selection, features, ids });
  await readSamples(tables, reader, selection, { ...rows, conditions });
  if (missesAny(reader)) {
    const { histograms, startTimestamps } = reader.missed;
    known.features = {
      histograms: histograms || features.histograms,
      startTimestamps: startTimestamps || features.startTimestamps,
    };
  }
  return reader;
}

/** Whether the samples have something that was not read. */
export function missesAny({ missed }: SamplesReader): boolean {
  return missed.histograms || missed.startTimestamps;
}

/** The numbers of the series that were read and whose labels are not known. */
export function unknownOf(reader: SamplesReader, { known }: Metric): Uint32Array {
  return reader.numbers().filter((number) => known.labels(number) === undefined);
}

/** Reads the labels that are not known. Of what came just now there may be none: that is passed over. */
export async function lookUp(
  tables: MetricTables,
  metric: Metric,
  selection: Selection,
  reader: SamplesReader,
): Promise<void> {
  const { name, known } = metric;
  const unknown = unknownOf(reader, metric);
  if (unknown.length === 0) return;
  const isListed = unknown.length <= mostListed;
  const ids = Array.from(isListed ? unknown : [], (number) => known.ids.ids[number] ?? 0n);
  const listed = { sql: sql`MetricName = ${name} AND Id IN (${listOf(ids)})`, tests: [] };
  const { range, maxSeries, signal } = selection;
  const times = { from: Math.min(reader.from, range.from), to: range.to };
  const series = await readSeries(tables, isListed ? listed : selection.condition, times, {
    limit: isListed ? mostListed : candidatesPerSeries * maxSeries,
    exceeded: () => tooManySeries(selection),
    signal,
  });
  known.remember(series.values());
}

/** These of the series that were read, as far as their labels are known. */
export function seriesOf(
  reader: SamplesReader,
  known: KnownSeries,
  selection: Selection,
  read: Uint32Array,
): SeriesSet {
  const labels: Labels[] = [];
  const numbers = read.filter((number) => {
    const one = known.labels(number);
    if (one !== undefined) labels.push(one);
    return one !== undefined;
  });
  const series = reader.series({ numbers, labels, places: known.placesOf(numbers) });
  if (series.sampleCount > selection.maxSamples) throw tooManySamples(selection);
  return series;
}
