import { isReset } from '../../histogram/reset.ts';
import { subtractHistograms } from '../../histogram/sum.ts';
import { compact, divide, type Histogram, withHint } from '../../histogram.ts';
import * as messages from '../messages.ts';
import { startsAnew } from './start-times.ts';
import type { RangeFunction, RangeWindow, Reporter } from './window.ts';

interface Sample {
  readonly time: number;
  readonly start: number;
  readonly value: number;
  readonly histogram: Histogram | undefined;
}

/** The last two samples of a range, of either kind. */
function lastTwo(window: RangeWindow): readonly [Sample, Sample] | undefined {
  const { floats, histograms, floatLow, floatHigh, histogramLow, histogramHigh } = window;
  const samples: Sample[] = [];
  for (let i = Math.max(floatLow, floatHigh - 2); i < floatHigh; i++) {
    const [time = 0, value = 0, start = 0] = [floats.timestamps[i], floats.values[i], floats.starts?.[i]];
    samples.push({ time, value, start, histogram: undefined });
  }
  for (let i = Math.max(histogramLow, histogramHigh - 2); i < histogramHigh; i++) {
    const [time = 0, start = 0] = [histograms.timestamps[i], histograms.starts?.[i]];
    samples.push({ time, value: 0, start, histogram: histograms.values[i] });
  }
  const [last, previous] = samples.sort((a, b) => b.time - a.time);
  return last && previous && [previous, last];
}

function change(window: RangeWindow, isRate: boolean, reporter: Reporter): number | Histogram | undefined {
  const samples = lastTwo(window);
  if (samples === undefined) return undefined;
  const [previous, last] = samples;
  const seconds = (last.time - previous.time) / 1000;
  if (last.histogram === undefined && previous.histogram === undefined) {
    return floatChange(previous, last, isRate, seconds);
  }
  if (last.histogram === undefined || previous.histogram === undefined) {
    reporter.annotations.warn(messages.mixedFloatsAndHistograms(window.metricName), reporter.span);
    return undefined;
  }
  const difference = histogramChange(
    previous,
    last,
    previous.histogram,
    last.histogram,
    isRate,
    window,
    reporter,
  );
  return difference && isRate ? divide(difference, seconds) : difference;
}

function floatChange(previous: Sample, last: Sample, isRate: boolean, seconds: number): number {
  if (!isRate) return last.value - previous.value;
  const isAnew = last.value < previous.value || beginsAnew(previous, last);
  return (isAnew ? last.value : last.value - previous.value) / seconds;
}

function histogramChange(
  previous: Sample,
  last: Sample,
  before: Histogram,
  now: Histogram,
  isRate: boolean,
  { metricName }: RangeWindow,
  { annotations, span }: Reporter,
): Histogram | undefined {
  const hints = [before.hint, now.hint];
  if (isRate && hints.includes('gauge')) annotations.warn(messages.notACounter(metricName), span);
  if (!isRate && hints.some((hint) => hint !== 'gauge'))
    annotations.warn(messages.notAGauge(metricName), span);
  let result = now;
  if (!isRate || !(beginsAnew(previous, last) || isReset(now, before))) {
    const difference = subtractHistograms(now, before);
    if (difference.incompatible) {
      annotations.warn(messages.mixedSchemas(metricName), span);
      return undefined;
    }
    if (difference.reconciled) annotations.inform(messages.reconciledBounds('subtraction'), span);
    result = difference.histogram;
  }
  return compact(withHint(result, 'gauge'));
}

function beginsAnew(previous: Sample, last: Sample): boolean {
  return startsAnew({
    previousStart: previous.start,
    previousTime: previous.time,
    start: last.start,
    time: last.time,
  });
}

/** Most ranges are of floats only: those need no list of samples. */
function ofFloats(window: RangeWindow, isRate: boolean): number | undefined {
  const { floats, floatHigh } = window;
  const { timestamps, values, starts } = floats;
  const sampleAt = (i: number): Sample => ({
    time: timestamps[i] ?? 0,
    start: starts?.[i] ?? 0,
    value: values[i] ?? 0,
    histogram: undefined,
  });
  const [previous, last] = [sampleAt(floatHigh - 2), sampleAt(floatHigh - 1)];
  return floatChange(previous, last, isRate, (last.time - previous.time) / 1000);
}

function instantChange(isRate: boolean): RangeFunction {
  return {
    minFloats: 2,
    ofFloats: (window) => ofFloats(window, isRate),
    ofHistograms: (window, _, reporter) => change(window, isRate, reporter),
  };
}

/** The functions of the last two samples of a range. */
export const instantRateFunctions: Readonly<Record<string, RangeFunction>> = {
  irate: instantChange(true),
  idelta: instantChange(false),
};
