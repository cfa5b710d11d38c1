/**
 * How something ended that is recorded. `limited`: a limit of the key, or the server's, left it undone.
 * `refused`: the key may not do it. The rest are `invalid_input` and how the store can fail.
 */
export const auditOutcomes = [
  'ok',
  'invalid_input',
  'limited',
  'refused',
  'cancelled',
  'timeout',
  'memory',
  'rows',
  'busy',
  'unavailable',
  'denied',
  'aborted',
  'internal',
] as const;
export type AuditOutcome = (typeof auditOutcomes)[number];

/** What somebody did with a key, as an edge tells it. It never holds a key, nor anything of the answer. */
export interface AuditEvent {
  readonly keyId: string;
  readonly keyName: string;
  /** A tool's name, a path of the Prometheus API (`/api/v1/query_range`), or what was done on the console. */
  readonly action: string;
  /** What was asked: the arguments that count, filters normalised where they were understood. */
  readonly query: Readonly<Record<string, unknown>>;
  /** The window that was asked about, ns since the epoch. */
  readonly window?: { readonly from: bigint; readonly to: bigint } | undefined;
  /** Rows, series, fields or names in the answer. */
  readonly rows?: number | undefined;
  readonly durationMs: number;
  readonly outcome: AuditOutcome;
}

/** The same as it is kept. */
export interface AuditRecord extends Omit<AuditEvent, 'query'> {
  /** When it ended, ms since the epoch. */
  readonly time: number;
  /** JSON without secrets, at most `longestAuditQuery` characters; a longer one is cut, and ends with `…`. */
  readonly query: string;
}

export const longestAuditQuery = 4096;

/** Takes note of what is done with keys. */
export interface Audit {
  /** Returns at once, and never throws. */
  record(event: AuditEvent): void;
}
