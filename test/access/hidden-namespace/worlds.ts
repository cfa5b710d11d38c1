import { once } from 'node:events';
import type { Limits } from '../../../src/access/principal.ts';
import { createHttpServer } from '../../../src/http/http-server.ts';
import { Decoder } from '../../../src/ingest/decoder.ts';
import { createOtlpHandler } from '../../../src/ingest/otlp-http.ts';
import type { Tool } from '../../../src/mcp/define-tool.ts';
import { createTools } from '../../../src/mcp/tools/tools.ts';
import { createLog } from '../../../src/observe/log.ts';
import { createQueries } from '../../../src/query/create-queries.ts';
import { Cursors } from '../../../src/query/cursor.ts';
import type { Queries } from '../../../src/query/queries.ts';
import type { QueryContext } from '../../../src/query/subject.ts';
import type { ClickHouse } from '../../../src/store/clickhouse.ts';
import { openStore, type Store } from '../../../src/store/store.ts';
import { principal } from '../../mcp/stub-queries.ts';
import { type FixtureApi, startFixtureApi } from '../../prometheus-api/fixture-api.ts';
import { toolCaller } from '../../support/call-tools.ts';
import { startTestEngine } from '../../support/store.ts';
import { type LimitedKey, limitedKeys, type Origin, origins, sees } from './origins.ts';
import { clock, requestsOf } from './telemetry.ts';

const log = createLog('silent');

/** One product's worth of doors over telemetry of some origins. The clock stands. */
export interface World {
  readonly origins: readonly Origin[];
  readonly store: Store;
  readonly context: QueryContext;
  readonly queries: Queries;
  readonly tools: readonly Tool[];
  /** The text of an answer or error. */
  call(tool: string, args: Readonly<Record<string, unknown>>, limits: Limits): Promise<string>;
  /** Status and body of a GET of Prometheus' API, with the key of that name; `full` has no limits. */
  get(
    path: string,
    parameters: Readonly<Record<string, string | readonly string[]>>,
    key: string,
  ): Promise<string>;
}

export interface Worlds {
  /** Everything. */
  readonly whole: World;
  /** What a key may see, and nothing else. */
  visibleTo(key: LimitedKey): World;
  close(): Promise<void>;
}

/** All worlds in databases of one engine. */
export async function openWorlds(): Promise<Worlds> {
  const engine = await startTestEngine();
  const decoder = new Decoder({ threads: 1 });
  const apis: FixtureApi[] = [];
  const open = async (database: string, of: readonly Origin[]): Promise<World> => {
    const world = await openWorld(engine.clickhouse, database, of, decoder);
    apis.push(world.api);
    return world;
  };
  const whole = await open('whole', origins);
  const visible = new Map<string, World>();
  for (const { name, limits } of limitedKeys) {
    visible.set(
      name,
      await open(
        `visible_${name}`,
        origins.filter((origin) => sees(limits, origin)),
      ),
    );
  }
  await decoder.close();
  return {
    whole,
    visibleTo({ name }) {
      const world = visible.get(name);
      if (world === undefined) throw new Error(`there is no world of ${name}`);
      return world;
    },
    async close() {
      await Promise.all(apis.map((api) => api.stop()));
      await engine.close();
    },
  };
}

async function openWorld(
  clickhouse: ClickHouse,
  database: string,
  of: readonly Origin[],
  decoder: Decoder,
): Promise<World & { readonly api: FixtureApi }> {
  const store = await openStore({ clickhouse, database, retention: 3650 * 86_400, now: () => clock });
  await load(store, of, decoder);
  const context: QueryContext = {
    store,
    metrics: store.metrics,
    now: () => BigInt(clock) * 1_000_000n,
    cursors: new Cursors(Buffer.alloc(32)),
  };
  const queries = createQueries(context);
  const tools = createTools(queries);
  const call = toolCaller(tools);
  const api = await startFixtureApi(queries);
  api.keys.add('full');
  for (const { name, limits } of limitedKeys) api.keys.add(name, { limits });
  return {
    origins: of,
    store,
    context,
    queries,
    tools,
    api,
    async call(name, args, limits) {
      return (await call(name, args, { ...principal, limits })).text;
    },
    async get(path, parameters, key) {
      const search = new URLSearchParams();
      for (const [name, values] of Object.entries(parameters)) {
        for (const value of [values].flat()) search.append(name, value);
      }
      const headers = { authorization: `Bearer ${key}` };
      const { status, text } = await api.request(`${path}?${search}`, { headers });
      return `${status} ${text}`;
    },
  };
}

/** Sends it as a Collector does, of all origins. */
async function load(sink: Store, of: readonly Origin[], decoder: Decoder): Promise<void> {
  const handler = createOtlpHandler({ decoder, sink, log, now: () => clock, authenticate: async () => ({}) });
  const server = createHttpServer(handler, log).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('the server is not listening');
  for (const [signal, body] of of.flatMap(requestsOf)) {
    const response = await fetch(`http://127.0.0.1:${address.port}/v1/${signal}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok || text !== '{}') throw new Error(`${signal}: ${response.status} ${text}`);
  }
  server.closeAllConnections();
  server.close();
}
