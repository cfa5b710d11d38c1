import type { Cause } from '../telemetry/comparison/causes.ts';
import type { Change, ChangeKind } from '../telemetry/comparison/changes.ts';

/** A change that is listed, for others too that are much the same. */
export interface SelectedChange {
  /** Its place by strength among all changes, from 1. */
  readonly number: number;
  readonly change: Change;
  /** Weaker ones that are alike and not listed: other operations, labels or patterns of the same place. */
  readonly alike: number;
}

/** Causes whose evidence is listed in any case, and how much of it. */
const mostCauses = 5;
const mostEvidence = 5;

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
  const groups = new Map<string, { readonly place: number; alike: number }>();
  const listed: { readonly place: number; alike: number }[] = [];
  for (const [place, change] of changes.entries()) {
    const key = groupOf(change);
    const group = key === undefined || evidence.has(change) ? undefined : groups.get(key);
    if (group !== undefined) {
      group.alike++;
      continue;
    }
    const entry = { place, alike: 0 };
    listed.push(entry);
    if (key !== undefined && !groups.has(key)) groups.set(key, entry);
  }
  const isEvidence = ({ place }: { readonly place: number }): boolean => {
    const change = changes[place];
    return change !== undefined && evidence.has(change);
  };
  const first = listed.filter(isEvidence);
  const others = listed.filter((entry) => !isEvidence(entry)).slice(0, limit - first.length);
  return [...first, ...others]
    .sort((a, b) => a.place - b.place)
    .flatMap(({ place, alike }) => {
      const change = changes[place];
      return change === undefined ? [] : [{ number: place + 1, change, alike }];
    });
}

const strongest = (changes: readonly Change[]): Change[] =>
  [...changes].sort((a, b) => b.test.strength - a.test.strength);

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

/** What is alike has the same key; undefined for what is listed one by one. */
function groupOf({ kind, workload, pod, operation, level, subject, test }: Change): string | undefined {
  if (!foldedKinds.has(kind)) return undefined;
  const name = kind === 'metric' ? subject.split('{', 1)[0] : '';
  return JSON.stringify([kind, workload, pod, operation, level, name, Math.sign(test.delta)]);
}
