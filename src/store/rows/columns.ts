import type { Signal } from '../../telemetry/fields.ts';

/** A column that rows are written for, and its ClickHouse type. */
export interface Column {
  readonly name: string;
  readonly type: string;
}

const attributes = 'Map(LowCardinality(String), String)';

/**
 * The columns of the OpenTelemetry Collector's ClickHouse exporter (newest form: v0.152), in the order
 * in which rows hold their values: what a resource and a scope determine stands together.
 * https://github.com/open-telemetry/opentelemetry-collector-contrib/tree/main/exporter/clickhouseexporter/internal/sqltemplates
 */
export const rowColumns: Readonly<Record<Signal, readonly Column[]>> = {
  logs: [
    { name: 'Timestamp', type: 'DateTime64(9)' },
    { name: 'TraceId', type: 'String' },
    { name: 'SpanId', type: 'String' },
    { name: 'TraceFlags', type: 'UInt8' },
    { name: 'SeverityText', type: 'LowCardinality(String)' },
    { name: 'SeverityNumber', type: 'UInt8' },
    { name: 'Body', type: 'String' },
    { name: 'LogAttributes', type: attributes },
    { name: 'EventName', type: 'String' },
    { name: 'ServiceName', type: 'LowCardinality(String)' },
    { name: 'ResourceSchemaUrl', type: 'LowCardinality(String)' },
    { name: 'ResourceAttributes', type: attributes },
    { name: 'ScopeSchemaUrl', type: 'LowCardinality(String)' },
    { name: 'ScopeName', type: 'String' },
    { name: 'ScopeVersion', type: 'LowCardinality(String)' },
    { name: 'ScopeAttributes', type: attributes },
  ],
  traces: [
    { name: 'Timestamp', type: 'DateTime64(9)' },
    { name: 'TraceId', type: 'String' },
    { name: 'SpanId', type: 'String' },
    { name: 'ParentSpanId', type: 'String' },
    { name: 'TraceState', type: 'String' },
    { name: 'SpanName', type: 'LowCardinality(String)' },
    { name: 'SpanKind', type: 'LowCardinality(String)' },
    { name: 'SpanAttributes', type: attributes },
    { name: 'Duration', type: 'UInt64' },
    { name: 'StatusCode', type: 'LowCardinality(String)' },
    { name: 'StatusMessage', type: 'String' },
    { name: 'Events.Timestamp', type: 'Array(DateTime64(9))' },
    { name: 'Events.Name', type: 'Array(LowCardinality(String))' },
    { name: 'Events.Attributes', type: `Array(${attributes})` },
    { name: 'Links.TraceId', type: 'Array(String)' },
    { name: 'Links.SpanId', type: 'Array(String)' },
    { name: 'Links.TraceState', type: 'Array(String)' },
    { name: 'Links.Attributes', type: `Array(${attributes})` },
    { name: 'ServiceName', type: 'LowCardinality(String)' },
    { name: 'ResourceAttributes', type: attributes },
    { name: 'ScopeName', type: 'String' },
    { name: 'ScopeVersion', type: 'String' },
  ],
};

/** The names alone, for the column list of an INSERT. */
export const rowColumnNames: Readonly<Record<Signal, readonly string[]>> = {
  logs: rowColumns.logs.map(({ name }) => name),
  traces: rowColumns.traces.map(({ name }) => name),
};
