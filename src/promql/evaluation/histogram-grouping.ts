import type { Span } from '../ast.ts';
import { parseFloatText } from '../go-float.ts';
import type { Labels } from '../labels.ts';
import type { ClassicBucket } from './classic-histogram.ts';
import type { Context } from './context.ts';
import * as messages from './messages.ts';
import { FLOAT, HISTOGRAM, type StepSeries } from './step-series.ts';

const BUCKET_BOUND = new Set(['le']);

/** The buckets of one classic histogram, one series for each bound as it was written. */
export interface ClassicGroup {
  /** The labels without the bound. */
  readonly labels: Labels;
  readonly dropName: boolean;
  readonly buckets: { readonly upperBound: number; readonly series: StepSeries }[];
}

/** The histograms of an instant vector. */
export interface HistogramGroups {
  readonly classic: readonly ClassicGroup[];
  /** The series that hold native histograms. */
  readonly native: readonly StepSeries[];
  /** Steps of native series at which a classic histogram of the same name is there too: neither counts. */
  readonly conflicts: ReadonlyMap<string, Uint8Array>;
}

/** Parts the histograms of an instant vector, and warns of series that are neither kind and of conflicts. */
export function groupHistograms(
  series: readonly StepSeries[],
  span: Span,
  context: Context,
): HistogramGroups {
  const classic = new Map<string, ClassicGroup>();
  for (const one of series) {
    if (!one.kinds.includes(FLOAT)) continue;
    const { labels, dropName } = one;
    const bound = labels.get('le');
    const upperBound = parseFloatText(bound);
    if (upperBound === undefined) {
      const name = context.delayedNameRemoval ? labels.metricName : '';
      context.annotations.warn(messages.badBucketLabel(name, bound), span);
      continue;
    }
    const groupLabels = labels.drop(BUCKET_BOUND);
    const group = classic.get(groupLabels.key) ?? { labels: groupLabels, dropName, buckets: [] };
    classic.set(groupLabels.key, group);
    group.buckets.push({ upperBound, series: one });
  }
  const native = series.filter(({ histograms }) => histograms !== undefined);
  const conflicts = new Map<string, Uint8Array>();
  for (const one of native) {
    const group = classic.get(one.labels.key);
    const steps = group && conflictingSteps(one, group);
    if (steps === undefined) continue;
    conflicts.set(one.labels.key, steps);
    const name = context.delayedNameRemoval ? one.labels.metricName : '';
    context.annotations.warn(messages.mixedClassicAndNative(name), span);
  }
  return { classic: [...classic.values()], native, conflicts };
}

/** The buckets that a classic histogram has at a step. */
export function bucketsAt({ buckets }: ClassicGroup, step: number): ClassicBucket[] {
  const present: ClassicBucket[] = [];
  for (const { upperBound, series } of buckets) {
    if (series.kinds[step] === FLOAT) present.push({ upperBound, count: series.values[step] ?? 0 });
  }
  return present;
}

function conflictingSteps(native: StepSeries, group: ClassicGroup): Uint8Array | undefined {
  const steps = native.kinds.map((kind, step) =>
    Number(kind === HISTOGRAM && group.buckets.some(({ series }) => series.kinds[step] === FLOAT)),
  );
  return steps.includes(1) ? steps : undefined;
}
