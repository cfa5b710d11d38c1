import { once } from 'node:events';
import { Client } from '@modelcontextprotocol/client';
import { InMemoryTransport } from '@modelcontextprotocol/server';
import { createHttpServer } from '../../src/http/http-server.ts';
import { Decoder } from '../../src/ingest/decoder.ts';
import { createOtlpHandler } from '../../src/ingest/otlp-http.ts';
import { instructions } from '../../src/mcp/instructions.ts';
import { createMcpServer } from '../../src/mcp/server.ts';
import { openSkills } from '../../src/mcp/skills/skills.ts';
import { createTools } from '../../src/mcp/tools/tools.ts';
import { createLog } from '../../src/observe/log.ts';
import { createQueries } from '../../src/query/create-queries.ts';
import { Cursors } from '../../src/query/cursor.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { type Assistant, assistantOf } from '../support/assistants.ts';
import { sendRecordedMetrics, sendRecording } from '../support/recording.ts';
import { startTestEngine } from '../support/store.ts';

const principal = { keyId: 'k7rq2m', name: 'tests', roles: ['query'], limits: {} } as const;

/** When the recording ends: what the clock of the server says. */
const clock = BigInt(Date.UTC(2023, 0, 29, 10, 30)) * 1_000_000n;

/**
 * An MCP client of a server over the recording, in a real store. The clock stands at its end, and the fences
 * have a fixed mark, so that answers can be compared with a file.
 */
export async function startRecordedAssistant(): Promise<Assistant> {
  const engine = await startTestEngine();
  const { clickhouse } = engine;
  const store = await openStore({ clickhouse, database: 'default', retention: 3650 * 86_400 });
  await load(store);
  const cursors = new Cursors(Buffer.alloc(32));
  const queries = createQueries({ store, metrics: store.metrics, now: () => clock, cursors });
  const { signal } = new AbortController();
  const server = createMcpServer({
    tools: createTools(queries),
    skills: await openSkills(),
    queries,
    now: () => clock,
    principalOf: () => principal,
    instructions: instructions(clock, await queries.holdings({ principal, signal })),
    version: '0',
    log: createLog('silent'),
    mark: () => '123456',
    errorId: () => 'e1',
    elapsed: () => 0,
  });
  const [near, far] = InMemoryTransport.createLinkedPair();
  await server.connect(far);
  const client = new Client({ name: 'answers', version: '0' }, { versionNegotiation: { mode: 'legacy' } });
  await client.connect(near);
  return assistantOf('legacy', client, { endSession: () => engine.close() });
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
