import { once } from 'node:events';
import { createAuthenticator } from '../../src/access/authenticator.ts';
import { createHostGuard } from '../../src/http/host-guard.ts';
import { createHttpServer } from '../../src/http/http-server.ts';
import { formatAddress } from '../../src/http/listen-address.ts';
import { listen } from '../../src/http/listener.ts';
import { Decoder } from '../../src/ingest/decoder.ts';
import { createOtlpHandler } from '../../src/ingest/otlp-http.ts';
import { createMcpEndpoint } from '../../src/mcp/endpoint.ts';
import { instructions } from '../../src/mcp/instructions.ts';
import { createMcpServer } from '../../src/mcp/server.ts';
import { openSkills } from '../../src/mcp/skills/skills.ts';
import { createTools } from '../../src/mcp/tools/tools.ts';
import { createLog } from '../../src/observe/log.ts';
import { createQueries } from '../../src/query/create-queries.ts';
import { Cursors } from '../../src/query/cursor.ts';
import { openStore, type Store } from '../../src/store/store.ts';
import { FixtureKeys } from '../mcp/fixture-endpoint.ts';
import { startTestEngine } from '../support/store.ts';

/** The body of an OTLP/JSON request. */
export interface TelemetryRequest {
  readonly signal: 'logs' | 'traces' | 'metrics';
  readonly body: string;
}

export type TelemetryRequests = Iterable<TelemetryRequest> | AsyncIterable<TelemetryRequest>;

export interface SkillWorld {
  readonly url: URL;
  /** `full` sees everything; more can be added. */
  readonly keys: FixtureKeys;
  close(): Promise<void>;
}

const log = createLog('silent');

/**
 * MCP's endpoint over telemetry in a real store, as the product builds it.
 *
 * @param clock ns since the epoch; it stands
 */
export async function openWorld(clock: bigint, requests: TelemetryRequests): Promise<SkillWorld> {
  const engine = await startTestEngine();
  const now = () => clock;
  const store = await openStore({
    clickhouse: engine.clickhouse,
    database: 'default',
    retention: 3650 * 86_400,
    now: () => Number(clock / 1_000_000n),
  });
  await load(store, clock, requests);
  const queries = createQueries({
    store,
    metrics: store.metrics,
    now,
    cursors: new Cursors(Buffer.alloc(32)),
  });
  const tools = createTools(queries);
  const skills = await openSkills();
  const keys = new FixtureKeys();
  keys.add('full');
  const endpoint = createMcpEndpoint({
    createServer: ({ principalOf }) =>
      createMcpServer({
        tools,
        skills,
        queries,
        now,
        log,
        mark: () => '123456',
        errorId: () => 'e1',
        elapsed: () => 0,
        principalOf,
        instructions: instructions(clock),
        version: '1.2.3',
      }),
    authenticator: createAuthenticator(keys, log),
    guard: createHostGuard({ listenHost: '127.0.0.1' }),
    log,
  });
  const server = createHttpServer((request, response) => endpoint.handle(request, response), log);
  const listener = await listen(server, 'TEST', { host: '127.0.0.1', port: 0 });
  return {
    url: new URL(`http://${formatAddress(listener.address)}/mcp`),
    keys,
    async close() {
      await Promise.all([listener.close(0), endpoint.close(0)]);
      await engine.close();
    },
  };
}

async function load(sink: Store, clock: bigint, requests: TelemetryRequests): Promise<void> {
  const decoder = new Decoder({ threads: 1 });
  const now = () => Number(clock / 1_000_000n);
  const handler = createOtlpHandler({ decoder, sink, log, now, authenticate: async () => ({}) });
  const server = createHttpServer(handler, log).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server is not listening');
  for await (const { signal, body } of requests) {
    const response = await fetch(`http://127.0.0.1:${address.port}/v1/${signal}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    });
    const text = await response.text();
    if (!response.ok || text !== '{}') throw new Error(`${signal}: ${response.status} ${text}`);
  }
  server.closeAllConnections();
  server.close();
  await decoder.close();
}
