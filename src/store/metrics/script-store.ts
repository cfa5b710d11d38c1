import type { ScriptStore } from '../../promql/promqltest/store.ts';
import type { SeriesSet, SeriesSource } from '../../promql/series-source.ts';
import { MetricRows } from '../rows/metric-rows.ts';
import { metricTableName } from '../schema/metric-tables.ts';
import { sql } from '../sql/sql.ts';
import { openStore, type StoreOptions } from '../store.ts';
import { TableSource } from './table-source.ts';

/**
 * The tables of metrics in a database, as the store of scripts in Prometheus' test language. Each evaluation is
 * run in many forms that select the same: what was read is kept until the series change.
 */
export async function tableScriptStore(options: StoreOptions): Promise<ScriptStore> {
  const { clickhouse, database } = options;
  const series = metricTableName('series', database);
  const samples = metricTableName('samples', database);
  const metadata = { type: 'unknown', unit: '', help: '' } as const;
  const tables = new TableSource({ clickhouse, series, samples });
  const selected = new Map<string, Promise<SeriesSet>>();
  const source: SeriesSource = {
    select(matchers, range, hints, signal) {
      const key = JSON.stringify([matchers, range]);
      const series = selected.get(key) ?? tables.select(matchers, range, hints, signal);
      selected.set(key, series);
      return series;
    },
  };
  let store = await openStore(options);
  let loads = 0;
  return {
    source,
    async add(loaded) {
      selected.clear();
      const rows = new MetricRows();
      for (const one of loaded) rows.add({ ...one, metadata, delta: false });
      loads++;
      await store.insertMetrics(rows.take(), { digest: `script-${loads}` });
    },
    async clear() {
      selected.clear();
      await clickhouse.run(sql`TRUNCATE TABLE ${series}`);
      await clickhouse.run(sql`TRUNCATE TABLE ${samples}`);
      // One that knows of no series that were stored.
      store = await openStore(options);
    },
  };
}
