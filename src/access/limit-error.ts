import { HttpError } from '../http/http-error.ts';

/** Requests per minute of a key, queries at once of a key, queries at once of the server. */
export const accessLimits = ['key_requests_per_minute', 'key_queries_at_once', 'queries_at_once'] as const;
export type AccessLimit = (typeof accessLimits)[number];

/**
 * A request that a limit left undone; nothing of it was begun. 429 for a limit of the key, 503 for one of
 * the server, with Retry-After; the message names the limit, and says when to try again.
 */
export class LimitError extends HttpError {
  readonly limit: AccessLimit;

  /** @param retryAfter seconds after which the same request may do better, 1 or more */
  constructor(limit: AccessLimit, message: string, retryAfter: number) {
    super(limit === 'queries_at_once' ? 503 : 429, `${message} Try again in ${retryAfter} s.`, {
      'Retry-After': String(retryAfter),
    });
    this.limit = limit;
  }
}
