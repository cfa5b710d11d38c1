import { builtinFields } from '../fields.ts';
import { type LabelSet, labelKey, labelValue, type MatchGroup, matchGroups } from '../series.ts';
import type { FormulaSeries, SeriesOperand } from './operand.ts';

/** Two operands whose series can meet. */
export interface Meeting {
  readonly left: SeriesOperand;
  readonly right: SeriesOperand;
  /** All labels of the result: those of the side that has more. */
  readonly names: ReadonlySet<string>;
  readonly groups: readonly MatchGroup<FormulaSeries>[];
  /** Labels that were taken for another name of the same field, with the name that stands in the result. */
  readonly renamed: ReadonlyMap<string, string>;
}

/** How many series of two operands met, and how many of either met none. */
export interface MeetingCount {
  readonly joined: number;
  readonly leftAlone: number;
  readonly rightAlone: number;
  /** What either side is where it has no series; null for no value. */
  readonly leftAbsent: number | null;
  readonly rightAbsent: number | null;
}

/**
 * Lets the series of two operands meet: by equal labels; where the labels of one side are a part of the
 * other's, each of its series meets all that agree with it. A missing label is an empty one. Where labels
 * differ by name only, as a pod is `pod` in metrics and `pod_name` in records, they count as one field.
 *
 * @returns undefined where neither side's labels are a part of the other's
 */
export function meet(left: SeriesOperand, right: SeriesOperand): Meeting | undefined {
  const names = wider(left.names, right.names);
  if (names === undefined) return meetByFields(left, right);
  const shared = [...(names === left.names ? right : left).names].sort();
  const groups = matchGroups(left.series, right.series, ({ labels }) => labelKey(labels, shared));
  return { left, right, names, groups: [...groups.values()], renamed: new Map() };
}

/** The most series that the meeting can give. */
export function seriesOf({ groups }: Meeting): number {
  return groups.reduce(
    (sum, { left, right }) => sum + Math.max(left.length, 1) * Math.max(right.length, 1),
    0,
  );
}

/** Combines the series that meet; one that meets none has the other side's `absent` for a partner. */
export function combineSeries(
  { left, right, groups }: Meeting,
  apply: (a: number, b: number) => number,
): { readonly series: readonly FormulaSeries[]; readonly count: MeetingCount } {
  const count = { joined: 0, leftAlone: 0, rightAlone: 0 };
  const series: FormulaSeries[] = [];
  for (const group of groups) {
    for (const a of group.left) {
      if (group.right.length === 0) series.push(alone(a, right.absent, apply));
      if (group.right.length === 0 && a.values !== undefined) count.leftAlone++;
      for (const b of group.right) {
        series.push(pair(a, b, apply));
        if (a.values !== undefined && b.values !== undefined) count.joined++;
        else if (a.values !== undefined) count.leftAlone++;
        else if (b.values !== undefined) count.rightAlone++;
      }
    }
    if (group.left.length > 0) continue;
    for (const b of group.right) {
      series.push(alone(b, left.absent, (value, absent) => apply(absent, value)));
      if (b.values !== undefined) count.rightAlone++;
    }
  }
  const absentOf = ({ absent }: SeriesOperand) => (Number.isNaN(absent) ? null : absent);
  return { series, count: { ...count, leftAbsent: absentOf(left), rightAbsent: absentOf(right) } };
}

function pair(a: FormulaSeries, b: FormulaSeries, apply: (a: number, b: number) => number): FormulaSeries {
  const labels = jointLabels(a.labels, b.labels);
  const others = b.values;
  if (others === undefined) return { labels, values: undefined };
  return { labels, values: a.values?.map((value, i) => apply(value, others[i] ?? Number.NaN)) };
}

function alone(
  { labels, values }: FormulaSeries,
  absent: number,
  apply: (value: number, absent: number) => number,
): FormulaSeries {
  if (Number.isNaN(absent)) return { labels, values: undefined };
  return { labels, values: values?.map((value) => apply(value, absent)) };
}

/** The labels of two series that met: they agree where both have a label. */
function jointLabels(left: LabelSet, right: LabelSet): LabelSet {
  const isPart = Object.keys(left).every((name) => labelValue(right, name) !== '');
  return isPart ? right : left;
}

function meetByFields(left: SeriesOperand, right: SeriesOperand): Meeting | undefined {
  const renamedLeft = withFieldNames(left);
  const renamedRight = withFieldNames(right);
  if (renamedLeft === undefined || renamedRight === undefined) return undefined;
  if (wider(renamedLeft.names, renamedRight.names) === undefined) return undefined;
  const meeting = meet(renamedLeft, renamedRight);
  const renamed = [...left.names, ...right.names].flatMap((name) => {
    const field = fieldNames.get(name);
    return field === undefined ? [] : [[name, field] as const];
  });
  return meeting && { ...meeting, renamed: new Map(renamed) };
}

/** Other names of the fields that say where telemetry comes from, and the field's own. */
const fieldNames: ReadonlyMap<string, string> = new Map(
  builtinFields
    .filter(({ signals }) => signals.length > 1)
    .flatMap(({ name, aliases }) => aliases.map((alias) => [alias, name])),
);

/** The value that an operand has where the labels of a result are these; NaN for no value. */
export function valueFor(
  operand: SeriesOperand,
  byKey: ReadonlyMap<string, FormulaSeries>,
  labels: LabelSet,
): number {
  const names = [...operand.names];
  const wanted = names.map((name) => {
    const value = labelValue(labels, name) || labelValue(labels, fieldNames.get(name) ?? name);
    return [name, value] as const;
  });
  const found = byKey.get(labelKey(Object.fromEntries(wanted), names));
  return found === undefined ? operand.absent : (found.values?.[0] ?? Number.NaN);
}

/** The series of an operand by all their labels, for `valueFor`. */
export function seriesByKey({ names, series }: SeriesOperand): ReadonlyMap<string, FormulaSeries> {
  const ordered = [...names];
  return new Map(series.map((one) => [labelKey(one.labels, ordered), one]));
}

/** The operand with fields' own names as labels; undefined where two labels would become one. */
function withFieldNames(operand: SeriesOperand): SeriesOperand | undefined {
  const rename = (name: string) => fieldNames.get(name) ?? name;
  const names = new Set([...operand.names].map(rename));
  if (names.size < operand.names.size) return undefined;
  const series = operand.series.map((one) => ({
    ...one,
    labels: Object.fromEntries(Object.entries(one.labels).map(([name, value]) => [rename(name), value])),
  }));
  return { ...operand, names, series };
}

function wider(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> | undefined {
  if ([...b].every((name) => a.has(name))) return a;
  return [...a].every((name) => b.has(name)) ? b : undefined;
}
