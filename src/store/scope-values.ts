import { z } from 'zod';
import type { ClickHouse, QueryOptions } from './clickhouse.ts';
import type { SignalTable } from './schema/signal-table.ts';
import { rowsIn, type Selection } from './sql/rows-in.ts';
import { sql } from './sql/sql.ts';

/** The first clusters or namespaces, in byte order, that records of the selection are of. */
export async function scopeValuesIn(
  clickhouse: ClickHouse,
  table: SignalTable,
  {
    field,
    limit,
    ...selection
  }: Selection & { readonly field: 'cluster' | 'namespace'; readonly limit: number },
  options: QueryOptions,
): Promise<string[]> {
  const value = table.fields[field];
  if (value === undefined) return [];
  const found = await clickhouse.rows(
    sql`SELECT toString(${value}) AS value FROM ${table.name} WHERE ${rowsIn(table, selection)} AND value != '' GROUP BY value ORDER BY value LIMIT ${limit}`,
    z.tuple([z.string()]),
    options,
  );
  return found.map(([text]) => text);
}
