import type { Histogram } from '../../histogram.ts';
import type { RangeFunction, RangeWindow } from './window.ts';

/** The times and values at one end of a range; those of a kind that is missing are undefined. */
function endOf(
  window: RangeWindow,
  end: 'first' | 'last',
): {
  readonly floatTime: number | undefined;
  readonly float: number | undefined;
  readonly histogramTime: number | undefined;
  readonly histogram: Histogram | undefined;
} {
  const { floats, histograms } = window;
  const float = end === 'first' ? window.floatLow : window.floatHigh - 1;
  const histogram = end === 'first' ? window.histogramLow : window.histogramHigh - 1;
  const hasFloat = window.floatCount > 0;
  const hasHistogram = window.histogramCount > 0;
  return {
    floatTime: hasFloat ? floats.timestamps[float] : undefined,
    float: hasFloat ? floats.values[float] : undefined,
    histogramTime: hasHistogram ? histograms.timestamps[histogram] : undefined,
    histogram: hasHistogram ? histograms.values[histogram] : undefined,
  };
}

function sampleAt(end: 'first' | 'last'): RangeFunction {
  return {
    minFloats: 1,
    ofFloats: (window) => endOf(window, end).float,
    ofHistograms: (window) => {
      const { floatTime, float, histogramTime = 0, histogram } = endOf(window, end);
      if (floatTime === undefined) return histogram;
      const floatIsOuter = end === 'first' ? floatTime < histogramTime : floatTime > histogramTime;
      return floatIsOuter ? float : histogram;
    },
  };
}

function timeAt(end: 'first' | 'last'): RangeFunction {
  const outer = end === 'first' ? Math.min : Math.max;
  return {
    minFloats: 1,
    ofFloats: (window) => (endOf(window, end).floatTime ?? 0) / 1000,
    ofHistograms: (window) => {
      const { floatTime, histogramTime = 0 } = endOf(window, end);
      return outer(floatTime ?? histogramTime, histogramTime) / 1000;
    },
  };
}

/** The functions that give the first or last sample of a range, or its time in seconds. */
export const firstLastFunctions: Readonly<Record<string, RangeFunction>> = {
  first_over_time: sampleAt('first'),
  last_over_time: sampleAt('last'),
  ts_of_first_over_time: timeAt('first'),
  ts_of_last_over_time: timeAt('last'),
};
