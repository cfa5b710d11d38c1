import { InputError } from '../telemetry/input-error.ts';
import { formatTime, parseTime } from '../telemetry/time.ts';
import type { Window } from '../telemetry/window.ts';
import type { TimeInput } from './requests.ts';

/** A window to compare with; with one of its ends, the other is such that the windows are equally long or meet. */
export interface BaselineRequest {
  readonly baselineFrom?: TimeInput | undefined;
  readonly baselineTo?: TimeInput | undefined;
}

/**
 * The baseline that is asked for; undefined where none is.
 *
 * @throws InputError for a time that can't be read, or a baseline that is empty
 */
export function baselineWindow(
  { baselineFrom, baselineTo }: BaselineRequest,
  window: Window,
  now: bigint,
): Window | undefined {
  if (baselineFrom === undefined && baselineTo === undefined) return undefined;
  const to = baselineTo === undefined ? window.from : readTime('baseline_to', baselineTo, now);
  const from =
    baselineFrom === undefined
      ? to - (window.to - window.from)
      : readTime('baseline_from', baselineFrom, now);
  if (from < 0n || from >= to) {
    const end = baselineTo === undefined ? ', which is from_time because none was given' : '';
    throw new InputError(
      `The baseline is empty: baseline_from (${formatTime(from < 0n ? 0n : from)}) must be before baseline_to (${formatTime(to)}${end}).`,
    );
  }
  return { from, to };
}

function readTime(name: string, input: TimeInput, now: bigint): bigint {
  try {
    return parseTime(input, now).time;
  } catch (error) {
    throw error instanceof InputError ? new InputError(`${name}: ${error.message}`) : error;
  }
}
