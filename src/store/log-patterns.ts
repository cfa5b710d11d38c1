import { z } from 'zod';
import type { BodyShape, SeenRows } from '../telemetry/log-pattern/log-patterns.ts';
import {
  keptPattern,
  rest,
  shapeLength,
  shortestLine,
  statusClass,
  statusPattern,
  valuePattern,
  wildcard,
} from '../telemetry/log-pattern/shape.ts';
import type { Window } from '../telemetry/window.ts';
import { Beginnings } from './beginnings.ts';
import type { ClickHouse, QueryOptions } from './clickhouse.ts';
import type { SignalTable } from './schema/signal-table.ts';
import { textOf } from './sql/field.ts';
import { rowsIn, type Selection } from './sql/rows-in.ts';
import { type Sql, sql } from './sql/sql.ts';

/** Characters of an example that are read. */
const exampleLength = 2000;

export interface BodyShapes {
  /** The most frequent ones. */
  readonly shapes: readonly BodyShape[];
  /** All that there are. */
  readonly total: number;
  /** Rows of the window and the baseline, of all shapes. */
  readonly rows: number;
  readonly baselineRows: number;
}

const count = z.coerce.number();
const counts = z.record(z.string(), count);
const seen = [count, z.coerce.bigint(), z.coerce.bigint(), counts] as const;
const shapeRow = z.tuple([
  z.string(),
  z.string(),
  count,
  ...seen,
  ...seen,
  counts,
  counts,
  count,
  count,
  count,
]);

/**
 * Log bodies of a selection by shape: values are masked where the rows are, so that a million of them come
 * out as some thousands.
 *
 * @param baseline a second window of the same rows; undefined for none
 * @param bucket ns, the width of the buckets that the rows of a shape are counted in
 * @param most shapes to return
 */
export async function bodyShapes(
  clickhouse: ClickHouse,
  table: SignalTable,
  {
    baseline,
    bucket,
    most,
    ...selection
  }: Selection & { readonly baseline: Window | undefined; readonly bucket: bigint; readonly most: number },
  options: QueryOptions,
): Promise<BodyShapes> {
  const body = textOf(table, 'body');
  const inWindow = (window: Window, side: number): Sql =>
    sql`SELECT ${side} AS side, ${shapeOf(table)} AS shape, ${textOf(table, 'level')} AS level, ${textOf(table, 'workload')} AS workload, intDiv(toUnixTimestamp64Nano(${table.time}) - ${window.from}, ${bucket}) AS bucket, count() AS matched, min(toUnixTimestamp64Nano(${table.time})) AS first, max(toUnixTimestamp64Nano(${table.time})) AS last, min((toUnixTimestamp64Nano(${table.time}), leftUTF8(${body}, ${exampleLength + 1}), lengthUTF8(${body}))) AS example FROM ${table.name} WHERE ${rowsIn(table, { ...selection, window })} GROUP BY shape, level, workload, bucket`;
  const sides =
    baseline === undefined
      ? inWindow(selection.window, 0)
      : sql`${inWindow(selection.window, 0)} UNION ALL ${inWindow(baseline, 1)}`;
  const seenOn = (side: number): Sql =>
    sql`toString(sumIf(matched, side = ${side})), toString(minIf(first, side = ${side})), toString(maxIf(last, side = ${side})), sumMapIf(map(toString(bucket), matched), side = ${side})`;
  const here = sql`side = if(countIf(side = 0) OVER (PARTITION BY shape) > 0, 0, 1)`;
  const sided =
    baseline === undefined
      ? sql`SELECT *, 1 AS here FROM (${sides})`
      : sql`SELECT *, ${here} AS here FROM (${sides})`;
  const found = await clickhouse.rows(
    sql`SELECT shape, (argMinIf(example, example, here = 1) AS chosen).2, toString(chosen.3), ${seenOn(0)}, ${seenOn(1)}, sumMapIf(map(level, matched), here = 1), sumMapIf(map(workload, matched), here = 1), toString(count() OVER ()), toString(sum(sumIf(matched, side = 0)) OVER ()), toString(sum(sumIf(matched, side = 1)) OVER ()) FROM (${sided}) GROUP BY shape ORDER BY sum(matched) DESC, shape LIMIT ${most}`,
    shapeRow,
    options,
  );
  const [first] = found;
  return {
    shapes: found.map(readShape),
    total: first?.[13] ?? 0,
    rows: first?.[14] ?? 0,
    baselineRows: first?.[15] ?? 0,
  };
}

function readShape(row: z.infer<typeof shapeRow>): BodyShape {
  const [masked, read, length, n, from, to, buckets, m, before, until, ofBaseline, levels, workloads] = row;
  const example = new Beginnings(exampleLength).of(read);
  return {
    masked,
    example,
    exampleRest: length - [...example].length,
    window: seenRows(n, from, to, buckets),
    baseline: seenRows(m, before, until, ofBaseline),
    levels: new Map(Object.entries(levels)),
    workloads: new Map(Object.entries(workloads)),
  };
}

function seenRows(
  rows: number,
  first: bigint,
  last: bigint,
  buckets: Readonly<Record<string, number>>,
): SeenRows {
  return {
    rows,
    first,
    last,
    buckets: new Map(Object.entries(buckets).map(([index, of]) => [Number(index), of])),
  };
}

/** The first line, unless that is only an opening bracket or the like, with its values masked and HTTP statuses by class. */
export function shapeOf(table: SignalTable): Sql {
  const body = sql`trim(BOTH ' \\t\\r\\n' FROM ${textOf(table, 'body')})`;
  const line = sql`trim(TRAILING '\\r' FROM substringIndex(${body}, '\\n', 1))`;
  const text = sql`if(length(${line}) < ${shortestLine}, ${body}, ${line})`;
  const cut = sql`leftUTF8(${text}, ${shapeLength})`;
  const kept = sql`if(${cut} = ${text}, ${cut}, extract(${cut}, ${keptPattern}))`;
  const classed = sql`replaceRegexpAll(${kept}, ${statusPattern}, ${statusClass})`;
  const masked = sql`replaceRegexpAll(${classed}, ${valuePattern}, ${wildcard})`;
  return sql`concat(${masked}, if(${kept} = ${body}, '', ${rest}))`;
}
