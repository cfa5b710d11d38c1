import { once } from 'node:events';
import type { Limits } from '../../src/access/principal.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import { Decoder } from '../../src/ingest/decoder.ts';
import { createOtlpHandler } from '../../src/ingest/otlp-http.ts';
import { createTools } from '../../src/mcp/tools/tools.ts';
import { createLog } from '../../src/observe/log.ts';
import { createQueries } from '../../src/query/create-queries.ts';
import { Cursors } from '../../src/query/cursor.ts';
import type { Queries } from '../../src/query/queries.ts';
import { openStore } from '../../src/store/store.ts';
import { principal } from '../mcp/stub-queries.ts';
import { toolCaller } from '../support/call-tools.ts';
import type { TestEngine } from '../support/store.ts';

export interface ClusterWorld {
  /** Sends a request as a Collector does; everything in it must be taken. */
  send(signal: 'logs' | 'traces' | 'metrics', body: object): Promise<void>;
  /** The text of an answer or error of the tool. */
  ask(args: Readonly<Record<string, unknown>>, limits?: Limits): Promise<string>;
  readonly queries: Queries;
  close(): Promise<void>;
}

const log = createLog('silent');

/** The product's ingest and its tools over a database of an engine; the clock stands. */
export async function openClusterWorld(
  { clickhouse }: TestEngine,
  { database, clock }: { readonly database: string; readonly clock: number },
): Promise<ClusterWorld> {
  const store = await openStore({ clickhouse, database, retention: 3650 * 86_400, now: () => clock });
  const decoder = new Decoder({ threads: 1 });
  const handler = createOtlpHandler({
    decoder,
    sink: store,
    log,
    now: () => clock,
    authenticate: async () => ({}),
  });
  const server = createHttpServer(handler, log).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server is not listening');
  const queries = createQueries({
    store,
    metrics: store.metrics,
    now: () => BigInt(clock) * 1_000_000n,
    cursors: new Cursors(Buffer.alloc(32)),
  });
  const call = toolCaller(createTools(queries));
  return {
    queries,
    async send(signal, body) {
      const response = await fetch(`http://127.0.0.1:${address.port}/v1/${signal}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      const text = await response.text();
      if (!response.ok || text !== '{}') throw new Error(`${signal}: ${response.status} ${text}`);
    },
    async ask(args, limits = {}) {
      return (await call('get-kubernetes-changes', args, { ...principal, limits })).text;
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await decoder.close();
    },
  };
}
