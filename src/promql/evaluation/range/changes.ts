import { isReset } from '../../histogram/reset.ts';
import { type Histogram, histogramsEqual } from '../../histogram.ts';
import { startsAnew } from './start-times.ts';
import type { RangeFunction, RangeWindow } from './window.ts';

interface Sample {
  readonly time: number;
  readonly start: number;
  readonly value: number;
  readonly histogram: Histogram | undefined;
}

/** The samples of a range in order of time; an anchored one begins with the last before its start. */
function samplesOf(window: RangeWindow): Sample[] {
  const { floats, histograms, floatLow, floatHigh, histogramLow, histogramHigh } = window;
  const samples: Sample[] = [];
  for (let i = floatLow; i < floatHigh; i++) {
    const [time = 0, value = 0, start = 0] = [floats.timestamps[i], floats.values[i], floats.starts?.[i]];
    samples.push({ time, value, start, histogram: undefined });
  }
  for (let i = histogramLow; i < histogramHigh; i++) {
    const [time = 0, start = 0] = [histograms.timestamps[i], histograms.starts?.[i]];
    samples.push({ time, value: 0, start, histogram: histograms.values[i] });
  }
  if (histogramHigh > histogramLow && floatHigh > floatLow) samples.sort((a, b) => a.time - b.time);
  if (window.extension === undefined) return samples;
  const firstInside = samples.findIndex(({ time }) => time > window.start);
  return firstInside < 0 ? [] : samples.slice(Math.max(0, firstInside - 1));
}

/** Counts pairs of neighbours. Where there are only floats without start times, their values are enough. */
function countPairs(
  isCounted: (previous: Sample, current: Sample) => boolean,
  isFloatCounted: (previous: number, current: number) => boolean,
): RangeFunction {
  const ofHistograms = (window: RangeWindow): number | undefined => {
    const samples = samplesOf(window);
    const [first] = samples;
    if (first === undefined) return undefined;
    let counted = 0;
    let previous = first;
    for (const sample of samples) {
      if (sample !== first && isCounted(previous, sample)) counted++;
      previous = sample;
    }
    return counted;
  };
  const ofFloats = (window: RangeWindow): number | undefined => {
    const { floats, floatLow, floatHigh } = window;
    if (window.extension !== undefined || floats.starts !== undefined) return ofHistograms(window);
    const { values } = floats;
    let counted = 0;
    for (let i = floatLow + 1; i < floatHigh; i++) {
      if (isFloatCounted(values[i - 1] ?? 0, values[i] ?? 0)) counted++;
    }
    return counted;
  };
  return { minFloats: 1, ofFloats, ofHistograms };
}

function isCounterReset(previous: Sample, current: Sample): boolean {
  const [before, now] = [previous.histogram, current.histogram];
  if ((before === undefined) !== (now === undefined)) return true;
  const { start, time } = current;
  if (startsAnew({ previousStart: previous.start, previousTime: previous.time, start, time })) return true;
  return before && now ? isReset(now, before) : isDrop(previous.value, current.value);
}

function isDrop(previous: number, current: number): boolean {
  return current < previous;
}

function isChange(previous: Sample, current: Sample): boolean {
  const [before, now] = [previous.histogram, current.histogram];
  if (before !== undefined && now !== undefined) return !histogramsEqual(before, now);
  if (before !== undefined || now !== undefined) return true;
  return isOther(previous.value, current.value);
}

/** NaN is the same as NaN, and 0 as −0. */
function isOther(previous: number, current: number): boolean {
  return current !== previous && !(Number.isNaN(current) && Number.isNaN(previous));
}

/** The functions that count what happens between neighbouring samples. */
export const changeFunctions: Readonly<Record<string, RangeFunction>> = {
  changes: countPairs(isChange, isOther),
  resets: countPairs(isCounterReset, isDrop),
};
