import type { AnalyzeResult } from '../../query/results.ts';
import type { Limits } from './budget.ts';

/** A token is at most this many characters, by our estimate: blanks in a row. */
const mostCharacters = 40;

type AnalyzeLimits = Limits<'label' | 'points' | 'plotted' | 'groups'>;

/**
 * What an answer to an analysis costs at least, without laying it out: hundreds of groups with hundreds of
 * points take long to lay out, and it is plain that they don't fit. Each point shown is a token.
 */
export function leastTokens(
  { series, groupBy }: Pick<AnalyzeResult, 'series' | 'groupBy'>,
  form: 'text' | 'json',
): (limits: AnalyzeLimits) => number {
  const points = series[0]?.points ?? [];
  // In text, buckets of equal values are one row; the first series tells how many differ.
  const changes = points.filter(([, value], i) => value !== points[i - 1]?.[1]).length;
  const columns = groupBy.map((key) =>
    series.map(({ labels }) => (Object.hasOwn(labels, key) ? labels[key] : undefined) ?? ''),
  );
  const firstDifferent = columns.map((column) => column.findIndex((label) => label !== column[0]));
  return (limits) => {
    const { label, groups, plotted } = limits;
    const rows = form === 'text' && limits.points >= points.length ? changes : limits.points;
    let characters = 0;
    for (const [i, column] of columns.entries()) {
      // In text, labels that all shown groups have stand once.
      const different = firstDifferent[i] ?? -1;
      const once = form === 'text' && (different < 0 || groups <= different);
      for (const text of column.slice(0, once ? 1 : groups)) characters += Math.min(text.length, label);
    }
    return rows * Math.min(plotted, groups) + characters / mostCharacters;
  };
}
