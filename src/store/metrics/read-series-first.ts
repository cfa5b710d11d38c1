import { seriesSet } from '../../promql/series-set.ts';
import type { SeriesSet } from '../../promql/series-source.ts';
import { listOf, type Sql, sql } from '../sql/sql.ts';
import { KnownSeries } from './known-series.ts';
import { seriesOf } from './read-metric.ts';
import { readSamples } from './read-samples.ts';
import { type MetricTables, readSeries, rowsOfSeries } from './read-series.ts';
import { SamplesReader } from './samples-reader.ts';
import { candidatesPerSeries, type Selection, tooManySeries } from './selection.ts';

/** More ids or names than this are asked for by a subquery. */
const mostListed = 5_000;

/** Reads the series that may be meant, of whatever metrics, then their samples. */
export async function readSeriesFirst(tables: MetricTables, selection: Selection): Promise<SeriesSet> {
  const { condition, range, signal } = selection;
  const series = await readSeries(tables, condition, range, {
    limit: candidatesPerSeries * selection.maxSeries,
    exceeded: () => tooManySeries(selection),
    signal,
  });
  if (series.size === 0) return seriesSet([]);
  const all = [...series.values()];
  const known = new KnownSeries();
  known.remember(all);
  const reader = new SamplesReader({
    ...selection,
    ids: known.ids,
    features: {
      histograms: all.some(({ hasHistograms }) => hasHistograms),
      startTimestamps: all.some(({ hasStartTimestamps }) => hasStartTimestamps),
    },
  });
  const rows = sql`FROM ${tables.series} WHERE ${rowsOfSeries(condition, range)}`;
  const names = new Set(all.map(({ labels }) => labels.metricName));
  const conditions = [sql`MetricName IN (${listOr([...names], sql`SELECT MetricName ${rows}`)})`];
  const isWholeMetric = condition.onlyName !== undefined;
  // A metric as a whole needs no ids: what came to it just now is passed over.
  if (!isWholeMetric) conditions.push(sql`Id IN (${listOr([...series.keys()], sql`SELECT Id ${rows}`)})`);
  await readSamples(tables, reader, selection, { conditions, isWholeMetric });
  return seriesOf(reader, known, selection, reader.numbers());
}

function listOr(values: readonly (string | bigint)[], query: Sql): Sql {
  return values.length > mostListed ? query : listOf(values);
}
