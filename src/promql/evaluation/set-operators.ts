import type { SetOp, VectorMatching } from '../ast.ts';
import { haveSameLabels, mergeSameLabels, type OnOverlap } from './merge.ts';
import { ABSENT, hasValues, type StepSeries } from './step-series.ts';
import { signatures } from './vector-signatures.ts';

/** `and`, `or`, `unless` between instant vectors: at each step, series by whether others match them. */
export function combineSets(
  op: SetOp,
  matching: VectorMatching,
  left: readonly StepSeries[],
  right: readonly StepSeries[],
  onOverlap: OnOverlap,
): readonly StepSeries[] {
  const { keyOf } = signatures(matching);
  const keysOf = (series: readonly StepSeries[]): string[] => series.map(({ labels }) => keyOf(labels));
  if (op === 'or') {
    const presence = presenceByKey(left, keysOf(left));
    const added = keep(right, keysOf(right), presence, false);
    const all = [...left, ...added];
    const steps = all[0]?.kinds.length ?? 0;
    // At several steps a series can be now on the left, now on the right.
    return steps > 1 && haveSameLabels(all) ? mergeSameLabels(all, onOverlap) : all;
  }
  return keep(left, keysOf(left), presenceByKey(right, keysOf(right)), op === 'and');
}

/** At which steps there is any series of each key. */
function presenceByKey(series: readonly StepSeries[], keys: readonly string[]): Map<string, Uint8Array> {
  const presence = new Map<string, Uint8Array>();
  const owned = new Set<string>();
  series.forEach(({ kinds }, i) => {
    const key = keys[i] ?? '';
    const known = presence.get(key);
    if (known === undefined) {
      presence.set(key, kinds);
      return;
    }
    // The first column is a series' own: it must not be written to.
    const present = owned.has(key) ? known : known.slice();
    owned.add(key);
    presence.set(key, present);
    kinds.forEach((kind, step) => {
      if (kind !== ABSENT) present[step] = kind;
    });
  });
  return presence;
}

/** The series where there is (or, with `wanted` false, is not) a match. */
function keep(
  series: readonly StepSeries[],
  keys: readonly string[],
  presence: ReadonlyMap<string, Uint8Array>,
  wanted: boolean,
): StepSeries[] {
  return series.flatMap((one, i) => {
    const present = presence.get(keys[i] ?? '');
    if (present === undefined) return wanted ? [] : [one];
    const kinds = one.kinds.map((kind, step) => ((present[step] !== ABSENT) === wanted ? kind : ABSENT));
    const kept = withKinds(one, kinds);
    return hasValues(kept) ? [kept] : [];
  });
}

function withKinds(series: StepSeries, kinds: Uint8Array): StepSeries {
  const histograms = series.histograms?.map((histogram, step) =>
    kinds[step] === ABSENT ? undefined : histogram,
  );
  const hasHistograms = histograms?.some((histogram) => histogram !== undefined);
  return { ...series, kinds, histograms: hasHistograms ? histograms : undefined };
}
