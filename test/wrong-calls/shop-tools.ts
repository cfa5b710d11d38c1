import { once } from 'node:events';
import { otlpRequests } from '../../src/demo/shop/otlp.ts';
import { makeShop } from '../../src/demo/shop/shop.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import { Decoder } from '../../src/ingest/decoder.ts';
import { createOtlpHandler } from '../../src/ingest/otlp-http.ts';
import { createTools } from '../../src/mcp/tools/tools.ts';
import { createLog } from '../../src/observe/log.ts';
import { createQueries } from '../../src/query/create-queries.ts';
import { Cursors } from '../../src/query/cursor.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import type { ToolAnswer } from '../support/assistants.ts';
import { toolCaller } from '../support/call-tools.ts';
import { startTestEngine } from '../support/store.ts';

export interface ShopTools {
  call(tool: string, args: Readonly<Record<string, unknown>>): Promise<ToolAnswer>;
  close(): Promise<void>;
}

/** 2025-06-15T12:00:00Z: what the clock of the tools says. */
const noon = BigInt(Date.UTC(2025, 5, 15, 12)) * 1_000_000n;

/**
 * The tools over a quarter of an hour of the shop, up to noon of 15 June 2025, in a real store. The clock
 * stands, and the fences have a fixed mark, so that answers can be compared with a file.
 */
export async function startShopTools(): Promise<ShopTools> {
  const { clickhouse, close } = await startTestEngine();
  const store = await openStore({ clickhouse, database: 'default', retention: 3650 * 86_400 });
  await load(store);
  const tools = createTools(
    createQueries({ store, metrics: store.metrics, now: () => noon, cursors: new Cursors(Buffer.alloc(32)) }),
  );
  return {
    call: toolCaller(tools),
    close,
  };
}

async function load(sink: Store): Promise<void> {
  const log = createLog('silent');
  const decoder = new Decoder({ threads: 1 });
  const now = () => Number(noon / 1_000_000n);
  const handler = createOtlpHandler({ decoder, sink, log, now, authenticate: async () => ({}) });
  const server = createHttpServer(handler, log).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server is not listening');
  const from = noon - 15n * 60_000_000_000n;
  for (const records of makeShop({ seed: 1, from, to: noon, requestsPerMinute: 20 })) {
    for (const { signal, body } of otlpRequests(records)) {
      const response = await fetch(`http://127.0.0.1:${address.port}/v1/${signal}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      if (!response.ok) throw new Error(`${signal}: ${response.status} ${await response.text()}`);
    }
  }
  server.closeAllConnections();
  server.close();
  await decoder.close();
}
