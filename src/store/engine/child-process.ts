import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Logger } from '../../observe/log.ts';
import { type ChildOptions, type ChildReport, childReport, parseLine } from './child-protocol.ts';
import { EngineError } from './engine-error.ts';

const childFile = fileURLToPath(new URL('../../../dist/store/engine/child.js', import.meta.url));

type Listening = Extract<ChildReport, { event: 'listening' }>;

/** How long the engine may take to open, in milliseconds: a big store is checked first. */
const openingMs = 120_000;
/** How long the child may take to end by itself, in milliseconds. */
const endingMs = 10_000;
/** How much of what the engine printed is kept for the log. */
const keptOutput = 4_000;

/** The engine's process, from its first answer to its end. */
export class EngineProcess {
  readonly url: string;
  readonly pid: number;
  /** Settles when the process has ended; never rejects. */
  readonly ended: Promise<void>;
  /** The last of what the engine itself printed, for the log. */
  readonly output: () => string;
  readonly #child: ChildProcessWithoutNullStreams;

  private constructor(
    child: ChildProcessWithoutNullStreams,
    { url, pid }: Listening,
    ended: Promise<void>,
    output: () => string,
  ) {
    this.#child = child;
    this.url = url;
    this.pid = pid;
    this.ended = ended;
    this.output = output;
  }

  /** Starts the process and waits until it listens. @throws EngineError */
  static async start(options: ChildOptions, log: Logger): Promise<EngineProcess> {
    const child = spawn(process.execPath, [childFile], {
      stdio: ['pipe', 'pipe', 'pipe'],
      // Nothing of our own environment: it may hold secrets. Each lane may hold a thread of the pool.
      env: { TZ: 'UTC', UV_THREADPOOL_SIZE: String(options.readers + 8) },
    });
    const ended = endOf(child, 'exit');
    // Its output may come after its exit.
    const closed = endOf(child, 'close');
    // A child that is gone before it has read its options shows itself by its end.
    child.stdin.on('error', () => undefined);
    child.stdin.write(`${JSON.stringify(options)}\n`);
    const output = keepOutput(child, log);
    const timer = setTimeout(() => child.kill('SIGKILL'), openingMs);
    const report = await Promise.race([firstReport(child, log), ended]);
    clearTimeout(timer);
    if (report?.event === 'listening') return new EngineProcess(child, report, ended, output);
    await closed;
    if (output().includes('Cannot lock file')) {
      throw new EngineError('folder-in-use', `${options.storeDir} is in use by another process`);
    }
    log.error({ output: output() }, 'the embedded engine did not start');
    if (report?.event === 'failed') throw new EngineError(report.reason, report.message);
    throw new EngineError('failed', 'the embedded engine ended while it was starting');
  }

  /** Ends the process in good order: what is being inserted is finished. */
  async close(): Promise<void> {
    this.#child.stdin.end();
    const timer = setTimeout(() => this.kill(), endingMs);
    await this.ended;
    clearTimeout(timer);
  }

  /** Ends the process at once. Nothing that was acknowledged is lost. */
  kill(): void {
    this.#child.kill('SIGKILL');
  }
}

function endOf(child: ChildProcessWithoutNullStreams, event: 'exit' | 'close'): Promise<void> {
  return new Promise((resolve) => {
    child.once(event, () => resolve());
    child.once('error', () => resolve());
  });
}

/** Keeps the last of what the engine itself printed. */
function keepOutput(child: ChildProcessWithoutNullStreams, log: Logger): () => string {
  let kept = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    kept = (kept + text).slice(-keptOutput);
    log.debug({ output: text.slice(0, keptOutput) }, 'output of the embedded engine');
  });
  return () => kept;
}

/** Waits for the line that says how the start went; later lines go to the log. */
function firstReport(child: ChildProcessWithoutNullStreams, log: Logger): Promise<ChildReport> {
  return new Promise((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const report = parseLine(childReport, line);
      if (report === undefined)
        log.debug({ output: line.slice(0, keptOutput) }, 'output of the embedded engine');
      else if (report.event === 'warning') log.warn({ pid: child.pid }, report.message);
      else resolve(report);
    });
  });
}
