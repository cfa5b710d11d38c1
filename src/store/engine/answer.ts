import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import type { MemoryReleaser } from '../memory-releaser.ts';
import { exceptions, exceptionText, httpStatus, QueryException } from './exception.ts';
import type { OutputFormat } from './formats.ts';

/** The head is held back until this many bytes are there, so that most errors still get their own status. */
const heldBytes = 64 * 1024;

/** The answer to one query. */
export class Answer {
  readonly #response: ServerResponse;
  readonly #version: string;
  readonly #memory: MemoryReleaser;
  /** Marks an error that comes after the head; it must not occur in data by chance. */
  readonly #tag = randomBytes(8).toString('hex');
  readonly #started = performance.now();
  #held: Uint8Array[] = [];
  #heldLength = 0;

  constructor(response: ServerResponse, version: string, memory: MemoryReleaser) {
    this.#response = response;
    this.#version = version;
    this.#memory = memory;
  }

  /** Says what is coming. */
  describe(queryId: string, format: OutputFormat): void {
    this.#response.setHeader('X-ClickHouse-Query-Id', queryId);
    this.#response.setHeader('X-ClickHouse-Format', format.name);
    this.#response.setHeader('X-ClickHouse-Timezone', 'UTC');
    this.#response.setHeader('Content-Type', format.contentType);
  }

  /** Sends a part of the result, which is given up. Waits until the client takes more. @throws Error when the client has gone */
  async write(bytes: Uint8Array): Promise<void> {
    if (this.#response.headersSent) return this.#send(bytes);
    this.#held.push(bytes);
    this.#heldLength += bytes.length;
    if (this.#heldLength < heldBytes) return;
    this.#response.setHeader('X-ClickHouse-Exception-Tag', this.#tag);
    for (const held of this.#takeHeld()) await this.#send(held);
  }

  /** Sends what is left, and ends. */
  end(): void {
    const rest = this.#takeHeld();
    if (!this.#response.headersSent) {
      const elapsed = Math.round((performance.now() - this.#started) * 1e6);
      this.#response.setHeader('X-ClickHouse-Summary', JSON.stringify({ elapsed_ns: String(elapsed) }));
      this.#response.setHeader(
        'Content-Length',
        rest.reduce((sum, { length }) => sum + length, 0),
      );
    }
    for (const held of rest) this.#response.write(held);
    this.#response.end();
  }

  /**
   * Ends with an error. After the head it goes in ClickHouse's form for errors within a result, and the
   * connection is cut, so that no client can take what it has for the whole.
   */
  fail(error: unknown): void {
    const response = this.#response;
    if (response.destroyed) return;
    const exception = error instanceof QueryException ? error : exceptions.unforeseen('Internal error');
    const text = `${exceptionText(exception)} (version ${this.#version})\n`;
    if (response.headersSent) {
      const length = Buffer.byteLength(text);
      const block = `\r\n__exception__\r\n${this.#tag}\r\n${text}${length} ${this.#tag}\r\n__exception__\r\n`;
      response.write(block, () => response.socket?.destroySoon());
      return;
    }
    response.setHeader('X-ClickHouse-Exception-Code', exception.code);
    response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
    // What is left of a body that wasn't read would be taken for the next request.
    if (!response.req.complete) response.setHeader('Connection', 'close');
    response.statusCode = httpStatus(exception);
    response.end(text);
    response.req.resume();
  }

  async #send(bytes: Uint8Array): Promise<void> {
    if (this.#response.destroyed) throw new Error('the client has gone');
    if (this.#response.write(bytes)) return;
    const closed = new AbortController();
    const onClose = () => closed.abort();
    this.#response.once('close', onClose);
    try {
      await once(this.#response, 'drain', { signal: closed.signal });
      this.#memory.release(bytes);
    } finally {
      this.#response.off('close', onClose);
    }
  }

  #takeHeld(): Uint8Array[] {
    const held = this.#held;
    this.#held = [];
    this.#heldLength = 0;
    return held;
  }
}
