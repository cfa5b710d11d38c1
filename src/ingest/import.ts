import { setTimeout } from 'node:timers/promises';
import type { Limits } from '../access/principal.ts';
import type { BatchCounts } from './batch.ts';
import type { Decoder } from './decoder.ts';
import { findImportFiles, type ImportFile } from './import-files.ts';
import { type LineBatch, lineBatches } from './line-batches.ts';
import { metricsElsewhere } from './metrics-elsewhere.ts';
import type { DecodedLines } from './request-decoder.ts';
import { isRetryable, type Sink } from './sink.ts';
import { storeBlocks } from './store-blocks.ts';
import { storeMetrics } from './store-metrics.ts';
import { type Count, Tally } from './tally.ts';

export interface ImportOptions {
  /** Files, or folders of files, of OTLP/JSON requests: one a line, gzip where the name ends in `.gz`. */
  readonly paths: readonly string[];
  readonly decoder: Pick<Decoder, 'decodeLines'>;
  readonly sink: Sink;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  readonly onProgress?: (progress: ImportProgress) => void;
  /** False where metrics are read from another store: then none are stored. */
  readonly keepsMetrics?: boolean;
  /** What may be written; all, where it is absent. */
  readonly limits?: Limits;
  /** Batches of lines that are decoded or stored at once. */
  readonly atOnce?: number;
  /** Milliseconds before each further try to store a batch while the store is down or behind. */
  readonly retryDelays?: readonly number[];
}

export interface ImportProgress {
  readonly file: string;
  /** Of all files together, as they lie on the disk. */
  readonly readBytes: number;
  readonly totalBytes: number;
  /** Log records, spans and data points stored so far. */
  readonly stored: number;
}

export interface ImportedSignal {
  readonly stored: number;
  readonly rejected: number;
  readonly rejections: readonly Count[];
  /** What was put right in records that were stored. */
  readonly warnings: readonly Count[];
}

/** A line that could not be used. */
export interface BrokenLine {
  readonly file: string;
  /** The file's first is 1. */
  readonly line: number;
  readonly message: string;
}

export interface ImportResult {
  readonly files: number;
  readonly lines: number;
  readonly logs: ImportedSignal;
  readonly traces: ImportedSignal;
  /** Data points. */
  readonly metrics: ImportedSignal;
  readonly brokenLines: number;
  /** The first twenty of them. */
  readonly broken: readonly BrokenLine[];
  /** Files in folders that hold something else. */
  readonly skippedFiles: readonly string[];
}

/** A file could not be imported to its end. */
export class ImportError extends Error {
  override readonly name = 'ImportError';
  readonly file: string;
  /** Where the batch begins that failed. */
  readonly line: number;

