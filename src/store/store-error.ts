import { randomBytes } from 'node:crypto';

/**
 * Why the store did not answer:
 * - `timeout`, `memory`, `rows`: a limit of the query was hit; a narrower query would work;
 * - `busy`: too many queries wait; `unavailable`: the store can't be reached; later may work;
 * - `denied`: the store refuses it to these credentials;
 * - `aborted`: the caller gave up;
 * - `internal`: anything else.
 */
export type StoreErrorKind =
  | 'timeout'
  | 'memory'
  | 'rows'
  | 'busy'
  | 'unavailable'
  | 'denied'
  | 'aborted'
  | 'internal';

/** A failure of the store. The message is for the log; what a client sees is made from `kind` and `id`. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly kind: StoreErrorKind;
  /** Finds the message in the log. */
  readonly id: string;

  /** The label of the query that failed, where a request has several. */
  readonly query: string | undefined;

  constructor(kind: StoreErrorKind, message: string, options?: ErrorOptions & { readonly query?: string }) {
    super(message, options);
    this.kind = kind;
    this.query = options?.query;
    this.id = randomBytes(6).toString('hex');
  }

  /** The same request may succeed later. */
  get retryable(): boolean {
    return (
      this.kind === 'busy' ||
      this.kind === 'unavailable' ||
      this.kind === 'timeout' ||
      this.kind === 'memory' ||
      this.kind === 'aborted'
    );
  }
}

/** Error codes of ClickHouse (src/Common/ErrorCodes.cpp) that say more than "it failed". */
const kindOfCode: Readonly<Record<string, StoreErrorKind>> = {
  '159': 'timeout', // TIMEOUT_EXCEEDED
  '160': 'timeout', // TOO_SLOW
  '209': 'unavailable', // SOCKET_TIMEOUT
  '210': 'unavailable', // NETWORK_ERROR
  '241': 'memory', // MEMORY_LIMIT_EXCEEDED
  '243': 'unavailable', // NOT_ENOUGH_SPACE
  '158': 'rows', // TOO_MANY_ROWS
  '307': 'rows', // TOO_MANY_BYTES
  '396': 'rows', // TOO_MANY_ROWS_OR_BYTES
  '202': 'busy', // TOO_MANY_SIMULTANEOUS_QUERIES
  '252': 'busy', // TOO_MANY_PARTS
  '242': 'unavailable', // TABLE_IS_READ_ONLY
  '319': 'unavailable', // UNKNOWN_STATUS_OF_INSERT
  '164': 'denied', // READONLY
  '497': 'denied', // ACCESS_DENIED
  '516': 'denied', // AUTHENTICATION_FAILED
  '394': 'aborted', // QUERY_WAS_CANCELLED
};

const networkCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ENOTFOUND', 'ETIMEDOUT', 'EAI_AGAIN']);

/** Makes a `StoreError` of what the ClickHouse client threw. */
export function toStoreError(error: unknown): StoreError {
  if (error instanceof StoreError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new StoreError(kindOf(error, message), message, { cause: error });
}

function kindOf(error: unknown, message: string): StoreErrorKind {
  const code =
    typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : undefined;
  if (code !== undefined) {
    const kind = kindOfCode[code];
    if (kind !== undefined) return kind;
    if (networkCodes.has(code)) return 'unavailable';
  }
  if (/socket hang up|\baborted\b.*response/i.test(message)) return 'unavailable';
  if (/\babort/i.test(message)) return 'aborted';
  if (/\btimeout\b/i.test(message)) return 'timeout';
  return 'internal';
}
