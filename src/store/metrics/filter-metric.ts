import type { Matcher } from '../../promql/ast.ts';
import { valueReader } from '../../promql/labels.ts';
import { compileMatcher } from '../../promql/matcher.ts';
import { literalAlternatives } from '../../promql/pattern.ts';
import type { SeriesSet } from '../../promql/series-source.ts';
import { InputError } from '../../telemetry/input-error.ts';
import { StoreError } from '../store-error.ts';
import type { KnownSeries } from './known-series.ts';
import {
  lookUp,
  type Metric,
  missesAny,
  mostListed,
  readKnownFeatures,
  seriesOf,
  unknownOf,
} from './read-metric.ts';
import type { MetricTables } from './read-series.ts';
import type { SamplesReader } from './samples-reader.ts';
import type { Selection } from './selection.ts';

/**
 * Samples of a metric that are read at most where those of some series are passed over: what takes no longer than
 * to look up ids in the table of series.
 */
const mostFiltered = 262_144;
/** How often a pattern is tried on a label of a known series: 1 to 2 µs each, in which nothing else runs. */
const mostTries = 20_000;

/**
 * The series of a metric that meet the matchers, of the samples of all, where these are few; undefined where they
 * are not, or this is the first such question about the metric.
 */
export async function filterMetric(
  tables: MetricTables,
  metric: Metric,
  selection: Selection,
): Promise<SeriesSet | undefined> {
  const { known } = metric;
  const { matchers, range } = selection;
  // What is asked for once should not cost the labels of all series.
  const isNew = !known.wasFiltered;
  known.wasFiltered = true;
  if (isNew || !isSmall(known, range)) return undefined;
  if (matchers.filter(isPattern).length * known.ids.ids.length > mostTries) return undefined;
  const reader = await readSmall(tables, metric, selection);
  known.noteSamples(reader?.samples ?? mostFiltered + 1, range);
  if (reader === undefined || !isSmall(known, range)) return undefined;
  let meant: Uint32Array | undefined;
  if (unknownOf(reader, metric).length <= mostListed) {
    await lookUp(tables, metric, selection, reader);
    meant = meantOf(reader, known, matchers);
  }
  if (meant !== undefined) return seriesOf(reader, metric.known, selection, meant);
  known.noteSamples(mostFiltered + 1, range);
  return undefined;
}

/** Histograms cost more to read than ids to look up. */
function isSmall(known: KnownSeries, range: Selection['range']): boolean {
  return !known.features.histograms && known.samplesIn(range) <= mostFiltered;
}

function isPattern({ op, value }: Matcher): boolean {
  return (op === '=~' || op === '!~') && !/^\.[*+]$/.test(value) && literalAlternatives(value) === undefined;
}

/**
 * All rows of a metric in the range, or one more than may be filtered; undefined where there are histograms, or a
 * limit of queries is in the way: with fewer ids the store may read less.
 */
async function readSmall(
  tables: MetricTables,
  metric: Metric,
  selection: Selection,
): Promise<SamplesReader | undefined> {
  const rows = { isWholeMetric: true, most: mostFiltered + 1 };
  try {
    while (!metric.known.features.histograms) {
      const reader = await readKnownFeatures(tables, metric, selection, rows);
      if (!missesAny(reader)) return reader;
    }
  } catch (error) {
    const isLimit = error instanceof StoreError && (error.kind === 'rows' || error.kind === 'memory');
    if (!isLimit) throw error;
  }
  return undefined;
}

/** The numbers of the series that meet the matchers; undefined where a pattern takes too long. */
function meantOf(
  reader: SamplesReader,
  known: KnownSeries,
  matchers: readonly Matcher[],
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
