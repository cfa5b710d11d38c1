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
  /** The field that the term is about, if it is one. */
  readonly field?: Field | undefined;
}

export interface Diagnosis {
  /** Rows in the window. */
  readonly rows: number;
  /** For each of the terms that were tried, in the same order. */
  readonly terms: readonly {
    /** Rows that all other terms match. */
    readonly rowsWithout: number;
    /** Rows in the window that have a value of the term's field. */
    readonly rowsWithField: number;
    /** Values of the term's field in the window, the most frequent first. */
    readonly values: readonly string[];
  }[];
}

const mostValues = 500;
const longestValue = 200;

/**
 * What each term leaves out, for a filter that matches nothing: one query. Each of the first `tried` terms
 * is left out once; all others always count.
 */
export async function diagnoseTerms(
  clickhouse: ClickHouse,
  table: SignalTable,
  selection: Selection,
  { terms, tried }: { readonly terms: readonly Term[]; readonly tried: number },
  options: QueryOptions,
): Promise<Diagnosis> {
  const conditions = terms.map(({ filter }) => conditionOf(filter, table));
  const columns = terms.slice(0, tried).flatMap(({ field }, i) => {
    const others = conditions.filter((_, j) => j !== i);
    const rest = others.length === 0 ? sql`1` : join(others, ' AND ');
    const text = field && fieldText(field, table);
    return [
      sql`toString(countIf(${rest}))`,
      text === undefined ? sql`toString(count())` : sql`toString(countIf(${text} != ''))`,
      text === undefined ? sql`emptyArrayString()` : valuesOf(text),
    ];
  });
  const [row = ['0']] = await clickhouse.rows(
    sql`SELECT ${join([sql`toString(count())`, ...columns], ', ')} FROM ${table.name} WHERE ${rowsIn(table, selection)}`,
    z.tuple([z.string()], z.union([z.string(), z.array(z.string())])),
    options,
  );
  return {
    rows: Number(row[0]),
    terms: terms.slice(0, tried).map((_, i) => {
      const [rowsWithout, rowsWithField, values] = row.slice(1 + 3 * i, 4 + 3 * i);
      return {
        rowsWithout: Number(rowsWithout),
        rowsWithField: Number(rowsWithField),
        values: Array.isArray(values) ? values : [],
      };
    }),
  };
}

const valuesOf = (text: Sql): Sql =>
  sql`topKIf(${mostValues})(toString(left(${text}, ${longestValue})), ${text} != '')`;
