import type { Matcher } from '../../promql/ast.ts';
import type { TimeRange } from '../../promql/series-source.ts';
import { InputError } from '../../telemetry/input-error.ts';
import type { NumberRoom } from './number-room.ts';
import type { SeriesCondition } from './series-condition.ts';

/** What is asked for. */
export interface Selection {
  readonly matchers: readonly Matcher[];
  /** The matchers, as a question to the series table. */
  readonly condition: SeriesCondition;
  readonly range: TimeRange;
  readonly maxSamples: number;
  readonly maxSeries: number;
  /** Where the samples are kept. */
  readonly room: NumberRoom;
  readonly signal: AbortSignal;
}

/** Series of the range's days are found, of which some may have no samples in the range itself. */
export const candidatesPerSeries = 2;

export function tooManySeries({ maxSeries }: Pick<Selection, 'maxSeries'>): InputError {
  return new InputError(
    `A selector finds more than ${maxSeries} series. Add label matchers to select fewer.`,
  );
}

export function tooManySamples({ maxSamples }: Pick<Selection, 'maxSamples'>): InputError {
  return new InputError(
    `The query needs more than ${maxSamples} samples at once. Select fewer series, a shorter time, or a larger step.`,
  );
}
