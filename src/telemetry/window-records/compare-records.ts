import { type AttributeQuestion, attributeQuestions } from '../comparison/attributes.ts';
import { type Cause, namedCauses } from '../comparison/causes.ts';
import type { Change } from '../comparison/changes.ts';
import { compareWindows } from '../comparison/compare.ts';
import { type Untold, untoldOf } from '../comparison/untold.ts';
import type { Place } from './places.ts';
import type { Range } from './range.ts';
import { aggregateRecords, type WindowRecords } from './window-aggregates.ts';

/** All that was read of two windows. */
export interface ReadWindows extends WindowRecords {
  /** The baseline is empty where there is none. */
  readonly ranges: { readonly baseline: Range; readonly window: Range };
}

export interface ComparedRecords {
  /** Strongest first. */
  readonly changes: readonly Change[];
  /** Best supported first. */
  readonly causes: readonly Cause[];
  readonly untold: readonly Untold[];
  readonly questions: readonly PlacedQuestion[];
  readonly logsLeftOut: number;
  /** Series of metrics that both windows have. */
  readonly series: number;
}

/** A question about the spans of a workload, and where it is. */
export interface PlacedQuestion extends AttributeQuestion {
  readonly places: readonly Place[];
}

/** What differs between two windows, and what that suggests. */
export function compareRecords({ ranges, ...records }: ReadWindows): ComparedRecords {
  const { baseline, window, logsLeftOut, placesOf } = aggregateRecords(records, ranges);
  const isCompared = ranges.baseline.to > ranges.baseline.from;
  const changes = isCompared ? compareWindows(baseline, window) : [];
  const causes = namedCauses(changes, window, baseline);
  return {
    changes,
    causes,
    untold: untoldOf(isCompared ? baseline : undefined, window, changes, causes),
    questions: attributeQuestions(changes, baseline, window).map((question) => ({
      ...question,
      places: placesOf(question.workload),
    })),
    logsLeftOut,
    series: Math.min(baseline.metrics.length, window.metrics.length),
  };
}
