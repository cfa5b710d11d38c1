import type { Matcher } from '../../promql/ast.ts';
import type { SelectHints, SeriesSet, SeriesSource, TimeRange } from '../../promql/series-source.ts';
import { filterMetric } from './filter-metric.ts';
import { KnownMetrics } from './known-series.ts';
import { NumberPool } from './number-pool.ts';
import { NumberRoom } from './number-room.ts';
import { chooseSeries, readMetric } from './read-metric.ts';
import type { MetricTables } from './read-series.ts';
import { readSeriesFirst } from './read-series-first.ts';
import { SamplesReader } from './samples-reader.ts';
import type { Selection } from './selection.ts';
import { seriesCondition } from './series-condition.ts';

/** 64 MB: the samples of 2,000 series over 8 hours. */
const keptPieces = 8;

/** The series of our own tables. */
export class TableSource implements SeriesSource {
  readonly #tables: MetricTables;
  readonly #known = new KnownMetrics();
  readonly #pool = new NumberPool(keptPieces);

  constructor(tables: MetricTables) {
    this.#tables = tables;
  }

  /**
   * Runs an evaluation on these series. Their samples must not be used after it: the next one is given their
   * memory.
   */
  async during<T>(evaluate: (source: SeriesSource) => Promise<T>): Promise<T> {
    const rooms: NumberRoom[] = [];
    let hasEnded = false;
    const source: SeriesSource = {
      select: async (matchers, range, hints, signal) => {
        const room = new NumberRoom(this.#pool);
        try {
          return await this.#select(matchers, range, hints, signal, room);
        } finally {
          // Where an evaluation fails, its other selections may end after it.
          if (hasEnded) room.release();
          else rooms.push(room);
        }
      },
    };
    try {
      return await evaluate(source);
    } finally {
      hasEnded = true;
      for (const room of rooms) room.release();
    }
  }

  select(
    matchers: readonly Matcher[],
    range: TimeRange,
    hints: SelectHints,
    signal: AbortSignal,
  ): Promise<SeriesSet> {
    return this.#select(matchers, range, hints, signal, new NumberRoom(this.#pool));
  }

  async #select(
    matchers: readonly Matcher[],
    range: TimeRange,
    { maxSamples, maxSeries }: SelectHints,
    signal: AbortSignal,
    room: NumberRoom,
  ): Promise<SeriesSet> {
    signal.throwIfAborted();
    const condition = seriesCondition(matchers);
    const selection = { matchers, condition, range, maxSamples, maxSeries, room, signal };
    try {
      const { name } = condition;
      const found =
        name !== undefined && SamplesReader.tellsMissed(range)
          ? await this.#ofMetric(name, selection)
          : undefined;
      return found ?? (await readSeriesFirst(this.#tables, selection));
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }

  async #ofMetric(name: string, selection: Selection): Promise<SeriesSet | undefined> {
    const { onlyName, tests } = selection.condition;
    const metric = { name, known: this.#known.of(name) };
    try {
      if (onlyName !== undefined) return await readMetric(this.#tables, metric, selection);
      const filtered = await filterMetric(this.#tables, metric, selection);
      if (filtered !== undefined || tests.length > 0) return filtered;
      return await chooseSeries(this.#tables, metric, selection);
    } finally {
      this.#known.keep(name, metric.known);
    }
  }
}
