import { z } from 'zod';
import type { Field } from '../telemetry/fields.ts';
import type { ClickHouse, QueryOptions } from './clickhouse.ts';
import type { SignalTable } from './schema/signal-table.ts';
import { fieldOutput } from './sql/field.ts';
import { rowsIn, type Selection } from './sql/rows-in.ts';
import { sql } from './sql/sql.ts';

export interface ValueCount {
  /** A time is in ns since the epoch. */
  readonly value: string;
  readonly rows: number;
}

export interface FieldValues {
  /** Rows of the selection. */
  readonly rows: number;
  /** Those that have a value of the field. */
  readonly rowsWithValue: number;
  /** Different values that hold the part, and the rows that have one of them. */
  readonly valuesTotal: number;
  readonly rowsMatched: number;
  /** The most frequent first, equally frequent ones by bytes. */
  readonly values: readonly ValueCount[];
}

/** The values of a field, counted; only those that hold `part`, in any case (of ASCII letters and others alike). */
export async function fieldValues(
  clickhouse: ClickHouse,
  table: SignalTable,
  {
    field,
    part,
    limit,
    ...selection
  }: Selection & { readonly field: Field; readonly part: string; readonly limit: number },
  options: QueryOptions,
): Promise<FieldValues> {
  const holdsPart = part === '' ? sql`1` : sql`positionCaseInsensitiveUTF8(value, ${part}) > 0`;
  const counts = sql`SELECT toString(${fieldOutput(field, table)}) AS value, count() AS matched FROM ${table.name} WHERE ${rowsIn(table, selection)} GROUP BY value`;
  // The totals stand beside the values, so that an answer without any has them, too.
  const rows = await clickhouse.rows(
    sql`SELECT toString(sum(matched)), toString(sumIf(matched, value != '')), toString(countIf(value != '' AND ${holdsPart})), toString(sumIf(matched, value != '' AND ${holdsPart})), arrayMap(pair -> (pair.2, toString(-pair.1)), groupArraySortedIf(${limit})((-toInt64(matched), value), value != '' AND ${holdsPart})) FROM (${counts})`,
    z.tuple([
      z.coerce.number(),
      z.coerce.number(),
      z.coerce.number(),
      z.coerce.number(),
      z.array(z.tuple([z.string(), z.coerce.number()])),
    ]),
    options,
  );
  const [all, withValue, total, matched, values] = rows[0] ?? [0, 0, 0, 0, []];
  return {
    rows: all,
    rowsWithValue: withValue,
    valuesTotal: total,
    rowsMatched: matched,
    values: values.map(([value, count]) => ({ value, rows: count })),
  };
}
