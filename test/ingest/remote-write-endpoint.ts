import { once } from 'node:events';
import type { Server } from 'node:http';
import { afterAll, afterEach, beforeAll } from 'vitest';
import { createHttpServer } from '../../src/http/http-server.ts';
import { Decoder } from '../../src/ingest/decoder.ts';
import { InFlight } from '../../src/ingest/in-flight.ts';
import {
  createRemoteWriteHandler,
  type RemoteWriteOptions,
} from '../../src/ingest/remote-write/remote-write-http.ts';
import type { InsertedMetrics, MetricSink, MetricSinkOptions } from '../../src/ingest/sink.ts';
import { createLog } from '../../src/observe/log.ts';
import type { EncodedMetrics } from '../../src/store/rows/metric-rows.ts';
import { newYearMilliseconds } from './otlp-messages.ts';

/** Keeps what is stored. `before` runs first, so it can delay or refuse an insert. */
export class MemoryMetricSink implements MetricSink {
  readonly inserted: (MetricSinkOptions & { readonly encoded: EncodedMetrics })[] = [];
  before: (options: MetricSinkOptions) => void | Promise<void> = () => {};

  async insertMetrics(encoded: EncodedMetrics, options: MetricSinkOptions): Promise<InsertedMetrics> {
    await this.before(options);
    this.inserted.push({ ...options, encoded });
    return { duplicates: 0 };
  }

  /** Samples and series that were stored. */
  counts(): { samples: number; series: number } {
    const add = (sum: number, value: number): number => sum + value;
    return {
      samples: this.inserted.map(({ encoded }) => encoded.count).reduce(add, 0),
      series: this.inserted.map(({ encoded }) => encoded.series.keys.length).reduce(add, 0),
    };
  }
}

export const headersV1: Readonly<Record<string, string>> = {
  'content-type': 'application/x-protobuf',
  'content-encoding': 'snappy',
  'x-prometheus-remote-write-version': '0.1.0',
};
export const headersV2: Readonly<Record<string, string>> = {
  ...headersV1,
  'content-type': 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
  'x-prometheus-remote-write-version': '2.0.0',
};

export interface WriteAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
  /** The counts of the headers of version 2: samples, histograms, exemplars. */
  readonly written: readonly (string | null)[];
}

/** A real remote write endpoint for the tests of a file; its clock stands at the new year of 2026. */
export class RemoteWriteEndpoint {
  sink = new MemoryMetricSink();
  #decoder: Decoder | undefined;
  #server: Server | undefined;

  /** Starts the decoder before the tests, and stops what a test has started after each. */
  constructor() {
    beforeAll(() => {
      const limits = { inflatedBytes: 64 << 20, records: 500_000, rowBytes: 256 << 20 };
      this.#decoder = new Decoder({ threads: 1, limits });
    });
    afterAll(() => this.#decoder?.close());
    afterEach(() => {
      this.#server?.closeAllConnections();
      this.#server?.close();
    });
  }

  async serve(options: Partial<RemoteWriteOptions> = {}): Promise<void> {
    if (this.#decoder === undefined) throw new Error('endpoints are served within tests');
    this.sink = new MemoryMetricSink();
    const log = createLog('silent');
    const handler = createRemoteWriteHandler({
      decoder: this.#decoder,
      sink: this.sink,
      log,
      now: () => newYearMilliseconds,
      authenticate: async () => ({}),
      inFlight: new InFlight({ requests: 16, bytes: 256 << 20, decoding: 1 }),
      bodyBytes: 16 << 20,
      storeMilliseconds: 30_000,
      ...options,
    });
    this.#server = createHttpServer(handler, log).listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  async post(
    body: Uint8Array<ArrayBuffer>,
    headers: Readonly<Record<string, string>>,
    method = 'POST',
  ): Promise<WriteAnswer> {
    const address = this.#server?.address();
    if (typeof address !== 'object' || address === null) throw new Error('the server is not listening');
    const init = method === 'GET' ? { method, headers } : { method, headers, body };
    const response = await fetch(`http://127.0.0.1:${address.port}/api/v1/write`, init);
    const written = ['Samples', 'Histograms', 'Exemplars'].map((kind) =>
      response.headers.get(`X-Prometheus-Remote-Write-${kind}-Written`),
    );
    return { status: response.status, text: await response.text(), headers: response.headers, written };
  }
}
