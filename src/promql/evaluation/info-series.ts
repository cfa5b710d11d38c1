import type { Labels } from '../labels.ts';
import type { RawSeries } from '../series-source.ts';
import type { Grid } from './grid.ts';
import { forEachSampleAtStep } from './instant-selector.ts';
import type { Shift } from './selector-times.ts';

/** An info series at the steps of a grid: of its samples only their times matter. */
export interface InfoSeries {
  readonly labels: Labels;
  /** When the current sample of each step was taken, in milliseconds; NaN where there is none. */
  readonly times: Float64Array;
}

/** An info series at the steps of a grid. */
export function infoSeriesAtSteps(
  raw: RawSeries,
  grid: Grid,
  shift: Shift,
  lookback: number,
  fail: (message: string) => never,
): InfoSeries {
  const times = new Float64Array(grid.count).fill(Number.NaN);
  forEachSampleAtStep(raw, grid, shift, lookback, (step, index) => {
    if (raw.histograms?.[index] !== undefined) {
      fail(`this should be an info metric, with float samples: ${raw.labels}`);
    }
    times[step] = raw.timestamps[index] ?? 0;
  });
  return { labels: raw.labels, times };
}

/** The series with the newest sample at a step. */
export function newestAt(
  group: readonly InfoSeries[],
  step: number,
  fail: (message: string) => never,
): InfoSeries | undefined {
  let newest: InfoSeries | undefined;
  let newestTime = Number.NEGATIVE_INFINITY;
  for (const one of group) {
    const time = one.times[step] ?? Number.NaN;
    if (newest !== undefined && time === newestTime) {
      fail(
        `found duplicate series for info metric: existing ${newest.labels} @ ${time}, new ${one.labels} @ ${time}`,
      );
    }
    if (time > newestTime) {
      newest = one;
      newestTime = time;
    }
  }
  return newest;
}
