/** The series of two sides that have the same key, in the order of their sides. */
export interface MatchGroup<Series> {
  readonly left: readonly Series[];
  readonly right: readonly Series[];
}

/**
 * How two sides of labelled series meet: those with equal keys form a group. Which labels make the key, and
 * what a group of several series means, is the policy of who asks: PromQL's `on` and `ignoring`, or the
 * formulas' labels that both sides have. Groups stand in the order of the left side, then of the right.
 */
export function matchGroups<Series>(
  left: readonly Series[],
  right: readonly Series[],
  keyOf: (series: Series) => string,
): ReadonlyMap<string, MatchGroup<Series>> {
  const groups = new Map<string, { left: Series[]; right: Series[] }>();
  for (const [side, all] of [
    ['left', left],
    ['right', right],
  ] as const) {
    for (const series of all) {
      const key = keyOf(series);
      const group = groups.get(key);
      if (group !== undefined) group[side].push(series);
      else groups.set(key, { left: [], right: [], [side]: [series] });
    }
  }
  return groups;
}

/** Values by label names. A label without a value is a missing label. */
export type LabelSet = Readonly<Record<string, string>>;

/** A key of the values of these labels: equal for two sets that agree on all of them, and only for those. */
export function labelKey(labels: LabelSet, names: readonly string[]): string {
  let key = '';
  for (const name of names) {
    const value = labelValue(labels, name);
    key += `${value.length}:${value}`;
  }
  return key;
}

/** The value of a label; the empty text where it is missing. */
export function labelValue(labels: LabelSet, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : '';
}
