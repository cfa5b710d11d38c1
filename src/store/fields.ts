import { z } from 'zod';
import { type BuiltinField, fieldsOf } from '../telemetry/fields.ts';
import type { Window } from '../telemetry/window.ts';
import type { ClickHouse, QueryOptions } from './clickhouse.ts';
import type { SignalTable } from './schema/signal-table.ts';
import { fieldText, numberIn } from './sql/field.ts';
import { frequentValues } from './sql/frequent-values.ts';
import { rowsIn, type Selection } from './sql/rows-in.ts';
import { join, type Sql, sql } from './sql/sql.ts';

/** The window, shortened so that it holds no more than the newest `rows` records. */
export async function newestWindow(
  clickhouse: ClickHouse,
  table: SignalTable,
  selection: Selection,
  rows: number,
  options: QueryOptions,
): Promise<Window> {
  const [row] = await clickhouse.rows(
    sql`SELECT toString(toUnixTimestamp64Nano(${table.time})) FROM ${table.name} WHERE ${rowsIn(table, selection)} ORDER BY toStartOfFiveMinutes(${table.time}) DESC, ${table.time} DESC LIMIT 1 OFFSET ${rows}`,
    z.tuple([z.coerce.bigint()]),
    options,
  );
  return { from: row === undefined ? selection.window.from : row[0] + 1n, to: selection.window.to };
}

const shownExamples = { wanted: 5, counted: 50 };
const exampleLength = 100;

export interface FieldStatistics {
  readonly name: string;
  /** Rows that have a value. */
  readonly rows: number;
  /** All values are numbers. */
  readonly numeric: boolean;
  /** The most frequent values first, cut to 100 characters; the newest one where nearly all are different. */
  readonly exampleValues: readonly string[];
}

export interface BuiltinStatistics {
  /** Rows of the selection. */
  readonly rows: number;
  readonly fields: ReadonlyMap<BuiltinField, FieldStatistics>;
}

export interface AttributeStatistics {
  /** Attributes that match, shown or not. */
  readonly total: number;
  readonly attributes: readonly FieldStatistics[];
}

/** Fields whose values are different in nearly every record: the newest one shows what they look like. */
const mostlyUnique = new Set(['timestamp', 'trace_id', 'span_id', 'parent_span_id', 'body']);

export async function builtinStatistics(
  clickhouse: ClickHouse,
  table: SignalTable,
  selection: Selection,
  options: QueryOptions,
): Promise<BuiltinStatistics> {
  const fields = fieldsOf(table.signal);
  const columns = fields.flatMap((field) => {
    const text = fieldText(field, table);
    return [
      sql`toString(countIf(${text} != ''))`,
      mostlyUnique.has(field.name)
        ? sql`arrayFilter(text -> text != '', [argMaxIf(left(${text}, ${exampleLength}), (${table.time}, left(${text}, ${exampleLength})), ${text} != '')])`
        : frequentValues(sql`toString(left(${text}, ${exampleLength}))`, sql`${text} != ''`, shownExamples),
    ];
  });
  const [row = ['0']] = await clickhouse.rows(
    sql`SELECT toString(count()), ${join(columns, ', ')} FROM ${table.name} WHERE ${rowsIn(table, selection)}`,
    z.tuple([z.string()], z.union([z.string(), z.array(z.string())])),
    options,
  );
  const statistics = new Map<BuiltinField, FieldStatistics>();
  for (const [i, field] of fields.entries()) {
    const exampleValues = row[2 + 2 * i];
    statistics.set(field, {
      name: field.name,
      rows: Number(row[1 + 2 * i] ?? 0),
      numeric: field.type === 'number',
      exampleValues: Array.isArray(exampleValues) ? exampleValues : [],
    });
  }
  return { rows: Number(row[0]), fields: statistics };
}

/** The attributes of the window's records and of their resources, the most frequent first. */
export async function attributeStatistics(
  clickhouse: ClickHouse,
  table: SignalTable,
  selection: Selection & { readonly search: string; readonly limit: number },
  options: QueryOptions,
): Promise<AttributeStatistics> {
  const matches =
    selection.search === '' ? sql`` : sql` AND positionCaseInsensitiveUTF8(name, ${selection.search}) > 0`;
  const rows = await clickhouse.rows(
    sql`SELECT name, toString(count()), countIf(${numberIn(sql`value`)} IS NULL) = 0, ${frequentValues(sql`left(value, ${exampleLength})`, sql`1`, shownExamples)}, toString(count() OVER ())
FROM (SELECT mapUpdate(${table.resourceAttributes}, ${table.ownAttributes}) AS attributes FROM ${table.name} WHERE ${rowsIn(table, selection)})
ARRAY JOIN mapKeys(attributes) AS name, mapValues(attributes) AS value
WHERE value != ''${matches}
GROUP BY name ORDER BY count() DESC, name LIMIT ${selection.limit}`,
    z.tuple([z.string(), z.coerce.number(), z.number(), z.array(z.string()), z.coerce.number()]),
    options,
  );
  return {
    total: rows[0]?.[4] ?? 0,
    attributes: rows.map(([name, count, numeric, exampleValues]) => ({
      name,
      rows: count,
      numeric: numeric === 1,
      exampleValues,
    })),
  };
}

/** The names of the attributes that records of the selection have; up to 5,000. */
export async function attributeNames(
  clickhouse: ClickHouse,
  table: SignalTable,
  selection: Selection,
  options: QueryOptions,
): Promise<string[]> {
  const [row] = await clickhouse.rows(
    sql`SELECT groupUniqArrayArray(5000)(arrayConcat(mapKeys(${table.ownAttributes}), mapKeys(${table.resourceAttributes}))) FROM ${table.name} WHERE ${rowsIn(table, selection)}`,
    z.tuple([z.array(z.string())]),
    options,
  );
  return row?.[0] ?? [];
}

/** Past this many names one scan costs less than a look-up for each. */
const mostLookUps = 16;

/** Which of the names are attributes of a record, or of its resource, in the selection. */
export async function existingAttributes(
  clickhouse: ClickHouse,
  table: SignalTable,
  selection: Selection,
  names: readonly string[],
  options: QueryOptions,
): Promise<Set<string>> {
  if (names.length === 0) return new Set();
  const rows = rowsIn(table, selection);
  const has = (name: string): Sql =>
    sql`(mapContains(${table.ownAttributes}, ${name}) OR mapContains(${table.resourceAttributes}, ${name}))`;
  if (names.length > mostLookUps) {
    const tests = names.map((name) => sql`max(${has(name)})`);
    const [row = []] = await clickhouse.rows(
      sql`SELECT ${join(tests, ', ')} FROM ${table.name} WHERE ${rows}`,
      z.array(z.number()),
      options,
    );
    return new Set(names.filter((_, i) => row[i] === 1));
  }
  const lookUps = names.map(
    (name) => sql`(SELECT ${name} AS name FROM ${table.name} WHERE ${rows} AND ${has(name)} LIMIT 1)`,
  );
  const found = await clickhouse.rows(
    sql`SELECT name FROM (${join(lookUps, ' UNION ALL ')})`,
    z.tuple([z.string()]),
    options,
  );
  return new Set(found.map(([name]) => name));
}
