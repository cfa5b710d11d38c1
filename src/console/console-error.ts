import { randomUUID } from 'node:crypto';
import { KeyFileError } from '../access/key-file.ts';
import { NewKeyError } from '../access/key-input.ts';
import { LimitError } from '../access/limit-error.ts';
import { HttpError } from '../http/http-error.ts';
import type { Logger } from '../observe/log.ts';
import { StoreError } from '../store/store-error.ts';
import { InputError } from '../telemetry/input-error.ts';

/** The kinds of errors that the console's pages can tell apart, and the status of each. */
const statusOf = {
  invalid_input: 400,
  invalid_key: 401,
  invalid_link: 401,
  signed_out: 401,
  beyond_limits: 403,
  cross_origin: 403,
  forbidden: 403,
  invalid_csrf_token: 403,
  missing_role: 403,
  not_found: 404,
  unknown_key: 404,
  unknown_tool: 404,
  method_not_allowed: 405,
  not_local: 409,
  too_large: 413,
  unsupported_media_type: 415,
  too_many_attempts: 429,
  too_many_requests: 429,
  internal: 500,
  busy: 503,
  timeout: 503,
  unavailable: 503,
} as const;

export type ConsoleErrorCode = keyof typeof statusOf;

/** A request of the console that can't be served. The message is written for the person at the page. */
export class ConsoleError extends HttpError {
  readonly code: ConsoleErrorCode;
  /** The part of the request that is wrong, `limits.namespaces` for example. */
  readonly field: string | undefined;

  constructor(
    code: ConsoleErrorCode,
    message: string,
    { field, headers }: { field?: string; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(statusOf[code], message, headers);
    this.code = code;
    this.field = field;
  }
}

const later = { headers: { 'Retry-After': '5' } };

/** What a page may know of an error; what it may not know goes to the log, under an id. */
export function toConsoleError(error: unknown, log: Logger): ConsoleError {
  if (error instanceof ConsoleError) return error;
  if (error instanceof LimitError) {
    const code = error.status === 429 ? 'too_many_requests' : 'busy';
    return new ConsoleError(code, error.message, { headers: error.headers });
  }
  if (error instanceof HttpError) {
    return new ConsoleError(codeOf(error.status), error.message, { headers: error.headers });
  }
  if (error instanceof NewKeyError) {
    return new ConsoleError('invalid_input', error.message, { field: error.field });
  }
  if (error instanceof InputError) return new ConsoleError('invalid_input', error.message);
  if (error instanceof StoreError) return ofStore(error, log);
  const errorId = randomUUID();
  log.error({ err: error, errorId }, 'a request of the console failed');
  if (error instanceof KeyFileError) {
    const message = `The keys can not be read or changed now. The log says why. Error id: ${errorId}`;
    return new ConsoleError('unavailable', message, later);
  }
  return internal(errorId);
}

const codes: ReadonlyMap<number, ConsoleErrorCode> = new Map([
  [401, 'signed_out'],
  [403, 'forbidden'],
  [404, 'not_found'],
  [405, 'method_not_allowed'],
  [413, 'too_large'],
  [415, 'unsupported_media_type'],
  [503, 'unavailable'],
]);

const codeOf = (status: number): ConsoleErrorCode => codes.get(status) ?? 'invalid_input';

function ofStore(error: StoreError, log: Logger): ConsoleError {
  switch (error.kind) {
    case 'busy':
      return new ConsoleError('busy', 'Too many queries are running. Try again in some seconds.', later);
    case 'timeout':
    case 'memory':
    case 'rows':
    case 'aborted':
      return new ConsoleError('timeout', 'The store took longer than it may. Try again.', later);
    case 'unavailable': {
      log.warn({ err: error, errorId: error.id }, 'a request of the console failed');
      const message = `The store can't be reached now. Error id: ${error.id}`;
      return new ConsoleError('unavailable', message, later);
    }
    case 'denied':
    case 'internal':
      log.error({ err: error, errorId: error.id }, 'a request of the console failed');
      return internal(error.id);
  }
}

function internal(errorId: string): ConsoleError {
  return new ConsoleError('internal', `The server failed. The log says why. Error id: ${errorId}`);
}
