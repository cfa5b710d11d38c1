import { compareText, Labels, METRIC_NAME } from '../../promql/labels.ts';
import type { TimeRange } from '../../promql/series-source.ts';
import type { ClickHouse } from '../clickhouse.ts';
import { columnOf, type NativeBlock, numbersOf, ofKind, textsOf } from '../native/native-column.ts';
import { type Sql, sql } from '../sql/sql.ts';
import type { SeriesCondition } from './series-condition.ts';

/** Where metrics are stored. */
export interface MetricTables {
  readonly clickhouse: ClickHouse;
  readonly series: Sql;
  readonly samples: Sql;
}

/** What chooses rows of the series table. */
export type RowCondition = Pick<SeriesCondition, 'sql' | 'tests'>;

/** A row of the series table, or several of the same series. */
export interface StoredSeries {
  readonly id: bigint;
  readonly labels: Labels;
  readonly hasHistograms: boolean;
  readonly hasStartTimestamps: boolean;
}

const DAY = 86_400_000;
/** What fits a Date. */
const lastDay = 65_535;
/** Up to this many days, rows are cheaper to merge here than there. */
const fewDays = 2;

/** The whole days (UTC, counted from the epoch) of a range; undefined where none can hold a sample. */
export function daysOf({
  from,
  to,
}: TimeRange): { readonly first: number; readonly last: number } | undefined {
  const first = Math.max(Math.floor(from / DAY), 0);
  const last = Math.min(Math.floor(to / DAY), lastDay);
  return first <= last ? { first, last } : undefined;
}

/** The condition on rows of the series table that the series are meant, and may have samples in the range. */
export function rowsOfSeries(condition: RowCondition, range: TimeRange | undefined): Sql {
  const matching = condition.sql ?? sql`1`;
  if (range === undefined) return matching;
  const days = daysOf(range);
  if (days === undefined) return sql`0`;
  return sql`Day >= toDate(${days.first}) AND Day <= toDate(${days.last}) AND ${matching}`;
}

/**
 * The series that meet a condition on the days of a range, by id; with or without samples in the range itself.
 *
 * @param limit more series than this throw `exceeded`
 */
export async function readSeries(
  tables: MetricTables,
  condition: RowCondition,
  range: TimeRange,
  { limit, exceeded, signal }: { limit: number; exceeded: () => Error; signal?: AbortSignal | undefined },
): Promise<Map<bigint, StoredSeries>> {
  const found = new Map<bigint, StoredSeries>();
  const days = daysOf(range);
  if (days === undefined) return found;
  const where = rowsOfSeries(condition, range);
  const query =
    days.last - days.first < fewDays
      ? sql`SELECT MetricName, Id, Labels, HasHistograms, HasStartTimestamps FROM ${tables.series} WHERE ${where}`
      : sql`SELECT MetricName, Id, any(Labels), max(HasHistograms), max(HasStartTimestamps) FROM ${tables.series} WHERE ${where} GROUP BY MetricName, Id`;
  await tables.clickhouse.blocks(
    query,
    (block) => {
      addSeries(block, condition, found);
      if (found.size > limit) throw exceeded();
    },
    { signal },
  );
  return found;
}

function addSeries(block: NativeBlock, { tests }: RowCondition, found: Map<bigint, StoredSeries>): void {
  const ids = numbersOf(block, 1, BigUint64Array);
  const histograms = numbersOf(block, 3, Uint8Array);
  const startTimestamps = numbersOf(block, 4, Uint8Array);
  const readLabels = labelsReader(block, 0, 2);
  ids.forEach((id, row) => {
    const hasHistograms = histograms[row] === 1;
    const hasStartTimestamps = startTimestamps[row] === 1;
    const known = found.get(id);
    if (known === undefined) {
      const labels = readLabels(row);
      if (!tests.every(({ label, test }) => test(labels.get(label)))) return;
      found.set(id, { id, labels, hasHistograms, hasStartTimestamps });
    } else if ((hasHistograms && !known.hasHistograms) || (hasStartTimestamps && !known.hasStartTimestamps)) {
      found.set(id, {
        ...known,
        hasHistograms: hasHistograms || known.hasHistograms,
        hasStartTimestamps: hasStartTimestamps || known.hasStartTimestamps,
      });
    }
  });
}

/** Makes a row's label set of the columns of the name and of the map of labels. */
export function labelsReader(block: NativeBlock, names: number, maps: number): (row: number) => Labels {
  const name = textsOf(columnOf(block, names, 'dictionary'));
  const map = columnOf(block, maps, 'maps');
  const texts = new Map<string, string>();
  const keys = textReader(map.keys, texts);
  const values = textReader(map.values, texts);
  return (row) => {
    const pairs: string[] = [];
    const end = map.ends[row] ?? 0;
    let isSorted = true;
    let isNamed = name[row] === '';
    for (let i = row === 0 ? 0 : (map.ends[row - 1] ?? 0); i < end; i++) {
      const key = keys(i);
      if (!isNamed && compareText(METRIC_NAME, key) < 0) {
        pairs.push(METRIC_NAME, name[row] ?? '');
        isNamed = true;
      }
      const before = pairs.at(-2);
      isSorted &&= before === undefined || compareText(before, key) < 0;
      const value = values(i);
      if (value !== '') pairs.push(key, value);
    }
    if (!isNamed) pairs.push(METRIC_NAME, name[row] ?? '');
    return isSorted ? Labels.fromSorted(pairs) : Labels.from(inPairs(pairs));
  };
}

function* inPairs(texts: readonly string[]): Generator<readonly [string, string]> {
  for (let i = 0; i < texts.length; i += 2) yield [texts[i] ?? '', texts[i + 1] ?? ''];
}

type TextColumn = Parameters<typeof textsOf>[0];

/** Reads texts, equal ones as one: label sets of a metric are alike, and are compared a lot. */
function textReader(column: TextColumn, texts: Map<string, string>): (index: number) => string {
  if (column.kind === 'dictionary') {
    const values = textsOf(column.values);
    const { indices } = column;
    return (index) => values[indices[index] ?? 0] ?? '';
  }
  const { bytes, ends } = ofKind(column, 'bytes');
  return (index) => {
    const text = bytes.toString('utf8', index === 0 ? 0 : ends[index - 1], ends[index]);
    const known = texts.get(text);
    if (known === undefined) texts.set(text, text);
    return known ?? text;
  };
}
