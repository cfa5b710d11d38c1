import { z } from 'zod';
import { InputError } from '../../telemetry/input-error.ts';
import { StoreError } from '../store-error.ts';
import { ApiError, failureOf } from './api-error.ts';
import { type Credentials, headersOf } from './credentials.ts';

export interface ClientOptions {
  /** Where the API is, without `/api/v1`; may have a path of its own. */
  readonly url: URL;
  readonly credentials: Credentials;
  /** Milliseconds that one request may take. */
  readonly timeout: number;
  /** Bytes of an answer that are read, decompressed; 64 MiB when absent. */
  readonly maxAnswerBytes?: number | undefined;
}

/** A request below `/api/v1/`. */
export interface ApiRequest {
  /** POST wherever the API takes it: a query may be longer than a URL. */
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly params: readonly (readonly [name: string, value: string])[];
}

export interface RequestOptions {
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds; never more than the client's own. */
  readonly timeout?: number | undefined;
  /** Never more than the client's own. */
  readonly maxAnswerBytes?: number | undefined;
}

export interface Answer<T> {
  readonly data: T;
  readonly warnings: readonly string[];
  readonly infos: readonly string[];
  /** A part of a cluster did not answer (VictoriaMetrics). */
  readonly isPartial: boolean;
}

const standardAnswerBytes = 64 * 1024 * 1024;
/** The text of an error is short. */
const maxErrorBytes = 64 * 1024;
const maxRedirects = 3;

const errorAnswer = z.object({
  error: z.string().default(''),
  errorType: z.string().default(''),
});

/** Prometheus' HTTP API. All errors are `StoreError`, `ApiError` or, for an answer that is too large, `InputError`. */
export class PrometheusClient {
  readonly #options: ClientOptions;

  constructor(options: ClientOptions) {
    this.#options = options;
  }

  /** Sends a request and checks the form of its answer. */
  async ask<T>(request: ApiRequest, data: z.ZodType<T>, options: RequestOptions = {}): Promise<Answer<T>> {
    return this.#exchange(request, options, async (body) => {
      const most = Math.min(
        options.maxAnswerBytes ?? Number.POSITIVE_INFINITY,
        this.#options.maxAnswerBytes ?? standardAnswerBytes,
      );
      const answer = envelope(data).safeParse(parseJson(await readText(body, most)));
      if (!answer.success) {
        throw new StoreError(
          'internal',
          `unexpected answer to ${request.path}: ${z.prettifyError(answer.error)}`,
        );
      }
      const { warnings, infos, isPartial } = answer.data;
      return { data: answer.data.data, warnings, infos, isPartial };
    });
  }

  /** Sends a request and hands its answer on as it arrives; `read` returns or throws to end it. */
  async stream<T>(
    request: ApiRequest,
    options: RequestOptions,
    read: (chunks: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<T> {
    return this.#exchange(request, options, read);
  }

  async #exchange<T>(
    request: ApiRequest,
    { signal, timeout = Number.POSITIVE_INFINITY }: RequestOptions,
    read: (chunks: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<T> {
    const deadline = AbortSignal.timeout(Math.min(timeout, this.#options.timeout));
    try {
      signal?.throwIfAborted();
      const response = await this.#send(request, signal ? AbortSignal.any([signal, deadline]) : deadline);
      if (!response.ok) throw await this.#failure(response);
      return await read(chunksOf(response));
    } catch (error) {
      if (signal?.aborted) throw new StoreError('aborted', 'the caller gave up', { cause: error });
      if (deadline.aborted)
        throw new StoreError('timeout', `no answer to ${request.path} in time`, { cause: error });
      if (error instanceof StoreError || error instanceof ApiError || error instanceof InputError)
        throw error;
      throw new StoreError('unavailable', networkMessage(error), { cause: error });
    }
  }

  async #send({ method, path, params }: ApiRequest, signal: AbortSignal): Promise<Response> {
    const headers = await headersOf(this.#options.credentials);
    headers.set('Accept', 'application/json');
    const form = new URLSearchParams(params.map(([name, value]): [string, string] => [name, value]));
    let url = new URL(`${this.#options.url.pathname.replace(/\/+$/, '')}/api/v1/${path}`, this.#options.url);
    if (method === 'GET') url.search = form.toString();
    for (let redirects = 0; ; redirects++) {
      const response = await fetch(url, {
        method,
        headers,
        signal,
        redirect: 'manual',
        ...(method === 'POST' && { body: form }),
      });
      if (response.status < 300 || response.status >= 400) return response;
      await response.body?.cancel();
      const target = redirectTarget(response, url);
      // Credentials and queries go to the configured host alone.
      if (target === undefined || redirects === maxRedirects) {
        throw new StoreError(
          'internal',
          `the API answers with a redirect (${response.status}) that is not followed`,
        );
      }
      url = target;
    }
  }

  async #failure(response: Response): Promise<ApiError | StoreError> {
    let text = '';
    try {
      text = await readText(chunksOf(response), maxErrorBytes);
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
    const { error, errorType } = errorAnswer
      .catch({ error: text, errorType: '' })
      .parse(parseJson(text, undefined));
    return failureOf(response.status, errorType, error);
  }
}

function envelope<T>(data: z.ZodType<T>) {
  const texts = z
    .array(z.string())
    .nullish()
    .transform((list) => list ?? []);
  return z.object({
    status: z.literal('success'),
    data,
    warnings: texts,
    infos: texts,
    isPartial: z.boolean().default(false),
  });
}

/** Where a redirect leads that keeps method and body; undefined for another host. */
function redirectTarget({ status, headers }: Response, from: URL): URL | undefined {
  const location = headers.get('location');
  if ((status !== 307 && status !== 308) || location === null || !URL.canParse(location, from.href))
    return undefined;
  const target = new URL(location, from);
  return target.origin === from.origin ? target : undefined;
}

async function* chunksOf({ body }: Response): AsyncGenerator<Uint8Array> {
  if (body !== null) yield* body;
}

async function readText(chunks: AsyncIterable<Uint8Array>, most: number): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    size += chunk.byteLength;
    if (size > most) throw tooLarge();
    parts.push(chunk);
  }
  return Buffer.concat(parts).toString('utf8');
}

/** An answer passes the limit on its size. */
export function tooLarge(): InputError {
  return new InputError(
    "The metrics store's answer is too large. Select fewer series, aggregate them (sum by (…)), or use a larger step or a shorter time.",
  );
}

function parseJson(text: string, ...otherwise: readonly unknown[]): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (otherwise.length > 0) return otherwise[0];
    throw new StoreError('internal', `the answer is no JSON: ${text.slice(0, 200)}`, { cause: error });
  }
}

function networkMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return cause instanceof Error ? `${error.message}: ${cause.message}` : error.message;
}
