import { z } from 'zod';
import { compareText, type Labels, METRIC_NAME } from '../../promql/labels.ts';
import type { Scope } from '../../telemetry/scope.ts';
import type { QueryOptions } from '../clickhouse.ts';
import { join, type Sql, sql } from '../sql/sql.ts';
import { FirstItems } from './first-items.ts';
import { boundedLimit } from './list-metrics.ts';
import type { Listed, SeriesSelection } from './metric-store.ts';
import { labelsReader, type MetricTables } from './read-series.ts';
import { labelValue } from './series-condition.ts';
import { type RowsOfSelection, seriesRowsIn } from './series-rows-in.ts';

/** The label sets of a selection, ordered. */
export async function listSeries(
  tables: MetricTables,
  selection: SeriesSelection,
  scope: Scope,
  options: QueryOptions,
): Promise<Listed<Labels>> {
  const found = new FirstItems<Labels>(boundedLimit(selection.limit), (a, b) => a.compare(b));
  await eachLabelSet(tables, rowsOf(tables, selection, scope), options, (labels) => {
    found.add(labels.key, labels);
  });
  return found.list();
}

/** The names of the labels of a selection's series, ordered. */
export async function listLabelNames(
  tables: MetricTables,
  selection: SeriesSelection,
  scope: Scope,
  options: QueryOptions,
): Promise<Listed<string>> {
  const rows = rowsOf(tables, selection, scope);
  const limit = boundedLimit(selection.limit);
  if (isExact(rows)) {
    const name = sql`arrayJoin(if(MetricName = '', mapKeys(Labels), arrayPushBack(mapKeys(Labels), ${METRIC_NAME})))`;
    return listTexts(tables, name, rows, limit, options);
  }
  const found = new FirstItems<string>(limit, compareText);
  await eachLabelSet(tables, rows, options, (labels) => {
    for (const [name] of labels) found.add(name, name);
  });
  return found.list();
}

/** The values of a label in a selection's series, ordered. */
export async function listLabelValues(
  tables: MetricTables,
  label: string,
  selection: SeriesSelection,
  scope: Scope,
  options: QueryOptions,
): Promise<Listed<string>> {
  const rows = rowsOf(tables, selection, scope);
  const limit = boundedLimit(selection.limit);
  if (isExact(rows)) return listTexts(tables, sql`toString(${labelValue(label)})`, rows, limit, options);
  const found = new FirstItems<string>(limit, compareText);
  await eachLabelSet(tables, rows, options, (labels) => {
    const value = labels.get(label);
    if (value !== '') found.add(value, value);
  });
  return found.list();
}

function rowsOf(
  tables: MetricTables,
  { selectors, range }: SeriesSelection,
  scope: Scope,
): readonly RowsOfSelection[] {
  const any = selectors.length === 0 ? [[]] : selectors;
  return any.map((matchers) => seriesRowsIn(tables, matchers, range, scope));
}

const isExact = (rows: readonly RowsOfSelection[]): boolean => rows.every(({ tests }) => tests.length === 0);

async function listTexts(
  { clickhouse, series }: MetricTables,
  text: Sql,
  rows: readonly RowsOfSelection[],
  limit: number,
  options: QueryOptions,
): Promise<Listed<string>> {
  const where = join(
    rows.map((one) => sql`(${one.where})`),
    ' OR ',
  );
  const found = await clickhouse.rows(
    sql`SELECT Text FROM (SELECT DISTINCT ${text} AS Text FROM ${series} WHERE ${where}) WHERE Text != '' ORDER BY Text LIMIT ${limit + 1}`,
    z.tuple([z.string()]),
    options,
  );
  return { items: found.slice(0, limit).map(([item]) => item), truncated: found.length > limit };
}

/** Calls for each series of any of the selections; for some more than once. */
async function eachLabelSet(
  { clickhouse, series }: MetricTables,
  rows: readonly RowsOfSelection[],
  options: QueryOptions,
  onLabels: (labels: Labels) => void,
): Promise<void> {
  for (const { where, tests } of rows) {
    await clickhouse.blocks(
      sql`SELECT MetricName, any(Labels) FROM ${series} WHERE ${where} GROUP BY MetricName, Id`,
      (block) => {
        const labelsOf = labelsReader(block, 0, 1);
        for (let row = 0; row < block.rows; row++) {
          const labels = labelsOf(row);
          if (tests.every(({ label, test }) => test(labels.get(label)))) onLabels(labels);
        }
      },
      options,
    );
  }
}
