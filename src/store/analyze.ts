import { z } from 'zod';
import type { AggregationFunction } from '../telemetry/aggregation.ts';
import { isAdditive } from '../telemetry/aggregation.ts';
import type { Field } from '../telemetry/fields.ts';
import type { ClickHouse, QueryOptions } from './clickhouse.ts';
import type { SignalTable } from './schema/signal-table.ts';
import { fieldNumber, fieldOutput, fieldText } from './sql/field.ts';
import { rowsIn, type Selection } from './sql/rows-in.ts';
import { identifier, join, type Sql, sql } from './sql/sql.ts';

export interface Aggregation {
  readonly function: AggregationFunction;
  /** Required by all functions but `row_count`. */
  readonly field?: Field | undefined;
}

export interface RecordAnalysis extends Selection {
  readonly aggregation: Aggregation;
  readonly groupBy: readonly Field[];
  /** Width of a bucket in ms; undefined for one value over the whole window. */
  readonly step?: number | undefined;
  /** Groups to return, the largest first. */
  readonly limit: number;
}

export interface Group {
  /** One for each key; '' where the record has no value. */
  readonly keys: readonly string[];
  /** The value over the window; null where there is none. Always null with buckets. */
  readonly value: number | null;
  /** Start of each bucket that holds rows (ms since the epoch), and its value. */
  readonly buckets: readonly (readonly [start: number, value: number | null])[];
  readonly rows: number;
}

export interface Analysis {
  readonly groups: readonly Group[];
  readonly groupsTotal: number;
  readonly rowsTotal: number;
  /** Rows whose value of the aggregated field is text that is no number. */
  readonly notNumeric: number;
  /** Rows without a value of the aggregated field. */
  readonly missing: number;
}

const output = z.tuple([
  z.array(z.string()),
  z.number().nullable(),
  z.array(z.tuple([z.coerce.number(), z.number().nullable()])),
  z.coerce.number(),
  z.coerce.number(),
  z.coerce.number(),
  z.coerce.number(),
  z.coerce.number(),
]);

/**
 * Aggregates records into groups, ordered by value (with buckets: by total for counts and sums, else by
 * maximum), descending, then by keys. All groups are computed, `limit` of them are returned.
 */
export async function analyzeRecords(
  clickhouse: ClickHouse,
  table: SignalTable,
  { aggregation, groupBy, step, limit, ...selection }: RecordAnalysis,
  options: QueryOptions,
): Promise<Analysis> {
  const keys = groupBy.map((_, i) => identifier(`key${i}`));
  const grouping = step === undefined ? keys : [...keys, sql`bucket`];
  const columns = [
    ...groupBy.map((field, i) => sql`toString(${fieldOutput(field, table)}) AS ${identifier(`key${i}`)}`),
    ...(step === undefined ? [] : [sql`${bucketOf(table, step)} AS bucket`]),
    sql`${aggregate(aggregation, table)} AS value`,
    sql`count() AS matched`,
    sql`${notNumeric(aggregation, table)} AS excluded`,
    sql`${missing(aggregation, table)} AS missing`,
  ];
  const buckets = sql`SELECT ${join(columns, ', ')} FROM ${table.name} WHERE ${rowsIn(table, selection)}${by(grouping)}`;
  const groups =
    step === undefined
      ? sql`SELECT ${join([...keys, sql`value`, sql`value AS rank`, sql`[] AS points`, sql`matched`, sql`excluded`, sql`missing`], ', ')} FROM (${buckets})`
      : sql`SELECT ${join(
          [
            ...keys,
            sql`NULL AS value`,
            sql`${isAdditive(aggregation.function) ? sql`sum` : sql`max`}(b.value) AS rank`,
            sql`arraySort(groupArray((toString(bucket), b.value))) AS points`,
            sql`sum(b.matched) AS matched`,
            sql`sum(b.excluded) AS excluded`,
            sql`sum(b.missing) AS missing`,
          ],
          ', ',
        )} FROM (${buckets}) AS b${by(keys)}`;
  const order = [sql`rank DESC NULLS LAST`, ...keys];
  const found = await clickhouse.rows(
    sql`SELECT ${keys.length === 0 ? sql`[]` : sql`[${join(keys, ', ')}]`}, value, points, toString(matched), toString(count() OVER ()), toString(sum(matched) OVER ()), toString(sum(excluded) OVER ()), toString(sum(missing) OVER ()) FROM (${groups}) ORDER BY ${join(order, ', ')} LIMIT ${limit}`,
    output,
    options,
  );
  const [first] = found;
  return {
    groups: found.map(([names, value, points, rows]) => ({ keys: names, value, buckets: points, rows })),
    groupsTotal: first?.[4] ?? 0,
    rowsTotal: first?.[5] ?? 0,
    notNumeric: first?.[6] ?? 0,
    missing: first?.[7] ?? 0,
  };
}

const by = (keys: readonly Sql[]): Sql => (keys.length === 0 ? sql`` : sql` GROUP BY ${join(keys, ', ')}`);

/** Start of the bucket in ms: a multiple of the step since the epoch. */
function bucketOf(table: SignalTable, step: number): Sql {
  return sql`intDiv(toUnixTimestamp64Milli(${table.time}), ${step}) * ${step}`;
}

const levels: Readonly<Partial<Record<AggregationFunction, number>>> = {
  p50: 0.5,
  p75: 0.75,
  p90: 0.9,
  p95: 0.95,
  p99: 0.99,
};

/** Nullable(Float64), NULL where no row has a value; a sum over none is 0. */
function aggregate(aggregation: Aggregation, table: SignalTable): Sql {
  const { field } = aggregation;
  if (aggregation.function === 'row_count') return sql`toNullable(toFloat64(count()))`;
  if (field === undefined) throw new Error(`${aggregation.function} needs a field`);
  if (aggregation.function === 'unique_count') {
    const text = fieldText(field, table);
    return sql`toNullable(toFloat64(uniqExactIf(${text}, ${text} != '')))`;
  }
  const number = fieldNumber(field, table);
  const level = levels[aggregation.function];
  if (level !== undefined) return sql`quantileExactInclusiveOrNull(${level})(${number})`;
  switch (aggregation.function) {
    case 'avg':
      return sql`toFloat64(sumOrNull(${wide(field, number)})) / count(${number})`;
    case 'min':
      return sql`toFloat64(minOrNull(${number}))`;
    case 'max':
      return sql`toFloat64(maxOrNull(${number}))`;
    default:
      return sql`toNullable(toFloat64(ifNull(sum(${wide(field, number)}), 0)))`;
  }
}

/** Whole numbers are added up in 128 bits: durations of hostile spans pass 2^64. */
function wide(field: Field, number: Sql): Sql {
  const isWhole = field.kind === 'builtin' && (field.name === 'duration' || field.name === 'body_length');
  return isWhole ? sql`toUInt128(${number})` : number;
}

function notNumeric({ function: name, field }: Aggregation, table: SignalTable): Sql {
  const isNumber = field?.kind === 'builtin' && field.type === 'number';
  if (field === undefined || isNumber || name === 'row_count' || name === 'unique_count') return sql`0`;
  return sql`countIf(${fieldText(field, table)} != '' AND ${fieldNumber(field, table)} IS NULL)`;
}

function missing({ function: name, field }: Aggregation, table: SignalTable): Sql {
  const isAlwaysThere = field?.kind === 'builtin' && field.type !== 'string';
  if (field === undefined || isAlwaysThere || name === 'row_count') return sql`0`;
  return sql`countIf(${fieldText(field, table)} = '')`;
}
