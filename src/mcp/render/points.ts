import type { AnalyzeResult, Series, ValueUnit } from '../../query/results.ts';
import { numberTextsInOneUnit } from './number.ts';
import { thinnedNotes } from './thin.ts';
import { bucketTexts } from './time.ts';

export interface PointLines {
  readonly lines: readonly string[];
  readonly notes: readonly string[];
  readonly rounded: boolean;
}

/** What the mark of a partial bucket means. */
export const markedNote = '* is a partial bucket: cut by the window or by now';

/** Fewer equal rows than this stay as they are. */
const shortestRun = 3;

/** What the values of a table of points are, and how its rows and columns are named. */
export interface PointTable extends Pick<AnalyzeResult, 'partial' | 'groupBy'> {
  readonly unit: ValueUnit | undefined;
  /** Of the first column. */
  readonly timeName: string;
}

/**
 * The points as a table, one row a bucket, one column a series; nothing for an instant query. Buckets in a
 * row with the same values become one row. `kept` are the indexes of the points to show.
 */
export function pointLines(
  result: PointTable,
  series: readonly Series[],
  kept: readonly number[],
): PointLines {
  const [first] = series;
  // Summaries hold the partial buckets too.
  if (first?.points === undefined) return { lines: [], notes: partialNotes(result), rounded: false };
  const all = first.points.length;
  const values = series.map(({ points = [] }) => kept.map((at) => points[at]?.[1] ?? null));
  const numbers = numberTextsInOneUnit(values.flat(), result.unit);
  const rows = kept.map((_, row) =>
    series.map((_, column) => numbers.texts[column * kept.length + row] ?? '-').join('\t'),
  );
  const partial = kept.map(
    (at) => (at === 0 && result.partial.first) || (at === all - 1 && result.partial.last),
  );
  const runs = runsOf(rows, partial, kept.length === all);
  const starts = bucketTexts(runs.map((run) => first.points?.[kept[run.start] ?? 0]?.[0] ?? 0));
  const names = result.groupBy.length > 0 ? series.map((_, i) => `#${i + 1}`) : ['value'];
  const unit = numbers.unit === undefined ? '' : ` (values in ${numbers.unit})`;
  const lines = runs.map((run, i) => {
    const mark = partial[run.start] ? '*' : run.length > 1 ? ` x${run.length}` : '';
    return `${starts[i]}${mark}\t${rows[run.start]}`;
  });
  const notes = [
    ...(partial.some(Boolean) ? [markedNote] : []),
    ...(runs.some(({ length }) => length > 1) ? ['xN: the same in N buckets from there on'] : []),
    ...thinnedNotes(kept.length, all),
  ];
  return {
    lines: [`${result.timeName}${unit}\t${names.join('\t')}`, ...lines],
    notes,
    rounded: numbers.rounded,
  };
}

/** That the ends of a series hold less than a whole bucket each, in words. */
export function partialNotes({ partial }: Pick<PointTable, 'partial'>): string[] {
  if (!partial.first && !partial.last) return [];
  const which =
    partial.first && partial.last
      ? 'first and last buckets are'
      : `${partial.first ? 'first' : 'last'} bucket is`;
  return [`the ${which} partial: cut by the window or by now`];
}

interface Run {
  readonly start: number;
  readonly length: number;
}

/** Runs of equal rows of whole buckets; each row is a run of its own where there are gaps between them. */
function runsOf(rows: readonly string[], partial: readonly boolean[], withoutGaps: boolean): Run[] {
  const runs: Run[] = [];
  for (let start = 0; start < rows.length; ) {
    let end = start + 1;
    if (withoutGaps && !partial[start])
      while (!partial[end] && rows[end] === rows[start] && end < rows.length) end++;
    if (end - start < shortestRun) end = start + 1;
    runs.push({ start, length: end - start });
    start = end;
  }
  return runs;
}
