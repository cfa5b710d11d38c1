import type { Histogram } from '../histogram.ts';
import type { Labels } from '../labels.ts';
import { MemorySource } from '../memory-source.ts';
import type { SeriesSource } from '../series-source.ts';

/** A sample to load. With a histogram or `stale`, the value means nothing. */
export interface LoadedSample {
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly value: number;
  readonly stale?: boolean | undefined;
  readonly histogram?: Histogram | undefined;
  /** Milliseconds since the epoch. */
  readonly startTimestamp?: number | undefined;
}

/** A series to load; its samples ascend in time. */
export interface LoadedSeries {
  readonly labels: Labels;
  readonly samples: readonly LoadedSample[];
}

/** Where a script's series go and come from. */
export interface ScriptStore {
  readonly source: SeriesSource;
  /** Adds series to those that are there; each label set occurs once. */
  add(series: readonly LoadedSeries[]): Promise<void>;
  /** Forgets all series. */
  clear(): Promise<void>;
}

/** Series in memory. */
export function memoryStore(): ScriptStore {
  const source = new MemorySource();
  return {
    source,
    async add(series) {
      for (const { labels, samples } of series) source.add(labels, samples);
    },
    async clear() {
      source.clear();
    },
  };
}
