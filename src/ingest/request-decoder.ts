import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { MetricRows } from '../store/rows/metric-rows.ts';
import type { LogRecord, Origin, SpanRecord } from '../store/rows/record.ts';
import { logRows, spanRows } from '../store/rows/row-encoder.ts';
import type { Signal } from '../telemetry/fields.ts';
import { InputError } from '../telemetry/input-error.ts';
import { admitLog, admitSpan } from './admission.ts';
import { Batch, type BatchLimits, type BatchResult, type Terms } from './batch.ts';
import type { ExportSignal } from './export-signal.ts';
import { MetricBatch, type MetricBatchResult } from './metric-batch.ts';
import { decodeLogsJson, decodeMetricsJson, decodeTracesJson, parseJsonRequest } from './otlp/json.ts';
import type { JsonObject } from './otlp/json-values.ts';
import type { OtlpMetric } from './otlp/metric-model.ts';
import { MetricTranslator } from './otlp/metric-translator.ts';
import { decodeLogsProtobuf, decodeMetricsProtobuf, decodeTracesProtobuf } from './otlp/protobuf.ts';
import { TextCache } from './otlp/text-cache.ts';
import { PayloadTooLargeError } from './payload-too-large.ts';
import {
  type DecodedRemoteWrite,
  type RemoteWriteBody,
  RemoteWriteDecoder,
} from './remote-write/remote-write-decoder.ts';

export interface DecoderLimits extends BatchLimits {
  /** Bytes that a body may have once it is inflated. */
  readonly inflatedBytes: number;
}

export const defaultDecoderLimits: DecoderLimits = {
  inflatedBytes: 64 << 20,
  records: 2_000_000,
  rowBytes: 256 << 20,
};

/** The body of one Export…ServiceRequest. */
export interface RequestBody extends Terms {
  readonly signal: ExportSignal;
  readonly encoding: 'protobuf' | 'json';
  readonly gzip: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Lines that are OTLP/JSON requests of any signal, with a line feed between two. */
export interface RequestLines extends Terms {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

interface Digested {
  /** SHA-256 in hexadecimal: the same for the same body and the same key's limits. */
  readonly digest: string;
}

/** What came of a body of logs or spans. */
export interface DecodedRecords extends BatchResult, Digested {
  readonly signal: Signal;
}

/** What came of a body of metrics. */
export interface DecodedMetrics extends MetricBatchResult, Digested {
  readonly signal: 'metrics';
}

export type DecodedBody = DecodedRecords | DecodedMetrics;

export interface DecodedLines {
  readonly digest: string;
  readonly logs: BatchResult;
  readonly traces: BatchResult;
  readonly metrics: MetricBatchResult;
  /** Lines that were a request. */
  readonly requests: number;
  /** Lines that could not be used; the index counts from 0. */
  readonly broken: readonly { readonly index: number; readonly message: string }[];
}

/** Where each signal is in a request in JSON, and the path that it is sent to. */
const places: Readonly<Record<ExportSignal, { readonly key: string; readonly path: string }>> = {
  logs: { key: 'resourceLogs', path: '/v1/logs' },
  traces: { key: 'resourceSpans', path: '/v1/traces' },
  metrics: { key: 'resourceMetrics', path: '/v1/metrics' },
};
const requestKeys = Object.values(places).map(({ key }) => key);

type Received<R> = [record: R, origin: Origin][];

/** Turns request bodies into rows. It keeps buffers and short texts from one request to the next. */
export class RequestDecoder {
  readonly #limits: DecoderLimits;
  readonly #texts = new TextCache();
  readonly #logs: Batch<LogRecord>;
  readonly #traces: Batch<SpanRecord>;
  readonly #metrics: MetricBatch;
  readonly #translator: MetricTranslator;
  readonly #remoteWrite: RemoteWriteDecoder;

  constructor(limits: DecoderLimits = defaultDecoderLimits) {
    this.#limits = limits;
    this.#logs = new Batch(logRows, admitLog, limits);
    this.#traces = new Batch(spanRows, admitSpan, limits);
    this.#metrics = new MetricBatch(new MetricRows(), limits);
    this.#translator = new MetricTranslator(this.#metrics);
    this.#remoteWrite = new RemoteWriteDecoder(this.#metrics, this.#texts, limits);
  }

