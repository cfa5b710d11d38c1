import { z } from 'zod';
import type { Field } from '../telemetry/fields.ts';
import type { Filter } from '../telemetry/filter/ast.ts';
import type { ClickHouse, QueryOptions } from './clickhouse.ts';
import type { SignalTable } from './schema/signal-table.ts';
import { fieldText } from './sql/field.ts';
import { conditionOf } from './sql/filter.ts';
import { rowsIn, type Selection } from './sql/rows-in.ts';
import { join, type Sql, sql } from './sql/sql.ts';

/** One of the terms that a filter joins with AND. */
export interface Term {
  readonly filter: Filter;
  /** The field whose values may explain why the term matches nothing. */
  readonly field?: Field | undefined;
}

export interface Diagnosis {
  /** Rows in the window. */
  readonly rows: number;
  /** For each term, in the same order. */
  readonly terms: readonly {
    /** Rows that all other terms match. */
    readonly rowsWithout: number;
    /** Values of the term's field in these rows, the most frequent first. */
    readonly values: readonly string[];
  }[];
}

const mostValues = 500;
const longestValue = 200;

/** What each term leaves out, for a filter that matches nothing: one query, whatever the number of terms. */
export async function diagnoseTerms(
  clickhouse: ClickHouse,
  table: SignalTable,
  selection: Selection,
  terms: readonly Term[],
  options: QueryOptions,
): Promise<Diagnosis> {
  const columns = terms.flatMap(({ field }, i) => {
    const others = terms.filter((_, j) => j !== i).map(({ filter }) => conditionOf(filter, table));
    const rest = others.length === 0 ? sql`1` : join(others, ' AND ');
    return [
      sql`toString(countIf(${rest}))`,
      field === undefined ? sql`emptyArrayString()` : valuesOf(field, table, rest),
    ];
  });
  const [row = ['0']] = await clickhouse.rows(
    sql`SELECT ${join([sql`toString(count())`, ...columns], ', ')} FROM ${table.name} WHERE ${rowsIn(table, selection)}`,
    z.tuple([z.string()], z.union([z.string(), z.array(z.string())])),
    options,
  );
  return {
    rows: Number(row[0]),
    terms: terms.map((_, i) => {
      const values = row[2 + 2 * i];
      return { rowsWithout: Number(row[1 + 2 * i] ?? 0), values: Array.isArray(values) ? values : [] };
    }),
  };
}

function valuesOf(field: Field, table: SignalTable, condition: Sql): Sql {
  const text = fieldText(field, table);
  return sql`topKIf(${mostValues})(toString(left(${text}, ${longestValue})), ${text} != '' AND (${condition}))`;
}
