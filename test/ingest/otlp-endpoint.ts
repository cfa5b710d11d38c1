import { once } from 'node:events';
import type { Server } from 'node:http';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { createHttpServer, type HttpTimeouts } from '../../src/http/http-server.ts';
import { Decoder } from '../../src/ingest/decoder.ts';
import { createOtlpHandler, type OtlpHttpOptions } from '../../src/ingest/otlp-http.ts';
import { createLog } from '../../src/observe/log.ts';
import { MemorySink } from './memory-sink.ts';
import { encodeJson, type Json, newYearMilliseconds } from './otlp-messages.ts';

export const json = 'application/json';
export const protobuf = 'application/x-protobuf';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** A real OTLP/HTTP endpoint for the tests of a file; its clock stands at the new year of 2026. */
export class OtlpEndpoint {
  sink = new MemorySink();
  #decoder: Decoder | undefined;
  #server: Server | undefined;

  /** Starts the decoder before the tests, and stops what a test has started after each. */
  constructor() {
    beforeAll(() => {
      const limits = { inflatedBytes: 2 << 20, records: 100_000, rowBytes: 8 << 20 };
      this.#decoder = new Decoder({ threads: 1, limits });
    });
    afterAll(() => this.#decoder?.close());
    afterEach(() => {
      this.#server?.closeAllConnections();
      this.#server?.close();
    });
  }

  async serve(options: Partial<OtlpHttpOptions> = {}, timeouts?: HttpTimeouts): Promise<void> {
    if (this.#decoder === undefined) throw new Error('endpoints are served within tests');
    this.sink = new MemorySink();
    const log = createLog('silent');
    const handler = createOtlpHandler({
      decoder: this.#decoder,
      sink: this.sink,
      log,
      now: () => newYearMilliseconds,
      authenticate: async () => ({}),
      ...options,
    });
    this.#server = createHttpServer(handler, log, timeouts && { timeouts }).listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  get port(): number {
    const address = this.#server?.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server is not listening');
    return address.port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async post(
    path: string,
    body: Uint8Array<ArrayBuffer> | string,
    headers: Record<string, string> = { 'content-type': json },
  ): Promise<Answer> {
    const response = await fetch(this.url + path, { method: 'POST', body, headers });
    const bytes = new Uint8Array(await response.arrayBuffer());
    return {
      status: response.status,
      headers: response.headers,
      bytes,
      text: Buffer.from(bytes).toString(),
    };
  }

  postJson(path: string, request: Json): Promise<Answer> {
    return this.post(path, encodeJson(request));
  }
}
