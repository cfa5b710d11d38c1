import type { Signal } from '../../telemetry/fields.ts';
import { identifier, join, type Sql, sql } from '../sql/sql.ts';
import type { SignalTable } from './signal-table.ts';

/** The columns that make a record what it is; all that an answer can show is computed from them. */
const identity: Readonly<Record<Signal, readonly string[]>> = {
  logs: [
    'Timestamp',
    'TraceId',
    'SpanId',
    'TraceFlags',
    'SeverityText',
    'SeverityNumber',
    'ServiceName',
    'Body',
    'ResourceSchemaUrl',
    'ResourceAttributes',
    'ScopeSchemaUrl',
    'ScopeName',
    'ScopeVersion',
    'ScopeAttributes',
    'LogAttributes',
    'EventName',
  ],
  traces: [
    'Timestamp',
    'TraceId',
    'SpanId',
    'ParentSpanId',
    'TraceState',
    'SpanName',
    'SpanKind',
    'ServiceName',
    'ResourceAttributes',
    'ScopeName',
    'ScopeVersion',
    'SpanAttributes',
    'Duration',
    'StatusCode',
    'StatusMessage',
  ],
};

/**
 * A UInt64 that tells records of one time apart: the same for the same record on every replica. It reads
 * whole records, so it is for few of them.
 */
export function recordHash(table: SignalTable): Sql {
  const columns = identity[table.signal].filter((name) => table.columns.has(name));
  return sql`sipHash64(${join(columns.map(identifier), ', ')})`;
}
