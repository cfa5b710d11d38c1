import { type Audit, type AuditEvent, type AuditRecord, longestAuditQuery } from './audit.ts';
import type { Logger } from './log.ts';

/** Where records are kept. Rejects where they can't be stored; those of one token are stored once. */
export type AuditSink = (
  records: readonly AuditRecord[],
  token: string,
  signal: AbortSignal,
) => Promise<void>;

export interface AuditTrailOptions {
  readonly log: Logger;
  /** Absent where nothing can be stored: records are logged then, and no more. */
  readonly sink?: AuditSink | undefined;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The same value without the secrets in it. */
  readonly redact: <T>(value: T) => T;
  readonly newToken: () => string;
  /** Is told of records that were stored, and of those that never will be. */
  readonly observe: (outcome: 'stored' | 'lost', records: number) => void;
}

const mostInBatch = 1_000;
const mostWaiting = 10_000;
const batchMs = 2_000;
const retryMs = 10_000;
const writeMs = 10_000;

interface Batch {
  readonly token: string;
  readonly records: readonly AuditRecord[];
}

/**
 * Logs what is done with keys, and stores it in batches, off the way of requests. Where the store can't be
 * written, up to 11,000 records wait for it; what comes after those is in the log alone, and counted.
 *
 * Of what a limit left undone, one record a minute is kept of each key: a client that does not stop when it is
 * told to would fill the log and the store with it.
 */
export class AuditTrail implements Audit {
  readonly #options: AuditTrailOptions;
  #waiting: AuditRecord[] = [];
  /** It failed to be written, and is tried again as it is. */
  #unwritten: Batch | undefined;
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<void> | undefined;
  #failing = false;
  /** Keys that met a limit in this minute. */
  readonly #limited = new Set<string>();
  #limitedMinute = 0;

  constructor(options: AuditTrailOptions) {
    this.#options = options;
  }

  record(event: AuditEvent): void {
    const { log, sink, now, redact, observe } = this.#options;
    if (event.outcome === 'limited' && !this.#isFirstInMinute(event.keyId)) return;
    const record: AuditRecord = { ...event, time: now(), query: cut(JSON.stringify(redact(event.query))) };
    log.info(lineOf(record), 'audit');
    if (sink === undefined) return;
    if (this.#waiting.length >= mostWaiting) {
      observe('lost', 1);
      return;
    }
    this.#waiting.push(record);
    this.#schedule(batchMs);
  }

  /** Resolves when all that was recorded is stored, or can't be stored now. */
  async flush(): Promise<void> {
    this.#writing ??= this.#writeAll().finally(() => {
      this.#writing = undefined;
    });
    await this.#writing;
  }

  /** Stores what waits. What can't be stored is counted as lost. */
  async close(): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
    const lost = this.#waiting.length + (this.#unwritten?.records.length ?? 0);
    if (lost > 0) this.#options.observe('lost', lost);
    this.#waiting = [];
    this.#unwritten = undefined;
  }

  #isFirstInMinute(keyId: string): boolean {
    const minute = Math.floor(this.#options.now() / 60_000);
    if (minute !== this.#limitedMinute) this.#limited.clear();
    this.#limitedMinute = minute;
    const isFirst = !this.#limited.has(keyId);
    this.#limited.add(keyId);
    return isFirst;
  }

  #schedule(ms: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.flush();
    }, ms).unref();
  }

  async #writeAll(): Promise<void> {
    const { sink, newToken, observe, log } = this.#options;
    if (sink === undefined) return;
    while (this.#unwritten !== undefined || this.#waiting.length > 0) {
      const batch = this.#unwritten ?? { token: newToken(), records: this.#waiting.splice(0, mostInBatch) };
      this.#unwritten = batch;
      try {
        await sink(batch.records, batch.token, AbortSignal.timeout(writeMs));
      } catch (error) {
        if (!this.#failing) log.warn({ err: error }, 'audit records can not be stored; they are tried again');
        this.#failing = true;
        this.#schedule(retryMs);
        return;
      }
      this.#unwritten = undefined;
      this.#failing = false;
      observe('stored', batch.records.length);
    }
  }
}

function cut(text: string): string {
  return text.length <= longestAuditQuery ? text : `${text.slice(0, longestAuditQuery - 1)}…`;
}

function lineOf({ keyId, keyName, action, query, window, rows, durationMs, outcome }: AuditRecord): object {
  return {
    key: keyId,
    key_name: keyName,
    action,
    query,
    ...(window && { from: isoTime(window.from), to: isoTime(window.to) }),
    ...(rows !== undefined && { rows }),
    ms: Math.round(durationMs),
    outcome,
  };
}

/** Of ns since the epoch, to the millisecond. */
function isoTime(ns: bigint): string {
  return new Date(Number(ns / 1_000_000n)).toISOString();
}
