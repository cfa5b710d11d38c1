import type { Matcher } from '../../promql/ast.ts';
import { indexAbove } from '../../promql/search.ts';
import type { RawSeries, SelectHints, SeriesSource, TimeRange } from '../../promql/series-source.ts';
import { InputError } from '../../telemetry/input-error.ts';
import { columnOf, type NativeBlock, NativeFormatError, numbersOf, ofKind } from '../native/native-column.ts';
import { decodeHistogram } from '../rows/histogram-bytes.ts';
import { join, type Sql, sql } from '../sql/sql.ts';
import { type MetricTables, readSeries, rowsOfSeries, type StoredSeries } from './read-series.ts';
import { SampleBuffer, type SampleColumns } from './sample-buffer.ts';
import { type SeriesCondition, seriesCondition } from './series-condition.ts';
import { timesFrom } from './series-rows-in.ts';

/** More ids or names than this are asked for by a subquery. */
const mostListed = 5_000;
/** Series of the range's days are found, of which some may have no samples in the range itself. */
const candidatesPerSeries = 2;

/** The series of our own tables. */
export class TableSource implements SeriesSource {
  readonly #tables: MetricTables;

  constructor(tables: MetricTables) {
    this.#tables = tables;
  }

  async select(
    matchers: readonly Matcher[],
    range: TimeRange,
    { maxSamples, maxSeries }: SelectHints,
    signal: AbortSignal,
  ): Promise<readonly RawSeries[]> {
    signal.throwIfAborted();
    try {
      const condition = seriesCondition(matchers);
      const series = await readSeries(this.#tables, condition, range, {
        limit: candidatesPerSeries * maxSeries,
        exceeded: () =>
          new InputError(
            `A selector finds more than ${maxSeries} series. Add label matchers to select fewer.`,
          ),
        signal,
      });
      if (series.size === 0) return [];
      const reader = new SamplesReader(series, range, maxSamples);
      const query = samplesQuery(this.#tables, condition, range, series, reader);
      await this.#tables.clickhouse.blocks(query, (block) => reader.read(block), { signal });
      return reader.series();
    } catch (error) {
      signal.throwIfAborted();
      throw error;
    }
  }
}

function samplesQuery(
  tables: MetricTables,
  condition: SeriesCondition,
  range: TimeRange,
  series: ReadonlyMap<bigint, StoredSeries>,
  { columns, from }: { readonly columns: Sql; readonly from: number },
): Sql {
  const names = new Set<string>();
  for (const { labels } of series.values()) names.add(labels.metricName);
  const rows = rowsOfSeries(condition, range);
  const conditions = [
    sql`MetricName IN (${listOr(names, sql`SELECT MetricName FROM ${tables.series} WHERE ${rows}`)})`,
    timesFrom(from, Math.min(range.to, lastTime)),
  ];
  // A metric as a whole needs no ids: what came to it just now is passed over.
  if (condition.onlyName === undefined) {
    conditions.push(
      sql`Id IN (${listOr([...series.keys()], sql`SELECT Id FROM ${tables.series} WHERE ${rows}`)})`,
    );
  }
  return sql`SELECT ${columns} FROM ${tables.samples} WHERE ${join(conditions, ' AND ')}`;
}

/** The end of what a Date can say. */
const lastTime = 65_536 * 86_400_000 - 1;

function listOr(values: ReadonlySet<string> | readonly bigint[], query: Sql): Sql {
  const count = 'size' in values ? values.size : values.length;
  if (count > mostListed) return query;
  return join(
    [...values].map((value) => sql`${value}`),
    ', ',
  );
}

/**
 * How long before the range samples of histograms are read, in milliseconds: whether one continues the one
 * before it is part of what is stored.
 */
const histogramLead = 3_600_000;

/** The samples from a time on; none where that leaves no sample. */
function cut(series: RawSeries, from: number): RawSeries[] {
  const { labels, timestamps, values, histograms, startTimestamps } = series;
  const begin = indexAbove(timestamps, from - 1);
  if (begin === timestamps.length) return [];
  return [
    {
      labels,
      timestamps: timestamps.subarray(begin),
      values: values.subarray(begin),
      histograms: histograms?.slice(begin),
      startTimestamps: startTimestamps?.subarray(begin),
    },
  ];
}