  constructor(file: string, line: number, cause: unknown) {
    super(`${file}, from line ${line}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause });
    this.file = file;
    this.line = line;
  }
}

const mostBrokenShown = 20;
const batchLimits = { batchBytes: 4 << 20, lineBytes: 64 << 20 };
const defaultRetryDelays = [250, 500, 1000, 2000, 4000, 8000, 16_000];

/**
 * Stores recorded telemetry. A line that can't be used is counted and reported, and the rest goes on. Rejects
 * with `InputError` where a path is wrong, and with `ImportError` where a file can't be read or the store
 * fails; batches that were stored by then stay, and are not stored twice when the import is repeated.
 */
export async function importFiles(options: ImportOptions): Promise<ImportResult> {
  const files = await findImportFiles(options.paths);
  return new Import(options, files).run();
}

class SignalCounts {
  readonly #rejections = new Tally();
  readonly #warnings = new Tally();
  stored = 0;

  add({ accepted, rejections, warnings }: BatchCounts): void {
    this.stored += accepted;
    this.#rejections.addAll(rejections);
    this.#warnings.addAll(warnings);
  }

  warn(warnings: readonly Count[]): void {
    this.#warnings.addAll(warnings);
  }

  reject(reason: string, count: number): void {
    if (count > 0) this.#rejections.add(reason, count);
  }

  toResult(): ImportedSignal {
    return {
      stored: this.stored,
      rejected: this.#rejections.total,
      rejections: this.#rejections.toCounts(),
      warnings: this.#warnings.toCounts(),
    };
  }
}

class Import {
  readonly #options: ImportOptions;
  readonly #files: readonly ImportFile[];
  readonly #logs = new SignalCounts();
  readonly #traces = new SignalCounts();
  readonly #metrics = new SignalCounts();
  readonly #broken: BrokenLine[] = [];
  readonly #skipped: string[] = [];
  readonly #abort = new AbortController();
  #brokenLines = 0;
  #lines = 0;
  /** Bytes of the files before, and how far any batch has come. */
  #fileStart = 0;
  #readBytes = 0;

  constructor(options: ImportOptions, files: readonly ImportFile[]) {
    this.#options = options;
    this.#files = files;
  }

  get #keepsMetrics(): boolean {
    return this.#options.keepsMetrics !== false;
  }

  async run(): Promise<ImportResult> {
    for (const file of this.#files) {
      await this.#importFile(file);
      this.#fileStart += file.bytes;
    }
    return {
      files: this.#files.length - this.#skipped.length,
      lines: this.#lines,
      logs: this.#logs.toResult(),
      traces: this.#traces.toResult(),
      metrics: this.#metrics.toResult(),
      brokenLines: this.#brokenLines,
      broken: this.#broken,
      skippedFiles: this.#skipped,
    };
  }

  async #importFile(file: ImportFile): Promise<void> {
    const running = new Set<Promise<void>>();
    let failure: unknown;
    let line = 1;
    try {
      for await (const batch of lineBatches(file.path, batchLimits)) {
        const decoding = this.#decode(batch);
        line = batch.firstLine;
        if (line === 1 && file.found && isSomethingElse(await decoding)) {
          this.#skipped.push(file.path);
          return;
        }
        const done = this.#importBatch(file, batch, decoding)
          .catch((error: unknown) => {
            failure ??= error;
            this.#abort.abort();
          })
          .finally(() => running.delete(done));
        running.add(done);
        if (running.size >= (this.#options.atOnce ?? 4)) await Promise.race(running);
        if (failure !== undefined) break;
        line += batch.lines;
      }
    } catch (error) {
      failure ??= error;
    }
    await Promise.all(running);
    if (failure === undefined) return;
    throw failure instanceof ImportError ? failure : new ImportError(file.path, line, failure);
  }

  async #importBatch(file: ImportFile, batch: LineBatch, decoding: Promise<DecodedLines>): Promise<void> {
    try {
      const decoded = await decoding;
      const { logs, traces, metrics, digest } = decoded;
      const { sink } = this.#options;
      const { signal } = this.#abort;
      await this.#store(() => storeBlocks(sink, 'logs', logs.blocks, digest, signal));
      await this.#store(() => storeBlocks(sink, 'traces', traces.blocks, digest, signal));
      if (this.#keepsMetrics) {
        const { limits = {} } = this.#options;
        this.#metrics.warn(await this.#store(() => storeMetrics(sink, metrics, { digest, limits, signal })));
      }
      this.#count(file, batch, decoded);
    } catch (error) {
      throw new ImportError(file.path, batch.firstLine, error);
    }
  }

  #decode({ bytes }: LineBatch): Promise<DecodedLines> {
    const arrival = BigInt(Math.trunc(this.#options.now())) * 1_000_000n;
    return this.#options.decoder.decodeLines({ bytes, arrival, limits: this.#options.limits ?? {} });
  }

  /** Tries again while the store is down or behind. */
  async #store<T>(insert: () => Promise<T>): Promise<T> {
    const { retryDelays = defaultRetryDelays } = this.#options;
    const { signal: abort } = this.#abort;
    for (const delay of retryDelays) {
      try {
        return await insert();
      } catch (error) {
        if (!isRetryable(error) || abort.aborted) throw error;
        await setTimeout(delay, undefined, { signal: abort });
      }
    }
    return insert();
  }

  #count(file: ImportFile, batch: LineBatch, decoded: DecodedLines): void {
    this.#lines += batch.lines;
    this.#logs.add(decoded.logs);
    this.#traces.add(decoded.traces);
    const { metrics } = decoded;
    if (this.#keepsMetrics) this.#metrics.add(metrics);
    else this.#metrics.reject(metricsElsewhere, metrics.accepted + metrics.rejected);
    for (const { index, message } of decoded.broken) {
      this.#addBroken({ file: file.path, line: batch.firstLine + index, message });
    }
    for (const line of batch.tooLong) {
      this.#addBroken({ file: file.path, line, message: `longer than ${batchLimits.lineBytes} bytes` });
    }
    this.#readBytes = Math.max(this.#readBytes, this.#fileStart + batch.readBytes);
    this.#options.onProgress?.({
      file: file.path,
      readBytes: this.#readBytes,
      totalBytes: this.#files.reduce((sum, { bytes }) => sum + bytes, 0),
      stored: this.#logs.stored + this.#traces.stored + this.#metrics.stored,
    });
  }

  #addBroken(line: BrokenLine): void {
    this.#brokenLines += 1;
    if (this.#broken.length < mostBrokenShown) this.#broken.push(line);
  }
}

/** Folders hold other JSON too: a file whose first batch has no request is none of ours. */
const isSomethingElse = ({ broken, requests }: DecodedLines): boolean => broken.length > 0 && requests === 0;
