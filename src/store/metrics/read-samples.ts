import type { NativeBlock } from '../native/native-column.ts';
import { join, type Sql, sql } from '../sql/sql.ts';
import type { MetricTables } from './read-series.ts';
import type { SamplesReader } from './samples-reader.ts';
import { candidatesPerSeries, type Selection, tooManySamples, tooManySeries } from './selection.ts';
import { timesFrom } from './series-rows-in.ts';

export interface RowsToRead {
  /** What holds for the rows, besides the range. */
  readonly conditions: readonly Sql[];
  /** The conditions have no subquery and leave out nothing of a metric. */
  readonly isWholeMetric: boolean;
  /** So many rows at most, whichever; else more samples or series than the selection's limits fail it. */
  readonly most?: number;
}

/** Rows of numbers that fit the cache of a core: 2 MB, or 3 with start timestamps. */
const rowsOfBlock = 131_072;

/** The end of what a Date can say. */
const lastTime = 65_536 * 86_400_000 - 1;

/** Hands rows of the samples table to a reader. */
export async function readSamples(
  { clickhouse, samples }: MetricTables,
  reader: SamplesReader,
  selection: Selection,
  { conditions, isWholeMetric, most }: RowsToRead,
): Promise<void> {
  const { range, maxSamples, maxSeries, signal } = selection;
  const all = [...conditions, timesFrom(reader.from, Math.min(range.to, lastTime))];
  const limit = most === undefined ? sql`` : sql` LIMIT ${most}`;
  const query = sql`SELECT ${reader.columns} FROM ${samples} WHERE ${join(all, ' AND ')}${limit}`;
  // Samples of a whole metric come from one thread in order, and faster than they are taken.
  const options = isWholeMetric ? { threads: 1, isPlain: true } : {};
  // Those in front of the range are few, and are counted without them in the end.
  const mostSamples = most ?? (reader.from < range.from ? 2 * maxSamples : maxSamples);
  const onBlock = (block: NativeBlock) => {
    reader.read(block);
    if (reader.samples > mostSamples) throw tooManySamples(selection);
    if (most === undefined && reader.seriesCount > candidatesPerSeries * maxSeries) {
      throw tooManySeries(selection);
    }
  };
  await clickhouse.blocks(query, onBlock, { signal, rowsOfBlock, ...options });
}
