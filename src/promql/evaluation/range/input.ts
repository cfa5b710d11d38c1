import type { Histogram } from '../../histogram.ts';
import type { Labels } from '../../labels.ts';
import type { RawSeries } from '../../series-source.ts';
import { StaleMarkers } from '../../staleness.ts';
import { type Grid, timeOf } from '../grid.ts';
import { FLOAT, HISTOGRAM, type StepSeries } from '../step-series.ts';

/** The floats of a series by time, without stale markers. */
export class FloatSamples {
  readonly timestamps: Float64Array;
  readonly values: Float64Array;
  /** When each sample's counter began; 0 where that is not known. */
  readonly starts: Float64Array | undefined;
  #drops: readonly number[] | undefined;

  constructor(timestamps: Float64Array, values: Float64Array, starts?: Float64Array | undefined) {
    this.timestamps = timestamps;
    this.values = values;
    this.starts = starts;
  }

  /** The positions of values that are below the one before: a counter's resets. */
  get drops(): readonly number[] {
    this.#drops ??= findDrops(this.values);
    return this.#drops;
  }
}

function findDrops(values: Float64Array): number[] {
  const drops: number[] = [];
  let previous = values[0] ?? 0;
  for (let i = 1; i < values.length; i++) {
    const value = values[i] ?? 0;
    if (value < previous) drops.push(i);
    previous = value;
  }
  return drops;
}

/** The histograms of a series by time. */
export interface HistogramSamples {
  readonly timestamps: Float64Array;
  readonly values: readonly Histogram[];
  readonly starts: Float64Array | undefined;
}

/** A series as range functions see it. */
export interface RangeInput {
  readonly labels: Labels;
  /** The name is to be dropped whatever the function does (a subquery's). */
  readonly dropName: boolean;
  readonly floats: FloatSamples;
  readonly histograms: HistogramSamples;
}

const NO_HISTOGRAMS: HistogramSamples = { timestamps: new Float64Array(0), values: [], starts: undefined };

/** Leaves out stale markers, and parts floats from histograms. */
export function fromRaw(series: RawSeries): RangeInput {
  const { labels, timestamps, values, hasNaN = true, histograms, startTimestamps: starts } = series;
  if (histograms === undefined && !(hasNaN && hasStaleMarker(values))) {
    const floats = new FloatSamples(timestamps, values, starts);
    return { labels, dropName: false, floats, histograms: NO_HISTOGRAMS };
  }
  const markers = new StaleMarkers(values);
  const isHistogram = (_: number, i: number): boolean => histograms?.[i] !== undefined;
  const isFloat = (_: number, i: number): boolean => histograms?.[i] === undefined && !markers.has(i);
  return {
    labels,
    dropName: false,
    floats: new FloatSamples(timestamps.filter(isFloat), values.filter(isFloat), starts?.filter(isFloat)),
    histograms: {
      timestamps: timestamps.filter(isHistogram),
      values: (histograms ?? []).filter((histogram) => histogram !== undefined),
      starts: starts?.filter(isHistogram),
    },
  };
}

function hasStaleMarker(values: Float64Array): boolean {
  let firstNaN = 0;
  while (firstNaN < values.length && !Number.isNaN(values[firstNaN])) firstNaN++;
  if (firstNaN === values.length) return false;
  const markers = new StaleMarkers(values);
  for (let i = firstNaN; i < values.length; i++) if (markers.has(i)) return true;
  return false;
}

/**
 * The samples of a subquery, whose steps are at `times`. Start times end here, and hints of resets too, as
 * steps may skip samples or repeat them.
 */
export function fromSteps(series: StepSeries, times: Float64Array): RangeInput {
  const { labels, dropName, kinds, values, histograms } = series;
  const isFull = kinds.every((kind) => kind === FLOAT);
  if (isFull) {
    return { labels, dropName, floats: new FloatSamples(times, values), histograms: NO_HISTOGRAMS };
  }
  const isFloat = (_: number, i: number): boolean => kinds[i] === FLOAT;
  return {
    labels,
    dropName,
    floats: new FloatSamples(times.filter(isFloat), values.filter(isFloat)),
    histograms: {
      timestamps: times.filter((_, i) => kinds[i] === HISTOGRAM),
      values: (histograms ?? []).filter((histogram) => histogram !== undefined).map(withUnknownReset),
      starts: undefined,
    },
  };
}

function withUnknownReset(histogram: Histogram): Histogram {
  const { hint } = histogram;
  return hint === 'reset' || hint === 'not_reset' ? { ...histogram, hint: 'unknown' } : histogram;
}

/** The times of all steps. */
export function timesOf(grid: Grid): Float64Array {
  return Float64Array.from({ length: grid.count }, (_, i) => timeOf(grid, i));
}
