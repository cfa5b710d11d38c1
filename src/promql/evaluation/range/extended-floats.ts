import { interpolate } from '../interpolation.ts';
import type { RateKind } from './extrapolation.ts';
import type { RangeWindow } from './window.ts';

/**
 * The samples that an extended range reaches from and to. `first` is the last one at or before the range's
 * start if there is one; `last` the last one, in a smoothed range the first one at or after its end.
 */
export interface Reach {
  readonly first: number;
  readonly last: number;
}

/** What an extended range reaches; undefined where nothing of the series is in it. */
export function reachOf(
  timestamps: Float64Array,
  low: number,
  high: number,
  { start, end, extension }: RangeWindow,
): Reach | undefined {
  const isSmoothed = extension === 'smoothed';
  let last = high - 1;
  const first = Math.max(low, firstFrom(timestamps, low, last, (time) => time > start) - 1);
  if (isSmoothed) last = firstFrom(timestamps, low, last, (time) => time >= end);
  if ((timestamps[last] ?? 0) <= start) return undefined;
  if (isSmoothed && (timestamps[first] ?? 0) > end) return undefined;
  return { first, last };
}

/** The first position from `low` on that is accepted, or `end`. */
function firstFrom(
  timestamps: Float64Array,
  low: number,
  end: number,
  accept: (time: number) => boolean,
): number {
  let position = low;
  while (position < end && !accept(timestamps[position] ?? 0)) position++;
  return position;
}

/** `rate`, `increase` or `delta` of the floats of an anchored or smoothed range, which needs no extrapolation. */
export function extendedFloatRate(window: RangeWindow, { isCounter, isRate }: RateKind): number | undefined {
  const { floats, start, end } = window;
  const { timestamps, values } = floats;
  const reach = reachOf(timestamps, window.floatLow, window.floatHigh, window);
  if (reach === undefined) return undefined;
  const { first, last } = reach;
  const left = leftValue(window, first, isCounter);
  const right = rightValue(window, last, isCounter);
  let correction = 0;
  if (isCounter) {
    const from = (timestamps[first] ?? 0) <= start ? first + 1 : first;
    const to = (timestamps[last] ?? 0) >= end ? last - 1 : last;
    let previous = left;
    for (let i = from; i <= to; i++) {
      const value = values[i] ?? 0;
      if (value < previous) correction += previous;
      previous = value;
    }
    if (right < previous) correction += previous;
  }
  const change = right - left + correction;
  return isRate ? change / ((end - start) / 1000) : change;
}

/** The value at the start of the range: of the sample there, or (smoothed) on the line to the next one. */
export function leftValue(
  { floats, start, extension }: RangeWindow,
  first: number,
  isCounter: boolean,
): number {
  const { timestamps, values } = floats;
  const [t1 = 0, y1 = 0] = [timestamps[first], values[first]];
  if (extension !== 'smoothed' || t1 >= start) return y1;
  return interpolate(t1, y1, timestamps[first + 1] ?? 0, values[first + 1] ?? 0, start, isCounter);
}

/** The value at the end of the range. */
export function rightValue(window: RangeWindow, last: number, isCounter: boolean): number {
  const { floats, floatLow, end, extension } = window;
  const { timestamps, values } = floats;
  const [t2 = 0, y2 = 0] = [timestamps[last], values[last]];
  if (extension !== 'smoothed' || last === floatLow || t2 <= end) return y2;
  return interpolate(timestamps[last - 1] ?? 0, values[last - 1] ?? 0, t2, y2, end, isCounter);
}
