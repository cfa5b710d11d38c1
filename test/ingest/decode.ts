import {
  decodeLogsJson,
  decodeMetricsJson,
  decodeTracesJson,
  parseJsonRequest,
} from '../../src/ingest/otlp/json.ts';
import type { OtlpMetric } from '../../src/ingest/otlp/metric-model.ts';
import {
  decodeLogsProtobuf,
  decodeMetricsProtobuf,
  decodeTracesProtobuf,
} from '../../src/ingest/otlp/protobuf.ts';
import { TextCache } from '../../src/ingest/otlp/text-cache.ts';
import type { DecodedBody, DecodedMetrics, DecodedRecords } from '../../src/ingest/request-decoder.ts';
import type { LogRecord, Origin, SpanRecord } from '../../src/store/rows/record.ts';

type Decoded<R> = [R, Origin][];

/** What came of a body of logs or spans. */
export function recordsOf(decoded: DecodedBody): DecodedRecords {
  if (decoded.signal === 'metrics') throw new Error('the body is one of metrics');
  return decoded;
}

/** What came of a body of metrics. */
export function metricsOf(decoded: DecodedBody): DecodedMetrics {
  if (decoded.signal !== 'metrics') throw new Error('the body is one of logs or spans');
  return decoded;
}

export function logsOfProtobuf(bytes: Uint8Array, texts = new TextCache()): Decoded<LogRecord> {
  const decoded: Decoded<LogRecord> = [];
  decodeLogsProtobuf(bytes, texts, (...record) => decoded.push(record));
  return decoded;
}

export function spansOfProtobuf(bytes: Uint8Array, texts = new TextCache()): Decoded<SpanRecord> {
  const decoded: Decoded<SpanRecord> = [];
  decodeTracesProtobuf(bytes, texts, (...record) => decoded.push(record));
  return decoded;
}

export function logsOfJson(bytes: Uint8Array): Decoded<LogRecord> {
  const decoded: Decoded<LogRecord> = [];
  decodeLogsJson(parseJsonRequest(bytes), (...record) => decoded.push(record));
  return decoded;
}

export function spansOfJson(bytes: Uint8Array): Decoded<SpanRecord> {
  const decoded: Decoded<SpanRecord> = [];
  decodeTracesJson(parseJsonRequest(bytes), (...record) => decoded.push(record));
  return decoded;
}

export function metricsOfProtobuf(bytes: Uint8Array, texts = new TextCache()): Decoded<OtlpMetric> {
  const decoded: Decoded<OtlpMetric> = [];
  decodeMetricsProtobuf(bytes, texts, (...metric) => decoded.push(metric));
  return decoded;
}

export function metricsOfJson(bytes: Uint8Array): Decoded<OtlpMetric> {
  const decoded: Decoded<OtlpMetric> = [];
  decodeMetricsJson(parseJsonRequest(bytes), (...metric) => decoded.push(metric));
  return decoded;
}
