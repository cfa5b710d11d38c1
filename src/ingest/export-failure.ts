import { randomUUID } from 'node:crypto';
import { HttpError } from '../http/http-error.ts';
import type { Logger } from '../observe/log.ts';
import { InputError } from '../telemetry/input-error.ts';
import { PayloadTooLargeError } from './payload-too-large.ts';
import { isRetryable } from './sink.ts';

/** The client went away before its request was complete: there is nobody to answer. */
export class ClientGoneError extends Error {
  override readonly name = 'ClientGoneError';
}

/** For a store that has to come back first. */
export const retryLater: Readonly<Record<string, string>> = { 'Retry-After': '5' };

/**
 * What a failure is answered with: senders try again after 429, 502, 503 and 504, and after no other code.
 * What the client can't put right goes to the log, under the id that its answer carries.
 */
export function toHttpError(error: unknown, log: Logger): HttpError {
  if (error instanceof HttpError) return error;
  if (error instanceof InputError) return new HttpError(400, error.message);
  if (error instanceof PayloadTooLargeError) return new HttpError(413, error.message);
  const id = idOf(error);
  if (isRetryable(error)) {
    log.warn({ err: error, id }, 'records could not be stored for now');
    return new HttpError(503, `the store can't take records now; try again later (${id})`, retryLater);
  }
  log.error({ err: error, id }, 'records could not be stored');
  return new HttpError(500, `the records could not be stored; the server's log says why (${id})`);
}

/** Errors of the store bring the id that they are logged under. */
function idOf(error: unknown): string {
  const own = typeof error === 'object' && error !== null && 'id' in error ? error.id : undefined;
  return typeof own === 'string' ? own : randomUUID();
}
