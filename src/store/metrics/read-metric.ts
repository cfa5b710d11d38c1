import { type Labels, valueReader } from '../../promql/labels.ts';
import { compileMatcher } from '../../promql/matcher.ts';
import type { SeriesSet } from '../../promql/series-source.ts';
import { InputError } from '../../telemetry/input-error.ts';
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

/**
 * Samples of a metric that are read at most where those of some series are passed over: what takes no longer than
 * to look up ids in the table of series.
 */
const mostFiltered = 262_144;
/** Ids in a list: with so many, a query has less than 256 KB. */
const mostListed = 10_000;

/** All series of a metric: its samples, then the labels of those that are not known yet, mostly none. */
export async function readMetric(
  tables: MetricTables,
  metric: Metric,
  selection: Selection,
): Promise<SeriesSet> {
  const reader = await readRows(tables, metric, selection, { isWholeMetric: true });
  metric.known.noteSamples(reader.samples, selection.range);
  await lookUp(tables, metric, selection, reader);
  return seriesOf(reader, metric, selection, reader.numbers());
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
  return seriesOf(reader, metric, selection, reader.numbers());
}

/**
 * The series of a metric that meet the matchers, of the samples of all, where these are few; undefined where they
 * are not, or that is not known.
 */
export async function filterMetric(
  tables: MetricTables,
  metric: Metric,
  selection: Selection,
): Promise<SeriesSet | undefined> {
  const { known } = metric;
  const { range } = selection;
  // What is asked for once should not cost the labels of all series.
  const isNew = !known.wasFiltered;
  known.wasFiltered = true;
  if (isNew || !isSmall(known, range)) return undefined;
  const reader = await readRows(tables, metric, selection, { isWholeMetric: true, most: mostFiltered + 1 });
  const isKnown = unknownOf(reader, metric).length <= mostListed;
  known.noteSamples(isKnown ? reader.samples : Number.POSITIVE_INFINITY, range);
  if (!isSmall(known, range)) return undefined;
  await lookUp(tables, metric, selection, reader);
  const numbers = meantOf(reader, known, selection);
  return numbers && seriesOf(reader, metric, selection, numbers);
}

/** Histograms cost more to read than ids to look up. */
function isSmall(known: KnownSeries, range: Selection['range']): boolean {
  return !known.features.histograms && known.samplesIn(range) <= mostFiltered;
}

/** Reads rows with all that their samples have. */
async function readRows(
  tables: MetricTables,
  { name, known }: Metric,
  selection: Selection,
  { condition, ...rows }: Omit<RowsToRead, 'conditions'> & { readonly condition?: Sql },
): Promise<SamplesReader> {
  const conditions = [sql`MetricName = ${name}`];
  if (condition !== undefined) conditions.push(condition);
  for (;;) {
    const { features, ids } = known;
    const reader = new SamplesReader({ ...selection, features, ids });
    await readSamples(tables, reader, selection, { ...rows, conditions });
    const { histograms, startTimestamps } = reader.missed;
    if (!histograms && !startTimestamps) return reader;
    known.features = {
      histograms: histograms || features.histograms,
      startTimestamps: startTimestamps || features.startTimestamps,
    };
  }
}

/** The numbers of the series that were read and whose labels are not known. */
function unknownOf(reader: SamplesReader, { known }: Metric): Uint32Array {
  return reader.numbers().filter((number) => known.labels(number) === undefined);
}

/** Reads the labels that are not known. Of what came just now there may be none: that is passed over. */
async function lookUp(
  tables: MetricTables,
  metric: Metric,
  selection: Selection,
  reader: SamplesReader,
): Promise<void> {
  const { name, known } = metric;
  const unknown = unknownOf(reader, metric);
  if (unknown.length === 0) return;
  const limit = candidatesPerSeries * selection.maxSeries;
  const exceeded = () => tooManySeries(selection);
  if (unknown.length > limit) throw exceeded();
  const ids = Array.from(unknown, (number) => known.ids.ids[number] ?? 0n);
  const condition =
    ids.length > mostListed
      ? selection.condition
      : { sql: sql`MetricName = ${name} AND Id IN (${listOf(ids)})`, tests: [] };
  const { range, signal } = selection;
  known.remember((await readSeries(tables, condition, range, { limit, exceeded, signal })).values());
}

/** The numbers of the series that meet the matchers; undefined where a pattern takes too long. */
function meantOf(
  reader: SamplesReader,
  known: KnownSeries,
  { matchers }: Selection,
): Uint32Array | undefined {
  const tests = matchers.map((matcher) => ({
    read: valueReader(matcher.label),
    test: compileMatcher(matcher),
  }));
  try {
    return reader.numbers().filter((number) => {
      const labels = known.labels(number);
      return labels !== undefined && tests.every(({ read, test }) => test(read(labels)));
    });
  } catch (error) {
    // The store may be quicker with it.
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

/** These of the series that were read, as far as their labels are known. */
function seriesOf(
  reader: SamplesReader,
  { known }: Metric,
  { maxSamples }: Selection,
  read: Uint32Array,
): SeriesSet {
  const found: Labels[] = [];
  let samples = 0;
  const numbers = read.filter((number) => {
    const labels = known.labels(number);
    if (labels === undefined) return false;
    found.push(labels);
    samples += reader.countOf(number);
    return true;
  });
  if (samples > maxSamples) throw tooManySamples({ maxSamples });
  return reader.series({ numbers, labels: found, places: known.placesOf(numbers) });
}
