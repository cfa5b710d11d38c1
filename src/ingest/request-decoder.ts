import { createHash } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { MetricRows } from '../store/rows/metric-rows.ts';
import type { LogRecord, Origin, SpanRecord } from '../store/rows/record.ts';
import { logRows, spanRows } from '../store/rows/row-encoder.ts';
import type { Signal } from '../telemetry/fields.ts';
import { InputError } from '../telemetry/input-error.ts';
import { admitLog, admitSpan } from './admission.ts';
import { Batch, type BatchLimits, type BatchResult, type Terms } from './batch.ts';
import { MetricBatch } from './metric-batch.ts';
import { decodeLogsJson, decodeTracesJson, parseJsonRequest } from './otlp/json.ts';
import type { JsonObject } from './otlp/json-values.ts';
import { countMetricPoints } from './otlp/metric-points.ts';
import { decodeLogsProtobuf, decodeTracesProtobuf } from './otlp/protobuf.ts';
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
  readonly signal: Signal;
  readonly encoding: 'protobuf' | 'json';
  readonly gzip: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Lines that are OTLP/JSON requests of any signal, with a line feed between two. */
export interface RequestLines extends Terms {
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface DecodedBody extends BatchResult {
  /** SHA-256 in hexadecimal: the same for the same body and the same key's limits. */
  readonly digest: string;
}

export interface DecodedLines {
  readonly digest: string;
  readonly logs: BatchResult;
  readonly traces: BatchResult;
  /** Lines that were a request. */
  readonly requests: number;
  /** Data points of metrics, which were passed over. */
  readonly metricPoints: number;
  /** Lines that could not be used; the index counts from 0. */
  readonly broken: readonly { readonly index: number; readonly message: string }[];
}

const requestKeys = ['resourceLogs', 'resourceSpans', 'resourceMetrics'];

type Received<R> = [record: R, origin: Origin][];

/** Turns request bodies into rows. It keeps buffers and short texts from one request to the next. */
export class RequestDecoder {
  readonly #limits: DecoderLimits;
  readonly #texts = new TextCache();
  readonly #logs: Batch<LogRecord>;
  readonly #traces: Batch<SpanRecord>;
  readonly #remoteWrite: RemoteWriteDecoder;

  constructor(limits: DecoderLimits = defaultDecoderLimits) {
    this.#limits = limits;
    this.#logs = new Batch(logRows, admitLog, limits);
    this.#traces = new Batch(spanRows, admitSpan, limits);
    this.#remoteWrite = new RemoteWriteDecoder(new MetricBatch(new MetricRows(), limits), limits);
  }

  /** Throws `InputError` where the body is no such request, `PayloadTooLargeError` past a limit. */
  decodeBody(body: RequestBody): DecodedBody {
    const bytes = body.gzip ? this.#inflate(body.bytes) : body.bytes;
    if (bytes.length > this.#limits.inflatedBytes) throw this.#tooLarge();
    const batch = body.signal === 'logs' ? this.#logs : this.#traces;
    try {
      const hints = this.#read(body, bytes);
      const result = batch.take();
      const warnings = [...result.warnings, ...hints.map((reason) => ({ reason, count: 1 }))];
      return { ...result, warnings, digest: digestOf(bytes, body, result.atArrival) };
    } finally {
      batch.clear();
    }
  }

  /** Throws as `decodeBody` does. */
  decodeRemoteWrite(body: RemoteWriteBody): DecodedRemoteWrite {
    return this.#remoteWrite.decode(body);
  }

  /** A line that can't be used is reported and left out. Throws `PayloadTooLargeError` past a limit. */
  decodeLines(lines: RequestLines): DecodedLines {
    const broken: { index: number; message: string }[] = [];
    let metricPoints = 0;
    let requests = 0;
    let index = 0;
    try {
      for (const line of splitLines(lines.bytes)) {
        try {
          const request = parseJsonRequest(line);
          if (Object.keys(request).length > 0) {
            metricPoints += this.#readRequest(request, lines);
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
      return { digest, logs, traces: this.#traces.take(), requests, metricPoints, broken };
    } finally {
      this.#logs.clear();
      this.#traces.clear();
    }
  }

  /** Reads a body into its batch. Returns what the sender should know though nothing is wrong. */
  #read(body: RequestBody, bytes: Uint8Array): string[] {
    const takeLog = (record: LogRecord, origin: Origin): void => this.#logs.add(record, origin, body);
    const takeSpan = (span: SpanRecord, origin: Origin): void => this.#traces.add(span, origin, body);
    if (body.encoding === 'protobuf') {
      if (body.signal === 'logs') decodeLogsProtobuf(bytes, this.#texts, takeLog);
      else decodeTracesProtobuf(bytes, this.#texts, takeSpan);
      return [];
    }
    const request = parseJsonRequest(bytes);
    if (body.signal === 'logs') decodeLogsJson(request, takeLog);
    else decodeTracesJson(request, takeSpan);
    return misplaced(request, body.signal);
  }

  /** Adds the records of a request once the whole of it was read. Returns its data points of metrics. */
  #readRequest(request: JsonObject, terms: Terms): number {
    if (!requestKeys.some((key) => key in request)) {
      throw new InputError(`the line has none of ${requestKeys.join(', ')}`);
    }
    const logs: Received<LogRecord> = [];
    const spans: Received<SpanRecord> = [];
    decodeLogsJson(request, (...log) => logs.push(log));
    decodeTracesJson(request, (...span) => spans.push(span));
    const points = countMetricPoints(request);
    for (const [log, origin] of logs) this.#logs.add(log, origin, terms);
    for (const [span, origin] of spans) this.#traces.add(span, origin, terms);
    return points;
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
function misplaced(request: JsonObject, signal: Signal): string[] {
  const paths = { resourceLogs: '/v1/logs', resourceSpans: '/v1/traces', resourceMetrics: '/v1/metrics' };
  const own = signal === 'logs' ? 'resourceLogs' : 'resourceSpans';
  return Object.entries(paths)
    .filter(([key]) => key !== own && key in request)
    .map(([key, path]) => `${key} were ignored: they belong to ${path}`);
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
