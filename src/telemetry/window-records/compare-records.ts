import type { MetricAggregate } from '../comparison/aggregates.ts';
import { type AttributeQuestion, attributeQuestions } from '../comparison/attributes.ts';
import { type Cause, namedCauses } from '../comparison/causes.ts';
import type { Change } from '../comparison/changes.ts';
import { compareWindows } from '../comparison/compare.ts';
import { type Untold, untoldOf } from '../comparison/untold.ts';
import type { Range } from './range.ts';
import { aggregateRecords, type WindowRecords } from './window-aggregates.ts';

/** All that was read of two windows. */
export interface ReadWindows extends WindowRecords {
  readonly ranges: { readonly baseline: Range; readonly window: Range };
  readonly metrics: {
    readonly baseline: readonly MetricAggregate[];
    readonly window: readonly MetricAggregate[];
  };
}

export interface ComparedRecords {
  /** Strongest first. */
  readonly changes: readonly Change[];
  /** Best supported first. */
  readonly causes: readonly Cause[];
  readonly untold: readonly Untold[];
  readonly questions: readonly AttributeQuestion[];
  readonly logsLeftOut: number;
  /** Workloads that recorded anything in the window, in order. */
  readonly workloads: readonly string[];
}

/** What differs between two windows, and what that suggests. */
export function compareRecords({ ranges, metrics, ...records }: ReadWindows): ComparedRecords {
  const { logsLeftOut, ...aggregates } = aggregateRecords(records, ranges);
  const baseline = { ...aggregates.baseline, metrics: metrics.baseline };
  const window = { ...aggregates.window, metrics: metrics.window };
  const changes = compareWindows(baseline, window);
  const causes = namedCauses(changes, window);
  const workloads = [window.operations, window.patterns, window.lines, window.pods].flatMap((list) =>
    list.map(({ workload }) => workload),
  );
  return {
    changes,
    causes,
    untold: untoldOf(baseline, window, changes, causes),
    questions: attributeQuestions(changes, baseline, window),
    logsLeftOut,
    workloads: [...new Set(workloads)].sort(),
  };
}
