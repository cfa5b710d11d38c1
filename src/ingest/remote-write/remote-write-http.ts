import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Limits } from '../../access/principal.ts';
import { HttpError, methodNotAllowed } from '../../http/http-error.ts';
import { setSecurityHeaders } from '../../http/json-response.ts';
import type { Logger } from '../../observe/log.ts';
import type { Decoder } from '../decoder.ts';
import { ClientGoneError, retryLater, toHttpError } from '../export-failure.ts';
import type { InFlight } from '../in-flight.ts';
import { metricsElsewhere } from '../metrics-elsewhere.ts';
import { discardBody, readBody, tooBusy } from '../request-body.ts';
import type { MetricSink } from '../sink.ts';
import { encodedBytes } from '../store-metrics.ts';
import { requiredVersion } from './content.ts';
import type { DecodedRemoteWrite, RemoteWriteVersion } from './remote-write-decoder.ts';
import { partialWriteMessage, writtenHeaders } from './remote-write-response.ts';

/** What became of one request, for metrics. */
export interface RemoteWriteOutcome {
  readonly status: number;
  /** Samples and histograms that were stored. */
  readonly accepted: number;
  readonly rejected: number;
}

export interface RemoteWriteOptions {
  readonly decoder: Pick<Decoder, 'decodeRemoteWrite'>;
  readonly sink: MetricSink;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** What the sender may write. Throws `HttpError` for one who may write nothing. */
  readonly authenticate: (request: IncomingMessage) => Promise<Limits>;
  /** What is worked on, with what others receive. */
  readonly inFlight: InFlight;
  /** Bytes of a body as it is sent; the decoder has a limit of its own for inflated ones. */
  readonly bodyBytes: number;
  /** How long the store may take for one request. */
  readonly storeMilliseconds: number;
  /** False where metrics are read from another store, which they have to be sent to. */
  readonly keepsMetrics?: boolean;
  readonly observe?: (outcome: RemoteWriteOutcome) => void;
}

/** Where it is served. */
export const remoteWritePath = '/api/v1/write';

/**
 * Serves Prometheus' remote write, 1.0 and 2.0: answers after all samples are durable. Where some can't be
 * stored the answer is a 400 that says why and how many, and the others are stored.
 * https://prometheus.io/docs/specs/prw/remote_write_spec_2_0/#response
 */
export function createRemoteWriteHandler(options: RemoteWriteOptions): RequestListener {
  return (request, response) => {
    handle(options, request, response).catch((error: unknown) => {
      options.log.error({ err: error }, 'a remote write request could not be answered');
      response.destroy();
    });
  };
}

async function handle(
  options: RemoteWriteOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const answer = await answerTo(request, options);
  if (answer === undefined || response.destroyed) return;
  if (!request.complete) discardBody(request, options.bodyBytes);
  setSecurityHeaders(response);
  if (answer.status === 204) {
    response.writeHead(answer.status, answer.headers).end();
    return;
  }
  const body = `${answer.message}\n`;
  response.writeHead(answer.status, {
    ...answer.headers,
    'Content-Type': 'text/plain; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
  });
  response.end(body);
}

interface Answer {
  readonly status: number;
  readonly message: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Undefined where nobody is left to answer. */
async function answerTo(request: IncomingMessage, options: RemoteWriteOptions): Promise<Answer | undefined> {
  let version: RemoteWriteVersion | undefined;
  try {
    if (request.method !== 'POST') throw methodNotAllowed(['POST']);
    if (options.keepsMetrics === false) throw new HttpError(404, metricsElsewhere);
    const limits = await options.authenticate(request);
    version = requiredVersion(request);
    const decoded = await take(request, version, limits, options);
    const { samples, histograms, rejected } = decoded;
    const status = rejected === 0 ? 204 : 400;
    options.observe?.({ status, accepted: samples + histograms, rejected });
    return { status, message: partialWriteMessage(decoded), headers: writtenHeaders(version, decoded) };
  } catch (error) {
    if (error instanceof ClientGoneError) return undefined;
    const { status, message, headers } = toHttpError(error, options.log);
    options.observe?.({ status, accepted: 0, rejected: 0 });
    const written = writtenHeaders(version, { samples: 0, histograms: 0 });
    return { status, message, headers: { ...headers, ...written } };
  }
}

async function take(
  request: IncomingMessage,
  version: RemoteWriteVersion,
  limits: Limits,
  options: RemoteWriteOptions,
): Promise<DecodedRemoteWrite> {
  const place = options.inFlight.open();
  if (place === undefined) throw tooBusy();
  try {
    const bytes = await readBody(request, options.bodyBytes, place.reserve);
    const arrival = BigInt(Math.trunc(options.now())) * 1_000_000n;
    const decoded = await place.decode(
      () => options.decoder.decodeRemoteWrite({ version, bytes, arrival, limits }),
      ({ encoded }) => encodedBytes(encoded),
    );
    if (decoded.rejected > 0) {
      options.log.warn({ signal: 'metrics', rejections: decoded.rejections }, 'samples were rejected');
    }
    await store(decoded, limits, options);
    return decoded;
  } finally {
    place.close();
  }
}

async function store(
  { encoded, digest }: DecodedRemoteWrite,
  limits: Limits,
  { sink, log, storeMilliseconds }: RemoteWriteOptions,
): Promise<void> {
  const signal = AbortSignal.timeout(storeMilliseconds);
  try {
    await sink.insertMetrics(encoded, { digest, limits, signal });
  } catch (error) {
    if (!signal.aborted) throw error;
    log.warn({ err: error }, 'the store took too long');
    throw new HttpError(503, 'the store takes too long now; try again later', retryLater);
  }
}
