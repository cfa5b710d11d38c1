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

/** Names of the labels that any of the series has, the metric's name first, where it was scraped last. */
export function labelNamesOf(series: readonly Series[]): string[] {
  const names = new Set(series.flatMap(({ labels }) => Object.keys(labels)));
  return [...names].sort((a, b) => rankOf(a) - rankOf(b) || (a < b ? -1 : 1));
}

/** Of two columns that repeat one another the first stays: pod and workload, not instance and job. */
function rankOf(name: string): number {
  if (name === '__name__') return 0;
  return name === 'instance' || name === 'job' ? 2 : 1;
}

/** A label's value; undefined where the series has none, whatever objects have by that name. */
function labelOf({ labels }: Series, name: string): string | undefined {
  return Object.hasOwn(labels, name) ? labels[name] : undefined;
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
  const valuesOf = new Map(names.map((name) => [name, series.map((one) => labelOf(one, name))]));
  const isShared = (name: string) => {
    const [first, ...rest] = valuesOf.get(name) ?? [];
    return first !== undefined && rest.every((value) => value === first);
  };
  const shared = names.filter(isShared);
  const others = names.filter((name) => !isShared(name));
  const cells = others.flatMap((name) => valuesOf.get(name) ?? []).filter((value) => value !== undefined);
  const filled = others.length === 0 ? 1 : cells.length / (others.length * series.length);
  const nameText = (name: string) => {
    const text = untrusted.show(name, limits.name);
    return valueColumns.has(name) ? JSON.stringify(text) : text;
  };
  const column = (name: string): TableColumn => ({
    name: nameText(name),
    cells: (valuesOf.get(name) ?? []).map((value) =>
      value === undefined ? null : untrusted.show(value, limits.label),
    ),
  });
  if (filled >= leastFilled) return names.map(column);
  const listed = series.map((one) =>
    others
      .flatMap((name) => {
        const value = labelOf(one, name);
        if (value === undefined) return [];
        return [`${untrusted.show(name, limits.name)}="${untrusted.show(value, limits.label)}"`];
      })
      .join(', '),
  );
  return [...shared.map(column), { name: 'labels', cells: listed.map((text) => text || null) }];
}
