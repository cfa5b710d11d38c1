import type { Series } from '../../query/results.ts';
import type { Limits } from './budget.ts';
import type { Shrinking } from './series.ts';
import type { TableColumn } from './table.ts';
import type { Untrusted } from './untrusted.ts';

/** Columns of which fewer cells than this share have a value cost more than they tell. */
const leastFilled = 0.5;

/** Names of the columns that hold values: a label of such a name stands in quotes. */
const valueColumns: ReadonlySet<string> = new Set([
  '#',
  'labels',
  'value',
  'samples',
  'min',
  'max',
  'avg',
  'latest',
  'total',
]);

/** Names of the labels that any of the series has, the metric's name first. */
export function labelNamesOf(series: readonly Series[]): string[] {
  const names = new Set(series.flatMap(({ labels }) => Object.keys(labels)));
  return [...names].sort((a, b) => Number(b === '__name__') - Number(a === '__name__') || (a < b ? -1 : 1));
}

/**
 * The labels of series: one column each, or, where series have different labels, those that not all share
 * in one column as `name="value"`.
 */
export function metricColumns(
  series: readonly Series[],
  limits: Limits<Shrinking>,
  untrusted: Untrusted,
): TableColumn[] {
  const names = labelNamesOf(series);
  const isShared = (name: string) =>
    series.every(({ labels }) => labels[name] !== undefined && labels[name] === series[0]?.labels[name]);
  const shared = names.filter(isShared);
  const others = names.filter((name) => !isShared(name));
  const cells = series.reduce(
    (sum, { labels }) => sum + others.filter((name) => labels[name] !== undefined).length,
    0,
  );
  const filled = others.length === 0 ? 1 : cells / (others.length * series.length);
  const nameText = (name: string) => {
    const text = untrusted.show(name, limits.name);
    return valueColumns.has(name) ? JSON.stringify(text) : text;
  };
  const column = (name: string): TableColumn => ({
    name: nameText(name),
    cells: series.map(({ labels }) => {
      const value = labels[name];
      return value === undefined ? null : untrusted.show(value, limits.label);
    }),
  });
  if (filled >= leastFilled) return names.map(column);
  const listed = series.map(({ labels }) =>
    others
      .filter((name) => labels[name] !== undefined)
      .map(
        (name) =>
          `${untrusted.show(name, limits.name)}="${untrusted.show(labels[name] ?? '', limits.label)}"`,
      )
      .join(', '),
  );
  return [...shared.map(column), { name: 'labels', cells: listed.map((text) => text || null) }];
}
