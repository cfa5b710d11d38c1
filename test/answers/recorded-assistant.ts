import { once } from 'node:events';
import { createHttpServer } from '../../src/http/http-server.ts';
import { Decoder } from '../../src/ingest/decoder.ts';
import { createOtlpHandler } from '../../src/ingest/otlp-http.ts';
import { createLog } from '../../src/observe/log.ts';
import { createQueries } from '../../src/query/create-queries.ts';
import { Cursors } from '../../src/query/cursor.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import type { Assistant } from '../support/assistants.ts';
import { sendRecordedMetrics, sendRecording } from '../support/recording.ts';
import { startTestEngine } from '../support/store.ts';
import { connectAssistant } from './connect-assistant.ts';

/** When the recording ends: what the clock of the server says. */
const clock = BigInt(Date.UTC(2023, 0, 29, 10, 30)) * 1_000_000n;

/** An MCP client of a server over the recording, in a real store. The clock stands at its end. */
export async function startRecordedAssistant(): Promise<Assistant> {
  const engine = await startTestEngine();
  const { clickhouse } = engine;
  const store = await openStore({ clickhouse, database: 'default', retention: 3650 * 86_400 });
  await load(store);
  const cursors = new Cursors(Buffer.alloc(32));
  const queries = createQueries({ store, metrics: store.metrics, now: () => clock, cursors });
  return connectAssistant(queries, clock, () => engine.close());
}

async function load(sink: Store): Promise<void> {
  const log = createLog('silent');
  const decoder = new Decoder({ threads: 1 });
  const now = () => Number(clock / 1_000_000n);
  const handler = createOtlpHandler({ decoder, sink, log, now, authenticate: async () => ({}) });
  const server = createHttpServer(handler, log).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server is not listening');
  const url = new URL(`http://127.0.0.1:${address.port}`);
  await sendRecording(url);
  await sendRecordedMetrics(url);
  server.closeAllConnections();
  server.close();
  await decoder.close();
}
