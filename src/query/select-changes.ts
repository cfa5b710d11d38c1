import type { Cause } from '../telemetry/comparison/causes.ts';
import type { Change, ChangeKind } from '../telemetry/comparison/changes.ts';
import { type Measure, measureOf } from '../telemetry/comparison/metric-meaning.ts';

/** A change that is listed, for others too that are much the same. */
export interface SelectedChange {
  /** Its place by strength among all changes, from 1. */
  readonly number: number;
  readonly change: Change;
  /** Weaker ones that are alike and not listed: other operations, labels, patterns, pods or metrics of a place. */
  readonly alike: number;
  /** Of a metric: other metrics of the workload that say the same. */
  readonly likewise: readonly string[];
  /** Of a metric: other workloads in which it moved, too. */
  readonly alsoIn: readonly string[];
}

/** Causes whose evidence is listed in any case, and how much of it. */
const mostCauses = 5;
const mostEvidence = 5;

interface Entry {
  readonly place: number;
  readonly change: Change;
  alike: number;
  readonly likewise: Set<string>;
  readonly alsoIn: Set<string>;
}

/**
 * The changes to list, strongest first: what the first causes rest on, then the strongest of each group that is alike.
 *
 * @param changes strongest first
 */
export function selectChanges(
  changes: readonly Change[],
  causes: readonly Cause[],
  limit: number,
): SelectedChange[] {
  const evidence = new Set(
    causes
      .slice(0, mostCauses)
      .flatMap((cause) => strongest(cause.evidence).slice(0, mostEvidence))
      .slice(0, limit),
  );
  const groups = new Map<string, Entry[]>();
  const listed: Entry[] = [];
  for (const [place, change] of changes.entries()) {
    const key = groupOf(change);
    const group = key === undefined ? undefined : (groups.get(key) ?? []);
    const first = evidence.has(change) ? undefined : group?.find((entry) => isAlike(entry.change, change));
    if (first !== undefined) {
      first.alike++;
      if (metricName(change) !== metricName(first.change)) first.likewise.add(metricName(change));
      continue;
    }
    const entry: Entry = { place, change, alike: 0, likewise: new Set(), alsoIn: new Set() };
    listed.push(entry);
    if (key !== undefined && group !== undefined) groups.set(key, [...group, entry]);
  }
  const first = listed.filter(({ change }) => evidence.has(change));
  const others = acrossWorkloads(listed.filter(({ change }) => !evidence.has(change)));
  return [...first, ...others.slice(0, limit - first.length)]
    .sort((a, b) => a.place - b.place)
    .map(({ place, change, alike, likewise, alsoIn }) => ({
      ...{ number: place + 1, change, alike },
      ...{ likewise: [...likewise], alsoIn: [...alsoIn] },
    }));
}

const strongest = (changes: readonly Change[]): Change[] =>
  [...changes].sort((a, b) => b.test.strength - a.test.strength);

/** A metric that moved in several workloads, and is no evidence, is one entry: that of the strongest. */
function acrossWorkloads(entries: readonly Entry[]): Entry[] {
  const byMetric = new Map<string, Entry>();
  return entries.filter((entry) => {
    const { change } = entry;
    if (change.kind !== 'metric') return true;
    const key = JSON.stringify([metricName(change), Math.sign(change.test.delta)]);
    const first = byMetric.get(key);
    if (first === undefined) {
      byMetric.set(key, entry);
      return true;
    }
    first.alike += 1 + entry.alike;
    for (const name of entry.likewise) first.likewise.add(name);
    if (change.workload !== first.change.workload) first.alsoIn.add(change.workload);
    return false;
  });
}

/** Kinds of which one place has many that say the same. */
const foldedKinds: ReadonlySet<ChangeKind> = new Set([
  'rate',
  'duration',
  'own-time',
  'pattern',
  'fewer-errors',
  'lines',
  'metric',
  'new-operation',
  'gone-operation',
]);

/** Resources of which a pod has several metrics: memory that is used, resident, in the working set. */
const resources: ReadonlySet<Measure> = new Set(['cpu', 'throttling', 'memory', 'disk', 'network']);

/** Metrics that say the same rise or fall by the same factor, up to this one. */
const SAME = 1.5;

/** What may be alike has the same key; undefined for what is listed one by one. */
function groupOf(change: Change): string | undefined {
  const { kind, workload, operation, level, test } = change;
  if (!foldedKinds.has(kind)) return undefined;
  const direction = Math.sign(test.delta);
  if (kind !== 'metric') return JSON.stringify([kind, workload, operation, level, direction]);
  const measure = measureOf(change.subject);
  return JSON.stringify([kind, workload, resources.has(measure) ? measure : metricName(change), direction]);
}

const isAlike = (one: Change, other: Change): boolean =>
  metricName(one) === metricName(other) ||
  Math.abs(Math.log(factorOf(one)) - Math.log(factorOf(other))) <= Math.log(SAME);

const factorOf = ({ before, after }: Change): number =>
  Math.max(after, Number.MIN_VALUE) / Math.max(before, Number.MIN_VALUE);

/** The metric of a series, without labels; empty for what is no metric. */
const metricName = ({ kind, subject }: Change): string =>
  kind === 'metric' ? (subject.split('{', 1)[0] ?? '') : '';