  /** Throws `InputError` where the body is no such request, `PayloadTooLargeError` past a limit. */
  decodeBody(body: RequestBody): DecodedBody {
    const bytes = body.gzip ? this.#inflate(body.bytes) : body.bytes;
    if (bytes.length > this.#limits.inflatedBytes) throw this.#tooLarge();
    try {
      const hints = this.#read(body, bytes).map((reason) => ({ reason, count: 1 }));
      const { signal } = body;
      if (signal === 'metrics') {
        const result = this.#metrics.take();
        const digest = digestOf(bytes, body, false);
        return { signal, ...result, warnings: [...result.warnings, ...hints], digest };
      }
      const result = (signal === 'logs' ? this.#logs : this.#traces).take();
      const digest = digestOf(bytes, body, result.atArrival);
      return { signal, ...result, warnings: [...result.warnings, ...hints], digest };
    } finally {
      this.#clear();
    }
  }

  /** Throws as `decodeBody` does. */
  decodeRemoteWrite(body: RemoteWriteBody): DecodedRemoteWrite {
    return this.#remoteWrite.decode(body);
  }

  /** A line that can't be used is reported and left out. Throws `PayloadTooLargeError` past a limit. */
  decodeLines(lines: RequestLines): DecodedLines {
    const broken: { index: number; message: string }[] = [];
    let requests = 0;
    let index = 0;
    try {
      for (const line of splitLines(lines.bytes)) {
        try {
          const request = parseJsonRequest(line);
          if (Object.keys(request).length > 0) {
            this.#readRequest(request, lines);
            requests += 1;
          }
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          broken.push({ index, message: error.message });
        }
        index += 1;
      }
      const logs = this.#logs.take();
      const digest = digestOf(lines.bytes, lines, logs.atArrival);
      return { digest, logs, traces: this.#traces.take(), metrics: this.#metrics.take(), requests, broken };
    } finally {
      this.#clear();
    }
  }

  #clear(): void {
    this.#logs.clear();
    this.#traces.clear();
    this.#metrics.clear();
    this.#translator.clear();
  }

  /** Reads a body into its batch. Returns what the sender should know though nothing is wrong. */
  #read(body: RequestBody, bytes: Uint8Array): string[] {
    const takeLog = (record: LogRecord, origin: Origin): void => this.#logs.add(record, origin, body);
    const takeSpan = (span: SpanRecord, origin: Origin): void => this.#traces.add(span, origin, body);
    const takeMetric = (metric: OtlpMetric, origin: Origin): void =>
      this.#translator.add(metric, origin, body);
    const request = body.encoding === 'json' ? parseJsonRequest(bytes) : undefined;
    switch (body.signal) {
      case 'logs':
        if (request === undefined) decodeLogsProtobuf(bytes, this.#texts, takeLog);
        else decodeLogsJson(request, takeLog);
        break;
      case 'traces':
        if (request === undefined) decodeTracesProtobuf(bytes, this.#texts, takeSpan);
        else decodeTracesJson(request, takeSpan);
        break;
      case 'metrics':
        if (request === undefined) decodeMetricsProtobuf(bytes, this.#texts, takeMetric);
        else decodeMetricsJson(request, takeMetric);
        this.#translator.finish(body);
        break;
    }
    return request === undefined ? [] : misplaced(request, body.signal);
  }

  /** Adds the records of a request once the whole of it was read. */
  #readRequest(request: JsonObject, terms: Terms): void {
    if (!requestKeys.some((key) => key in request)) {
      throw new InputError(`the line has none of ${requestKeys.join(', ')}`);
    }
    const logs: Received<LogRecord> = [];
    const spans: Received<SpanRecord> = [];
    const metrics: Received<OtlpMetric> = [];
    decodeLogsJson(request, (...log) => logs.push(log));
    decodeTracesJson(request, (...span) => spans.push(span));
    decodeMetricsJson(request, (...metric) => metrics.push(metric));
    for (const [log, origin] of logs) this.#logs.add(log, origin, terms);
    for (const [span, origin] of spans) this.#traces.add(span, origin, terms);
    for (const [metric, origin] of metrics) this.#translator.add(metric, origin, terms);
    this.#translator.finish(terms);
  }

  #inflate(bytes: Uint8Array): Uint8Array {
    try {
      return gunzipSync(bytes, { maxOutputLength: this.#limits.inflatedBytes });
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'ERR_BUFFER_TOO_LARGE') throw this.#tooLarge();
      throw new InputError('the body is not valid gzip');
    }
  }

  #tooLarge(): PayloadTooLargeError {
    const { inflatedBytes } = this.#limits;
    return new PayloadTooLargeError(
      `the body has more than ${inflatedBytes} bytes once it is inflated; send smaller batches`,
    );
  }
}

/** A hint where JSON was sent to the wrong path: OTLP says that unknown fields are ignored. */
function misplaced(request: JsonObject, signal: ExportSignal): string[] {
  return Object.values(places)
    .filter(({ key }) => key !== places[signal].key && key in request)
    .map(({ key, path }) => `${key} were ignored: they belong to ${path}`);
}

/**
 * What makes two bodies the same: their bytes, the key's limits, which decide which rows they make, and,
 * where records have no time of their own, the arrival.
 */
function digestOf(bytes: Uint8Array, { limits, arrival }: Terms, atArrival: boolean): string {
  const { clusters, namespaces } = limits;
  const hash = createHash('sha256').update(bytes);
  if (atArrival) hash.update(String(arrival));
  if (clusters !== undefined || namespaces !== undefined) hash.update(JSON.stringify([clusters, namespaces]));
  return hash.digest('hex');
}

function* splitLines(bytes: Uint8Array): Generator<Uint8Array> {
  let start = 0;
  while (start <= bytes.length) {
    const feed = bytes.indexOf(10, start);
    const end = feed < 0 ? bytes.length : feed;
    yield bytes.subarray(start, end);
    start = end + 1;
  }
}
