import { z } from 'zod';
import type { Field } from '../telemetry/fields.ts';
import type { Filter } from '../telemetry/filter/ast.ts';
import type { Window } from '../telemetry/window.ts';
import type { ClickHouse, QueryOptions } from './clickhouse.ts';
import { endOf, lastTime } from './extent.ts';
import type { SignalTable } from './schema/signal-table.ts';
import { fieldNumber, fieldText } from './sql/field.ts';
import { conditionOf } from './sql/filter.ts';
import { frequentValues } from './sql/frequent-values.ts';
import { rowsIn, type Selection } from './sql/rows-in.ts';
import { join, type Sql, sql } from './sql/sql.ts';

/** What is to be found out about a filter that matches nothing. */
export interface DiagnosisQuestion {
  /** The terms that the filter joins with AND. */
  readonly terms: readonly Filter[];
  /** Of the first so many terms: what all others match, and what they match with another filter instead. */
  readonly alternatives: readonly (readonly Filter[])[];
  readonly fields: readonly AskedField[];
}

export interface AskedField {
  readonly field: Field;
  /** `values`: the most frequent ones; `range`: the least and greatest number. */
  readonly wants: 'values' | 'range' | 'presence';
}

export interface Diagnosis {
  /** Rows in the window. */
  readonly rows: number;
  /** For each of the terms that were tried, in the same order. */
  readonly terms: readonly {
    /** Rows that all other terms match. */
    readonly rowsWithout: number;
    /** Rows that all other terms and the alternative match. */
    readonly alternatives: readonly number[];
  }[];
  /** For each of the fields, in the same order. */
  readonly fields: readonly {
    /** Rows in the window that have a value. */
    readonly rows: number;
    /** Values in the window, the most frequent first, cut to 200 characters. */
    readonly values: readonly string[];
    /** Numbers in the window. */
    readonly range: { readonly min: number; readonly max: number } | undefined;
  }[];
  /** Of an empty window: the times of the last record before it and of the first one behind it, in ns. */
  readonly before: bigint | undefined;
  readonly after: bigint | undefined;
}

const mostValues = 1_000;
const longestValue = 200;

/** Everything as text: numbers of rows, values, numbers, times. */
const texts = z.array(z.array(z.string()));

/**
 * What each term leaves out, for a filter that matches nothing, what values there are instead, and where
 * the data is, if not in the window: one query.
 */
export async function diagnoseFilter(
  clickhouse: ClickHouse,
  table: SignalTable,
  selection: Omit<Selection, 'filter'>,
  { terms, alternatives, fields }: DiagnosisQuestion,
  options: QueryOptions,
): Promise<Diagnosis> {
  const conditions = terms.map((term) => conditionOf(term, table));
  const counts = alternatives.map((others, i) => {
    const rest = conditions.filter((_, j) => j !== i);
    const with_ = (extra: readonly Sql[]): Sql => countOf([...rest, ...extra]);
    return sql`[${join([with_([]), ...others.map((other) => with_([conditionOf(other, table)]))], ', ')}]`;
  });
  const about = fields.map((asked) => columnOf(asked, table));
  const columns = [sql`[toString(count())]`, nearestTimes(table, selection), ...counts, ...about];
  const [row = []] = await clickhouse.rows(
    sql`SELECT ${join(columns, ', ')} FROM ${table.name} WHERE ${rowsIn(table, selection)}`,
    texts,
    options,
  );
  const [[rows] = [], [before, after] = []] = row;
  const ofTerms = row.slice(2, 2 + counts.length);
  const ofFields = row.slice(2 + counts.length);
  return {
    rows: Number(rows ?? 0),
    terms: ofTerms.map(([without, ...others]) => ({
      rowsWithout: Number(without),
      alternatives: others.map(Number),
    })),
    fields: ofFields.map(([count, ...found], i) => ({
      rows: Number(count),
      values: fields[i]?.wants === 'values' ? found : [],
      range: fields[i]?.wants === 'range' ? rangeOf(found) : undefined,
    })),
    before: timeOf(before),
    after: timeOf(after),
  };
}

const countOf = (conditions: readonly Sql[]): Sql =>
  sql`toString(countIf(${conditions.length === 0 ? sql`1` : join(conditions, ' AND ')}))`;

function columnOf({ field, wants }: AskedField, table: SignalTable): Sql {
  const text = fieldText(field, table);
  const rows = sql`toString(countIf(${text} != ''))`;
  switch (wants) {
    case 'presence':
      return sql`[${rows}]`;
    case 'values':
      return sql`arrayConcat([${rows}], ${frequentValues(sql`toString(left(${text}, ${longestValue}))`, sql`${text} != ''`, { wanted: mostValues, counted: mostValues })})`;
    case 'range': {
      const number = fieldNumber(field, table);
      return sql`[${rows}, toString(ifNull(toFloat64(minOrNull(${number})), nan)), toString(ifNull(toFloat64(maxOrNull(${number})), nan))]`;
    }
  }
}

/** Where the window holds nothing, its neighbours in time: an empty text is none. Elsewhere nothing is read for them. */
function nearestTimes(table: SignalTable, { window, scope }: Omit<Selection, 'filter'>): Sql {
  const isEmpty = sql`isNull((SELECT 1 FROM ${table.name} WHERE ${rowsIn(table, { window, scope })} LIMIT 1))`;
  const nearest = (window: Window, direction: Sql): Sql =>
    endOf(table, sql`${rowsIn(table, { window, scope })} AND ${isEmpty}`, direction);
  const before = nearest({ from: 0n, to: window.from }, sql`DESC`);
  return sql`[${before}, ${nearest({ from: window.to, to: lastTime }, sql`ASC`)}]`;
}

const timeOf = (text = ''): bigint | undefined => (text === '' ? undefined : BigInt(text));

function rangeOf([min = 'nan', max = 'nan']: readonly string[]): { min: number; max: number } | undefined {
  const range = { min: Number(min), max: Number(max) };
  return Number.isNaN(range.min) || Number.isNaN(range.max) ? undefined : range;
}
