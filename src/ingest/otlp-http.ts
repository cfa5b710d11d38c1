import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import type { Limits } from '../access/principal.ts';
import { HttpError, methodNotAllowed } from '../http/http-error.ts';
import { setSecurityHeaders } from '../http/json-response.ts';
import type { Logger } from '../observe/log.ts';
import type { RowBlock } from '../store/rows/day-blocks.ts';
import type { BatchCounts } from './batch.ts';
import { type Encoding, encodingOf, isGzip, mediaTypes, requiredEncoding } from './content.ts';
import type { Decoder } from './decoder.ts';
import { ClientGoneError, retryLater, toHttpError } from './export-failure.ts';
import type { ExportSignal } from './export-signal.ts';
import { InFlight, type InFlightLimits } from './in-flight.ts';
import { metricsElsewhere } from './metrics-elsewhere.ts';
import { exportResponse, statusResponse } from './otlp-response.ts';
import { discardBody, readBody, tooBusy } from './request-body.ts';
import type { DecodedBody } from './request-decoder.ts';
import type { Sink } from './sink.ts';
import { storeBlocks } from './store-blocks.ts';
import { encodedBytes, storeMetrics } from './store-metrics.ts';
import type { Count } from './tally.ts';

export interface OtlpHttpLimits {
  /** Bytes of a body as it is sent; the decoder has a limit of its own for inflated ones. */
  readonly bodyBytes: number;
  readonly inFlight: InFlightLimits;
  /** How long the store may take for one request. */
  readonly storeMilliseconds: number;
}

export const defaultOtlpHttpLimits: OtlpHttpLimits = {
  bodyBytes: 64 << 20,
  inFlight: { requests: 256, bytes: 256 << 20, decoding: 2 },
  storeMilliseconds: 30_000,
};

/** What became of one request, for metrics. */
export interface ExportOutcome extends Pick<BatchCounts, 'accepted' | 'rejected'> {
  readonly signal: ExportSignal;
  readonly status: number;
}

export interface OtlpHttpOptions {
  readonly decoder: Pick<Decoder, 'decodeBody'>;
  readonly sink: Sink;
  readonly log: Logger;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** What the sender may write. Throws `HttpError` for one who may write nothing. */
  readonly authenticate: (request: IncomingMessage) => Promise<Limits>;
  /** False where metrics are read from another store, which they have to be sent to. */
  readonly keepsMetrics?: boolean;
  readonly observe?: (outcome: ExportOutcome) => void;
  readonly limits?: OtlpHttpLimits;
  /** What is worked on, where it is counted with what others receive; by default it is counted alone. */
  readonly inFlight?: InFlight;
}

/** The paths that are served, and what is sent there. */
const routes: ReadonlyMap<string, ExportSignal> = new Map([
  ['/v1/logs', 'logs'],
  ['/v1/traces', 'traces'],
  ['/v1/metrics', 'metrics'],
]);

/**
 * Serves OTLP/HTTP: answers an export after all of its records are durable, or with a code that says
 * whether to try again. https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
 */
export function createOtlpHandler(options: OtlpHttpOptions): RequestListener {
  const receiver = new OtlpReceiver(options);
  return (request, response) => {
    receiver.handle(request, response).catch((error: unknown) => {
      options.log.error({ err: error }, 'an OTLP request could not be answered');
      response.destroy();
    });
  };
}

interface Answer {
  readonly encoding: Encoding;
  readonly status: number;
  readonly body: Uint8Array | string;
  readonly headers?: Readonly<Record<string, string>>;
}

class OtlpReceiver {
  readonly #options: OtlpHttpOptions;
  readonly #limits: OtlpHttpLimits;
  readonly #inFlight: InFlight;

