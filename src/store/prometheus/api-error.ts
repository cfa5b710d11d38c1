import { StoreError } from '../store-error.ts';

/** The API refuses a request as such: the text is the store's own, and no client sees it as it is. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
}

/** Texts of stores that hit a limit of theirs: Prometheus, VictoriaMetrics, Mimir and Cortex, Thanos. */
const limitTexts = [
  /too many samples/i,
  /-search\.max\w+/,
  /err-mimir-max-/,
  /the query hit the max number of/i,
  /exceeded (?:the )?(?:maximum|series|samples|chunks|bytes|limit)/i,
  /\blimit\b.*\b(?:exceeded|violated|reached)\b/i,
];
const memoryTexts = [/not enough memory|memory limit|-memory\.allowed/i];
const timeoutTexts = [/timed out|timeout|deadline exceeded|-search\.maxQueryDuration/i];

/** How much of an error's text is kept. */
const longestReason = 2_000;

/** What VictoriaMetrics puts in front of an error: the whole query, limits of a key included. */
const queryInFront =
  /(?:error when executing query|cannot evaluate)[= ](?:"(?:[^"\\]|\\.)*"|`[^`]*`)[^:]*: /g;
const quoted = /"(?:[^"\\]|\\.)*"|`[^`]*`/g;

/** What an answer with an error status means. `errorType` and `text` are empty where the body is none of the API's. */
export function failureOf(status: number, errorType: string, text: string): ApiError | StoreError {
  const message = `the API answers ${status}${errorType === '' ? '' : ` ${errorType}`}: ${text}`;
  // Cut last: how long the query was must not show.
  const reason = text.replace(queryInFront, '').slice(0, longestReason);
  // Names and values of the query, or of telemetry, are not the store's words.
  const words = reason.replace(quoted, '""');
  const has = (patterns: readonly RegExp[]): boolean => patterns.some((pattern) => pattern.test(words));
  if (status === 401 || status === 403) return new StoreError('denied', message);
  if (status === 429) return new StoreError('busy', message);
  if (errorType === 'timeout' || status === 408 || has(timeoutTexts))
    return new StoreError('timeout', message);
  if (errorType === 'canceled') return new StoreError('aborted', message);
  if (has(memoryTexts)) return new StoreError('memory', message);
  if (has(limitTexts)) return new StoreError('rows', message);
  if (status === 504) return new StoreError('timeout', message);
  if (status === 502 || status === 503) return new StoreError('unavailable', message);
  if (status === 400 || status === 413 || status === 414 || status === 422) return new ApiError(reason);
  return new StoreError('internal', message);
}
