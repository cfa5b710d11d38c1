import { z } from 'zod';
import { type BuiltinFieldName, fieldsOf, type Signal } from '../../telemetry/fields.ts';
import type { ClickHouse } from '../clickhouse.ts';
import { identifier, type Sql, sql } from '../sql/sql.ts';
import { StoreError } from '../store-error.ts';
import { fieldExpressions, materializedColumn } from './expressions.ts';
import type { SignalTable } from './signal-table.ts';
import { tableName, tableNames } from './tables.ts';

/** Attributes that the exporter's newest tables and ClickStack's keep as columns, by field. */
const materializedAttributes: Readonly<Partial<Record<BuiltinFieldName, string>>> = {
  cluster: 'k8s.cluster.name',
  namespace: 'k8s.namespace.name',
  pod_name: 'k8s.pod.name',
};

const attributePrefixes = ['__otel_materialized_', '__hdx_materialized_'];

/** Columns that a table of the signal must have, and the start of their type. */
const required: Readonly<Record<Signal, Readonly<Record<string, string>>>> = {
  logs: { Timestamp: 'DateTime64', Body: 'String', ResourceAttributes: 'Map(', LogAttributes: 'Map(' },
  traces: { Timestamp: 'DateTime64', Duration: '', ResourceAttributes: 'Map(', SpanAttributes: 'Map(' },
};

/**
 * Looks at the columns that a ClickHouse has for a signal, and chooses each field's expression by
 * that: ours, the exporter's older and newer forms, ClickStack's. Undefined where there is no table.
 */
export async function inspectTable(
  clickhouse: ClickHouse,
  database: string,
  signal: Signal,
): Promise<SignalTable | undefined> {
  const table = tableNames[signal];
  const found = await clickhouse.rows(
    sql`SELECT name, type FROM system.columns WHERE database = ${database} AND table = ${table}`,
    z.tuple([z.string(), z.string()]),
    { cheap: true },
  );
  if (found.length === 0) return undefined;
  const columns = new Map(found);
  for (const [name, type] of Object.entries(required[signal])) {
    if (!columns.get(name)?.startsWith(type)) {
      throw new StoreError(
        'internal',
        `the table ${database}.${table} can't be read: its column ${name} is ${columns.get(name) ?? 'missing'}${type && `, expected ${type}…`}`,
      );
    }
  }
  const indexed = await clickhouse.rows(
    sql`SELECT expr FROM system.data_skipping_indices WHERE database = ${database} AND table = ${table} AND type IN ('text', 'tokenbf_v1') AND expr = 'lower(Body)'`,
    z.tuple([z.string()]),
    { cheap: true },
  );
  return {
    signal,
    name: tableName(signal, database),
    time: sql`Timestamp`,
    ...(columns.has('TimestampTime') && { coarseTime: sql`TimestampTime` }),
    fields: fieldColumns(signal, columns),
    ownAttributes: signal === 'logs' ? sql`LogAttributes` : sql`SpanAttributes`,
    resourceAttributes: sql`ResourceAttributes`,
    ...(indexed.length > 0 && { bodyTokens: sql`lower(Body)` }),
    columns: new Set(columns.keys()),
  };
}

function fieldColumns(signal: Signal, columns: ReadonlyMap<string, string>): SignalTable['fields'] {
  const fields: Partial<Record<BuiltinFieldName, Sql>> = {};
  for (const { name } of fieldsOf(signal)) {
    const column = materializedColumn(name);
    const attribute = materializedAttributes[name];
    const attributeColumn = attributePrefixes
      .map((prefix) => `${prefix}${attribute}`)
      .find((candidate) => columns.has(candidate));
    const ours = columns.has('IngestedAt') && columns.has(column) && fieldExpressions[signal][name];
    const expression = ours
      ? identifier(column)
      : attributeColumn !== undefined
        ? identifier(attributeColumn)
        : fieldExpressions[signal][name];
    if (expression !== undefined) fields[name] = expression;
  }
  return fields;
}