  constructor(options: OtlpHttpOptions) {
    this.#options = options;
    this.#limits = options.limits ?? defaultOtlpHttpLimits;
    this.#inFlight = options.inFlight ?? new InFlight(this.#limits.inFlight);
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const signal = routes.get(pathOf(request));
    const answer = await this.#answer(request, signal);
    if (answer === undefined || response.destroyed) return;
    if (!request.complete) discardBody(request, this.#limits.bodyBytes);
    setSecurityHeaders(response);
    response.writeHead(answer.status, {
      ...answer.headers,
      'Content-Type': mediaTypes[answer.encoding],
      'Content-Length': Buffer.byteLength(answer.body),
    });
    response.end(answer.body);
  }

  /** Undefined where nobody is left to answer. */
  async #answer(request: IncomingMessage, signal: ExportSignal | undefined): Promise<Answer | undefined> {
    const encoding = (signal && encodingOf(request)) ?? 'json';
    try {
      if (signal === undefined) throw notFound();
      if (request.method !== 'POST') throw methodNotAllowed(['POST']);
      if (signal === 'metrics' && this.#options.keepsMetrics === false)
        throw new HttpError(404, metricsElsewhere);
      const limits = await this.#options.authenticate(request);
      const decoded = await this.#take(request, signal, limits);
      const { accepted, rejected } = decoded;
      this.#options.observe?.({ signal, status: 200, accepted, rejected });
      return { encoding, status: 200, body: exportResponse(encoding, signal, decoded) };
    } catch (error) {
      if (error instanceof ClientGoneError) return undefined;
      const { status, message, headers } = toHttpError(error, this.#options.log);
      if (signal !== undefined) this.#options.observe?.({ signal, status, accepted: 0, rejected: 0 });
      return { encoding, status, headers, body: statusResponse(encoding, status, message) };
    }
  }

  async #take(request: IncomingMessage, signal: ExportSignal, limits: Limits): Promise<DecodedBody> {
    const encoding = requiredEncoding(request);
    const gzip = isGzip(request);
    const inFlight = this.#inFlight.open();
    if (inFlight === undefined) throw tooBusy();
    try {
      const bytes = await readBody(request, this.#limits.bodyBytes, inFlight.reserve);
      const arrival = BigInt(Math.trunc(this.#options.now())) * 1_000_000n;
      const decoded = await inFlight.decode(
        () => this.#options.decoder.decodeBody({ signal, encoding, gzip, bytes, arrival, limits }),
        bytesOf,
      );
      if (decoded.rejected > 0) {
        this.#options.log.warn({ signal, rejections: decoded.rejections }, 'records were rejected');
      }
      const warnings = await this.#store(decoded, limits);
      return { ...decoded, warnings: [...decoded.warnings, ...warnings] };
    } finally {
      inFlight.close();
    }
  }

  /** Resolves with what else the sender should know. */
  async #store(decoded: DecodedBody, limits: Limits): Promise<readonly Count[]> {
    const { sink } = this.#options;
    const { digest } = decoded;
    const abort = AbortSignal.timeout(this.#limits.storeMilliseconds);
    try {
      if (decoded.signal === 'metrics') {
        return await storeMetrics(sink, decoded, { digest, limits, signal: abort });
      }
      await storeBlocks(sink, decoded.signal, decoded.blocks, digest, abort);
      return [];
    } catch (error) {
      if (!abort.aborted) throw error;
      this.#options.log.warn({ err: error }, 'the store took too long');
      throw new HttpError(503, 'the store takes too long now; try again later', retryLater);
    }
  }
}

const pathOf = ({ url = '/' }: IncomingMessage): string => url.split('?', 1)[0] ?? url;

const notFound = (): HttpError =>
  new HttpError(404, `there is nothing here; OTLP is taken at ${[...routes.keys()].join(', ')}`);

/** Bytes that the rows of a request take until they are stored. */
const bytesOf = (decoded: DecodedBody): number =>
  decoded.signal === 'metrics' ? encodedBytes(decoded.encoded) : sizeOf(decoded.blocks);

const sizeOf = (blocks: readonly RowBlock[]): number =>
  blocks.reduce((sum, { bytes }) => sum + bytes.length, 0);
