import type { Place } from './places.ts';

/** A series of one pod. */
export interface PodSeries extends Place {
  readonly pod: string;
  readonly name: string;
  /** Labels beside those of the pod, as text; empty for none. */
  readonly labels: string;
  readonly kind: 'gauge' | 'counter';
}

/** A series in a stretch of a window, in columns. A stretch of -1 is what lies right before the window. */
export interface StretchBlock {
  /** Places in a list of series. */
  readonly series: Uint32Array;
  /** 0 for the baseline, 1 for the window. */
  readonly side: Uint8Array;
  readonly stretch: Int32Array;
  readonly average: Float64Array;
  /** Values of the first and of the last sample, and their times in seconds. */
  readonly first: Float64Array;
  readonly last: Float64Array;
  readonly firstTime: Float64Array;
  readonly lastTime: Float64Array;
  /** By how much it rose from sample to sample; after a fall it began anew at 0. */
  readonly increase: Float64Array;
}

/** Metrics of both windows. */
export interface PodMetrics {
  readonly series: readonly PodSeries[];
  readonly blocks: readonly StretchBlock[];
  /** Metrics that were not read, as there were too many series. */
  readonly metricsLeftOut: number;
}

export const noMetrics: PodMetrics = { series: [], blocks: [], metricsLeftOut: 0 };
