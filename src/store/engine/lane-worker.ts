/**
 * The entry of a lane's worker thread: it runs one statement at a time in chDB, each in a session of its own,
 * because a session keeps settings, parameters, and after an error even output of the statement before.
 *
 * Each lane is a thread since chDB blocks the thread that starts a query. The thread must not end while the
 * process lives: the native addon then closes the engine under the other lanes.
 */
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import type { Session } from 'chdb';
import { ownsMemory } from '../memory-releaser.ts';
import { headerLength } from './formats.ts';
import {
  chunksAhead,
  type LaneCommand,
  type LaneOptions,
  type LaneReport,
  type LaneTask,
} from './lane-messages.ts';

type Chdb = typeof import('chdb');

class LaneThread {
  readonly #port: MessagePort;
  readonly #newSession: () => Session;
  /** How many chunks may be sent before the next one is asked for. */
  #credit = 0;
  #stopped = false;
  #wake: () => void = () => undefined;

  constructor(port: MessagePort, newSession: () => Session) {
    this.#port = port;
    this.#newSession = newSession;
    port.on('message', (command: LaneCommand) => this.#obey(command));
  }

  #obey(command: LaneCommand): void {
    if (command.kind === 'run') {
      this.#credit = chunksAhead;
      this.#stopped = false;
      void this.#run(command.task);
      return;
    }
    if (command.kind === 'more') this.#credit += 1;
    else this.#stopped = true;
    this.#wake();
  }

  async #run(task: LaneTask): Promise<void> {
    let session: Session | undefined;
    let report: LaneReport = { kind: 'done' };
    try {
      session = this.#newSession();
      if (task.prelude !== '') session.query(task.prelude);
      await this.#perform(session, task);
    } catch (error) {
      report = { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
    }
    session?.close();
    this.#send(report);
  }

  async #perform(session: Session, { sql, output }: LaneTask): Promise<void> {
    if (output.kind === 'none') {
      session.query(sql, 'Null');
    } else if (output.kind === 'whole') {
      const result = await session.queryAsync(sql, { format: output.format });
      this.#sendChunk(result.bytes());
    } else {
      await this.#stream(session, sql, output.format, output.header);
    }
  }

  async #stream(session: Session, sql: string, format: string, hasHeader: boolean): Promise<void> {
    let header: Uint8Array | undefined;
    for await (const chunk of session.queryStream(sql, { format })) {
      if (this.#stopped) return;
      const bytes = chunk.raw();
      if (header === undefined) {
        // A copy, since the chunk itself is handed over.
        header = hasHeader
          ? Uint8Array.from(bytes.subarray(0, headerLength(format, bytes)))
          : new Uint8Array();
        this.#sendChunk(bytes);
      } else {
        this.#sendChunk(withoutHeader(bytes, header));
      }
      while (this.#credit === 0 && !this.#stopped) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  #sendChunk(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#credit -= 1;
    this.#send({ kind: 'chunk', bytes });
  }

  #send(report: LaneReport): void {
    send(this.#port, report);
  }
}

function withoutHeader(bytes: Uint8Array, header: Uint8Array): Uint8Array {
  if (header.length === 0) return bytes;
  if (Buffer.compare(bytes.subarray(0, header.length), header) !== 0) {
    throw new Error('a chunk of the result does not begin as the first one does');
  }
  return bytes.subarray(header.length);
}

function send(port: MessagePort, report: LaneReport): void {
  const transfer = report.kind === 'chunk' && ownsMemory(report.bytes) ? [report.bytes.buffer] : [];
  port.postMessage(report, transfer);
}

async function load(port: MessagePort): Promise<Chdb | undefined> {
  try {
    return await import('chdb');
  } catch (error) {
    const missing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
    send(port, { kind: 'unusable', reason: missing ? 'not-installed' : 'unsupported-platform' });
    return undefined;
  }
}

/** Opens the engine with a session that stays: the engine closes with its last one. */
function openEngine(port: MessagePort, chdb: Chdb, { storeDir, engineArguments }: LaneOptions): void {
  if (engineArguments === undefined) return;
  const keeper = new chdb.Session(storeDir, { connectionArgs: engineArguments });
  send(port, { kind: 'open', version: keeper.query('SELECT version()', 'TSVRaw').trim() });
}

async function main(port: MessagePort, options: LaneOptions): Promise<void> {
  const chdb = await load(port);
  if (chdb === undefined) return;
  try {
    openEngine(port, chdb, options);
    new LaneThread(port, () => new chdb.Session(options.storeDir));
  } catch {
    // The engine has written the reason to stderr.
    send(port, { kind: 'unusable', reason: 'not-opened' });
  }
}

if (parentPort !== null) await main(parentPort, workerData);
