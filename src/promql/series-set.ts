import { indexAbove } from './search.ts';
import type { RawSeries, SeriesSet, TimeRange } from './series-source.ts';

/** Series in order of their labels that are in memory, each as long as the set. */
export function seriesSet(series: readonly RawSeries[]): SeriesSet {
  return {
    seriesCount: series.length,
    sampleCount: series.reduce((sum, { timestamps }) => sum + timestamps.length, 0),
    places: undefined,
    [Symbol.iterator]: () => series[Symbol.iterator](),
  };
}

/** A set with what a function makes of each series. */
export function mapped(set: SeriesSet, map: (one: RawSeries) => RawSeries): SeriesSet {
  const { seriesCount, sampleCount, places } = set;
  return {
    seriesCount,
    sampleCount,
    places,
    *[Symbol.iterator]() {
      for (const one of set) yield map(one);
    },
  };
}

/** Puts what was made of each series of a set in the order of their labels; without what is undefined. */
export function byLabels<T>(items: readonly (T | undefined)[], { places }: Pick<SeriesSet, 'places'>): T[] {
  if (places === undefined) return items.filter((item) => item !== undefined);
  const placed = new Array<T | undefined>(items.length).fill(undefined);
  for (const [i, item] of items.entries()) placed[places[i] ?? 0] = item;
  return placed.filter((item) => item !== undefined);
}

/** The samples of a series in a range, which may be none. */
export function cut(series: RawSeries, { from, to }: TimeRange): RawSeries {
  const { labels, timestamps, values, histograms, startTimestamps } = series;
  if ((timestamps[0] ?? from) >= from && (timestamps.at(-1) ?? to) <= to) return series;
  const begin = indexAbove(timestamps, from - 1);
  const end = indexAbove(timestamps, to, begin);
  return {
    labels,
    timestamps: timestamps.subarray(begin, end),
    values: values.subarray(begin, end),
    histograms: histograms?.slice(begin, end),
    startTimestamps: startTimestamps?.subarray(begin, end),
  };
}
