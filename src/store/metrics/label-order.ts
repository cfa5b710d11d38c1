import type { Labels } from '../../promql/labels.ts';
import { RecentMap } from '../rows/recent-map.ts';

/** Label sets whose place is remembered, of all metrics. */
const standardCapacity = 1_000_000;
/** A metric's places are made anew where more of them than this for each series of now are of other series. */
const mostPlaces = 4;

interface Labelled {
  readonly labels: Labels;
}

/**
 * Remembers how the label sets of a metric are ordered: to compare them takes longer than to read the samples
 * of an instant query. A label set is known as an object, not by its value.
 */
export class LabelOrder {
  readonly #places: RecentMap<string, ReadonlyMap<Labels, number>>;

  constructor(capacity: number = standardCapacity) {
    this.#places = new RecentMap(capacity);
  }

  /** Series with different labels, ordered by labels. */
  ordered<T extends Labelled>(metric: string, series: readonly T[]): T[] {
    const places = this.#placesOf(metric, series);
    const placed = new Array<T | undefined>(places.size).fill(undefined);
    for (const one of series) placed[places.get(one.labels) ?? 0] = one;
    return placed.filter((one) => one !== undefined);
  }

  #placesOf(metric: string, series: readonly Labelled[]): ReadonlyMap<Labels, number> {
    const known = this.#places.get(metric) ?? new Map<Labels, number>();
    if (series.every(({ labels }) => known.has(labels))) return known;
    const all = new Set(series.map(({ labels }) => labels));
    for (const labels of known.keys()) {
      if (all.size < mostPlaces * series.length) all.add(labels);
    }
    const ordered = [...all].sort((a, b) => a.compare(b));
    const places = new Map(ordered.map((labels, place) => [labels, place]));
    this.#places.set(metric, places, places.size);
    return places;
  }
}
