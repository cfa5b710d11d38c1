import { randomUUID } from 'node:crypto';
import { HttpError } from '../http/http-error.ts';
import type { Logger } from '../observe/log.ts';
import { QueryTimeoutError } from '../promql/engine.ts';
import { StoreError } from '../store/store-error.ts';
import { InputError } from '../telemetry/input-error.ts';

/** Prometheus' kinds of errors with the status that each has, and three for keys, which it has not. */
const statusOf = {
  bad_data: 400,
  unauthorized: 401,
  forbidden: 403,
  not_found: 404,
  execution: 422,
  canceled: 499,
  too_many_requests: 429,
  internal: 500,
  timeout: 503,
  unavailable: 503,
} as const;

export type ApiErrorType = keyof typeof statusOf;

/** A request that this API can't answer, in the terms of Prometheus. The message is written for the client. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly type: ApiErrorType;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    type: ApiErrorType,
    message: string,
    { status = statusOf[type] as number, headers = {} }: Partial<Pick<HttpError, 'status' | 'headers'>> = {},
  ) {
    super(message);
    this.type = type;
    this.status = status;
    this.headers = headers;
  }
}

/** A parameter that can't be used, in Prometheus' words. */
export function invalidParameter(name: string, message: string): ApiError {
  return new ApiError('bad_data', `invalid parameter "${name}": ${message}`);
}

/** What a client may know of an error; what it may not know goes to the log, under an id. */
export function toApiError(error: unknown, log: Logger): ApiError {
  if (error instanceof ApiError) return error;
  if (error instanceof HttpError) return new ApiError(typeOf(error.status), error.message, error);
  if (error instanceof QueryTimeoutError) return new ApiError('timeout', error.message);
  if (error instanceof InputError) return new ApiError('execution', error.message);
  if (error instanceof StoreError) return ofStore(error, log);
  return internal(error, randomUUID(), log);
}

function typeOf(status: number): ApiErrorType {
  switch (status) {
    case 401:
      return 'unauthorized';
    case 403:
      return 'forbidden';
    case 429:
      return 'too_many_requests';
    case 503:
      return 'unavailable';
    default:
      return 'bad_data';
  }
}

const narrower = 'Select fewer series, a shorter time, or a larger step.';
const later = { headers: { 'Retry-After': '5' } };

function ofStore(error: StoreError, log: Logger): ApiError {
  switch (error.kind) {
    case 'timeout':
      return new ApiError('timeout', `The query took longer than a query may take. ${narrower}`);
    case 'memory':
      return new ApiError('execution', `The query needs more memory than a query may use. ${narrower}`);
    case 'rows':
      return new ApiError('execution', `The query would read more than a query may read. ${narrower}`);
    case 'busy':
      return new ApiError('unavailable', 'Too many queries are running. Try again in some seconds.', later);
    case 'aborted':
      return new ApiError('canceled', 'The query was stopped before it ended. Try again.');
    case 'unavailable': {
      log.warn({ err: error, errorId: error.id }, 'a query of the Prometheus API failed');
      const message = `The store of the metrics can't be reached now. Error id: ${error.id}`;
      return new ApiError('unavailable', message, later);
    }
    case 'denied':
    case 'internal':
      return internal(error, error.id, log);
  }
}

function internal(error: unknown, errorId: string, log: Logger): ApiError {
  log.error({ err: error, errorId }, 'a request of the Prometheus API failed');
  const message = `The server failed. Its operator finds the reason in the log. Error id: ${errorId}`;
  return new ApiError('internal', message);
}
