import type { Matcher } from '../../promql/ast.ts';
import { seriesSet } from '../../promql/series-set.ts';
import type { SelectHints, SeriesSet, SeriesSource, TimeRange } from '../../promql/series-source.ts';
import { InputError } from '../../telemetry/input-error.ts';
import { join, listOf, type Sql, sql } from '../sql/sql.ts';
import { LabelOrder } from './label-order.ts';
import { NumberPool } from './number-pool.ts';
import { NumberRoom } from './number-room.ts';
import { type MetricTables, readSeries, rowsOfSeries, type StoredSeries } from './read-series.ts';
import { RememberedSeries } from './remembered-series.ts';
import { SamplesReader } from './samples-reader.ts';
import { type SeriesCondition, seriesCondition } from './series-condition.ts';
import { timesFrom } from './series-rows-in.ts';

/** More ids or names than this are asked for by a subquery. */
const mostListed = 5_000;
/** Series of the range's days are found, of which some may have no samples in the range itself. */
const candidatesPerSeries = 2;

/** What is asked for. */
interface Selection {
  readonly condition: SeriesCondition;
  readonly range: TimeRange;
  readonly maxSamples: number;
  readonly mostSeries: number;
  readonly tooManySeries: () => Error;
  readonly room: NumberRoom;
  readonly signal: AbortSignal;
}

/** 64 MB: the samples of 2,000 series over 8 hours. */
const keptPieces = 8;

/** The series of our own tables. */
export class TableSource implements SeriesSource {
  readonly #tables: MetricTables;
  readonly #remembered = new RememberedSeries();
  readonly #order = new LabelOrder();
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
    const selection: Selection = {
      condition,
      range,
      maxSamples,
      mostSeries: candidatesPerSeries * maxSeries,
      tooManySeries: () =>
        new InputError(`A selector finds more than ${maxSeries} series. Add label matchers to select fewer.`),
      room,
      signal,
    };
    const { name, tests } = condition;
    const canBeFirst = name !== undefined && tests.length === 0 && SamplesReader.tellsMissed(range);
    try {
      return canBeFirst ? await this.#samplesFirst(name, selection) : await this.#seriesFirst(selection);
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }

  /** Reads the samples of a metric, then the series of which the labels are not known yet: mostly none. */
  async #samplesFirst(name: string, selection: Selection): Promise<SeriesSet> {
    const { condition, range } = selection;
    const conditions = [sql`MetricName = ${name}`];
    if (condition.onlyName === undefined) {
      conditions.push(
        sql`Id IN (SELECT Id FROM ${this.#tables.series} WHERE ${rowsOfSeries(condition, range)})`,
      );
    }
    let features = this.#remembered.features(name);
    let reader = new SamplesReader({ ...selection, features });
    await this.#readSamples(reader, conditions, selection);
    const { histograms, startTimestamps } = reader.missed;
    if (histograms || startTimestamps) {
      features = {
        histograms: histograms || features.histograms,
        startTimestamps: startTimestamps || features.startTimestamps,
      };
      this.#remembered.rememberFeatures(name, features);
      reader = new SamplesReader({ ...selection, features });
      await this.#readSamples(reader, conditions, selection);
    }
    let labels = reader.ids.map((id) => this.#remembered.labels(id));
    if (labels.includes(undefined)) {
      const series = await this.#readSeries(selection);
      labels = reader.ids.map((id, slot) => labels[slot] ?? series.get(id)?.labels);
    }
    return reader.series(labels, (series) => this.#order.ordered(name, series));
  }

  async #seriesFirst(selection: Selection): Promise<SeriesSet> {
    const { condition, range } = selection;
    const series = await this.#readSeries(selection);
    if (series.size === 0) return seriesSet([]);
    const all = [...series.values()];
    const reader = new SamplesReader({
      ...selection,
      features: {
        histograms: all.some(({ hasHistograms }) => hasHistograms),
        startTimestamps: all.some(({ hasStartTimestamps }) => hasStartTimestamps),
      },
    });
    const rows = sql`FROM ${this.#tables.series} WHERE ${rowsOfSeries(condition, range)}`;
    const names = new Set(all.map(({ labels }) => labels.metricName));
    const conditions = [sql`MetricName IN (${listOr([...names], sql`SELECT MetricName ${rows}`)})`];
    // A metric as a whole needs no ids: what came to it just now is passed over.
    if (condition.onlyName === undefined) {
      conditions.push(sql`Id IN (${listOr([...series.keys()], sql`SELECT Id ${rows}`)})`);
    }
    await this.#readSamples(reader, conditions, selection);
    const labels = reader.ids.map((id) => series.get(id)?.labels);
    return reader.series(labels, (found) => found.toSorted((a, b) => a.labels.compare(b.labels)));
  }

  async #readSeries({ condition, range, ...selection }: Selection): Promise<Map<bigint, StoredSeries>> {
    const series = await readSeries(this.#tables, condition, range, {
      limit: selection.mostSeries,
      exceeded: selection.tooManySeries,
      signal: selection.signal,
    });
    this.#remembered.remember(series.values());
    return series;
  }

  async #readSamples(
    reader: SamplesReader,
    conditions: readonly Sql[],
    { condition, range, signal }: Selection,
  ): Promise<void> {
    const { clickhouse, samples } = this.#tables;
    const all = [...conditions, timesFrom(reader.from, Math.min(range.to, lastTime))];
    const query = sql`SELECT ${reader.columns} FROM ${samples} WHERE ${join(all, ' AND ')}`;
    // Samples of a whole metric come from one thread in order, and faster than they are taken.
    const options = condition.onlyName === undefined ? {} : { threads: 1, isPlain: true };
    await clickhouse.blocks(query, (block) => reader.read(block), { signal, ...options });
  }
}

/** The end of what a Date can say. */
const lastTime = 65_536 * 86_400_000 - 1;

function listOr(values: readonly (string | bigint)[], query: Sql): Sql {
  return values.length > mostListed ? query : listOf(values);
}