/** Sorts the rows of the samples table into series. */
class SamplesReader {
  readonly columns: Sql;
  readonly #series: readonly StoredSeries[];
  readonly #slots: ReadonlyMap<bigint, number>;
  readonly #buffers: (SampleBuffer | undefined)[];
  /** From where samples are read, in milliseconds since the epoch. */
  readonly from: number;
  readonly #rangeFrom: number;
  readonly #span: number;
  readonly #isShort: boolean;
  readonly #startsAt: number;
  readonly #histogramsAt: number;
  readonly #maxSamples: number;
  #samples = 0;

  constructor(series: ReadonlyMap<bigint, StoredSeries>, range: TimeRange, maxSamples: number) {
    this.#series = [...series.values()];
    this.#slots = new Map(this.#series.map(({ id }, slot) => [id, slot]));
    this.#buffers = new Array(this.#series.length);
    const hasStarts = this.#series.some(({ hasStartTimestamps }) => hasStartTimestamps);
    const hasHistograms = this.#series.some((one) => one.hasHistograms);
    this.#rangeFrom = Math.max(Math.ceil(range.from), 0);
    this.from = hasHistograms ? Math.max(this.#rangeFrom - histogramLead, 0) : this.#rangeFrom;
    // Those in front of the range are few, and are counted without them in the end.
    this.#maxSamples = hasHistograms ? 2 * maxSamples : maxSamples;
    this.#span = Math.floor(range.to) - this.from;
    this.#isShort = this.#span < 2 ** 32;
    // Ids and times are sent in fewer bytes than they have: the way here is what costs most.
    const time = this.#isShort
      ? sql`toUInt32(toUnixTimestamp64Milli(Timestamp) - ${this.from})`
      : sql`toUnixTimestamp64Milli(Timestamp)`;
    const columns = [sql`toLowCardinality(Id)`, time, sql`Value`];
    this.#startsAt = hasStarts ? columns.push(sql`toUnixTimestamp64Milli(StartTimestamp)`) - 1 : -1;
    this.#histogramsAt = hasHistograms ? columns.push(sql`Histogram`) - 1 : -1;
    this.columns = join(columns, ', ');
  }

  read(block: NativeBlock): void {
    const ids = columnOf(block, 0, 'dictionary');
    const known = ofKind(ids.values, 'numbers').values;
    if (!(known instanceof BigUint64Array)) throw new NativeFormatError('ids are no numbers of 64 bits');
    const slots = Int32Array.from({ length: known.length }, (_, i) => this.#slots.get(known[i] ?? 0n) ?? -1);
    const samples = this.#columnsOf(block);
    const { indices } = ids;
    for (let start = 0, end = 0; start < block.rows; start = end) {
      const index = indices[start];
      while (end < block.rows && indices[end] === index) end++;
      const slot = slots[index ?? 0] ?? -1;
      if (slot < 0) continue;
      this.#count(end - start);
      let buffer = this.#buffers[slot];
      if (buffer === undefined) {
        buffer = new SampleBuffer();
        this.#buffers[slot] = buffer;
      }
      buffer.add(samples, start, end, this.#span);
    }
  }

  series(): RawSeries[] {
    const counts = this.#buffers.map((buffer) => buffer?.count ?? 0);
    const scratch = new Float64Array(counts.reduce((most, count) => Math.max(most, count), 0));
    const gathered = this.#series.flatMap(
      ({ labels }, slot) => this.#buffers[slot]?.series(labels, scratch) ?? [],
    );
    if (this.from === this.#rangeFrom) return gathered;
    return gathered.flatMap((series) => cut(series, this.#rangeFrom));
  }

  #columnsOf(block: NativeBlock): SampleColumns {
    const histograms = this.#histogramsAt < 0 ? undefined : columnOf(block, this.#histogramsAt, 'bytes');
    return {
      timestamps: this.#isShort ? numbersOf(block, 1, Uint32Array) : numbersOf(block, 1, BigInt64Array),
      base: this.from,
      values: numbersOf(block, 2, Float64Array),
      startTimestamps: this.#startsAt < 0 ? undefined : numbersOf(block, this.#startsAt, BigInt64Array),
      histogram:
        histograms &&
        ((row) => {
          const start = row === 0 ? 0 : (histograms.ends[row - 1] ?? 0);
          const end = histograms.ends[row] ?? 0;
          return start === end ? undefined : decodeHistogram(histograms.bytes.subarray(start, end));
        }),
    };
  }

  #count(samples: number): void {
    this.#samples += samples;
    if (this.#samples <= this.#maxSamples) return;
    throw new InputError(
      `The query needs more than ${this.#maxSamples} samples at once. Select fewer series, a shorter time, or a larger step.`,
    );
  }
}
