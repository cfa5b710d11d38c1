import { randomBytes, randomInt } from 'node:crypto';
import { createAuthenticator } from './access/authenticator.ts';
import { FailedLogins } from './access/failed-logins.ts';
import type { KeyStore } from './access/key-store.ts';
import { type Backend, openBackend } from './backend.ts';
import { buildConsole, type MainConsole } from './build-console.ts';
import type { Config } from './config.ts';
import { createClientAddress } from './http/client-address.ts';
import { createHostGuard, type HostGuard } from './http/host-guard.ts';
import { createHttpServer, type RequestHandler } from './http/http-server.ts';
import type { ListenAddress } from './http/listen-address.ts';
import { type Listener, listen } from './http/listener.ts';
import { Decoder } from './ingest/decoder.ts';
import { openKeyProviders } from './key-providers.ts';
import { createLimitsAndAudit, type LimitsAndAudit } from './limits-and-audit.ts';
import { createMainHandler } from './main-listener.ts';
import { type CallContext, callTool } from './mcp/call-tool.ts';
import type { Tool } from './mcp/define-tool.ts';
import { createMcpEndpoint, type McpEndpoint, type ServerFactory } from './mcp/endpoint.ts';
import { instructions } from './mcp/instructions.ts';
import { createMcpServer } from './mcp/server.ts';
import { openSkills, type Skills } from './mcp/skills/skills.ts';
import { createTools } from './mcp/tools/tools.ts';
import type { Logger } from './observe/log.ts';
import { createMetrics } from './observe/metrics.ts';
import { ToolCallRing } from './observe/tool-call-ring.ts';
import { createOtlpListenerHandler } from './otlp-listener.ts';
import { createPrometheusApi } from './prometheus-api/prometheus-api.ts';
import { createAdminQueries } from './query/admin-queries.ts';
import { createQueries } from './query/create-queries.ts';
import { Cursors } from './query/cursor.ts';
import { KnownHoldings } from './query/known-holdings.ts';
import type { Queries } from './query/queries.ts';
import type { QueryContext } from './query/subject.ts';
import { hardened, needsNoKey, openTransport } from './transport.ts';
import { version } from './version.ts';

/** The product, running. */
export interface RunningServer {
  /** Where MCP is served; undefined where it is off. */
  readonly api: ListenAddress | undefined;
  readonly otlpHttp: ListenAddress | undefined;
  /** Signs in to the console once, where there is no admin key yet. */
  readonly setupToken: string | undefined;
  readonly backend: Backend;
  readonly keys: KeyStore;
  /** Stops accepting, lets what is running end within `graceMs`, and closes the store. */
  close(graceMs: number): Promise<void>;
}

const now = (): bigint => BigInt(Date.now()) * 1_000_000n;

function queryContext({ store, metrics, queryTimeout, cursorSecret }: Backend): QueryContext {
  return { store, metrics, now, promqlTimeout: queryTimeout, cursors: new Cursors(cursorSecret) };
}

const queriesOf = (backend: Backend, { limited }: LimitsAndAudit): Queries =>
  limited(createQueries(queryContext(backend)));

/** The tools over a store, and how they are called: for assistants and for the console. */
interface Toolbox extends CallContext {
  readonly tools: readonly Tool[];
}

function createToolbox(queries: Queries, config: Config, log: Logger, { calls }: LimitsAndAudit): Toolbox {
  return {
    tools: createTools(queries),
    log,
    redacts: config.redaction === 'on',
    mark: () => String(randomInt(100_000, 1_000_000)),
    errorId: () => randomBytes(6).toString('hex'),
    elapsed: () => performance.now(),
    ...calls,
  };
}

/** How each MCP server is made, over a store: for the endpoint and for stdio. */
export function createServerFactory(
  backend: Backend,
  config: Config,
  log: Logger,
  limits: LimitsAndAudit,
  skills: Skills,
  queries: Queries = queriesOf(backend, limits),
  toolbox: Toolbox = createToolbox(queries, config, log, limits),
): ServerFactory {
  const known = new KnownHoldings({ queries, now: Date.now });
  return async ({ principalOf, reader }) =>
    createMcpServer({
      ...toolbox,
      skills,
      queries,
      now,
      principalOf,
      instructions: instructions(now(), reader && (await known.of(reader))),
      version,
    });
}

/**
 * Builds everything and starts to listen.
 *
 * @throws ListenError, EngineError, StoreError or InputError with a line for whoever starts it
 */
export async function startServer(config: Config, log: Logger): Promise<RunningServer> {
  const skills = await openSkills();
  const tls = await openTransport(config, log);
  const keys = await openKeyProviders(config, log);
  const backend = await openBackend({ config, log, share: false });
  const decoder = new Decoder();
  const listeners: Listener[] = [];
  let endpoint: McpEndpoint | undefined;
  const toolCalls = new ToolCallRing(Date.now);
  let mainConsole: MainConsole | undefined;
  let addresses: Pick<RunningServer, 'api' | 'otlpHttp'> = { api: undefined, otlpHttp: undefined };
  const metrics = createMetrics({
    sessions: () => endpoint?.sessions() ?? 0,
    storeReady: () => backend.ready(),
  });
  const clientAddress = createClientAddress(config.behind_proxy === 'on');
  const authenticator = createAuthenticator(keys.verifier, log, new FailedLogins(log, metrics.failedLogin));
  const limits = createLimitsAndAudit({ config, store: backend.store, log, metrics, toolCalls });

  async function close(graceMs: number): Promise<void> {
    // Calls end a little before their connections, so that they can still say so.
    const callsMs = Math.max(0, graceMs - 1_000);
    await Promise.all([...listeners.map((listener) => listener.close(graceMs)), endpoint?.close(callsMs)]);
    await decoder.close();
    await keys.close();
    await limits.audit.close();
    await backend.close();
    tls?.close();
  }

  async function start(
    setting: string,
    address: ListenAddress | 'off',
    handlerOf: (address: ListenAddress) => RequestHandler,
  ): Promise<ListenAddress | undefined> {
    if (address === 'off') return undefined;
    const handler = hardened(handlerOf(address), config);
    const listener = await listen(createHttpServer(handler, log, { tls }), setting, address);
    listeners.push(listener);
    return listener.address;
  }

  try {
    const api = await start('KUBESENSE_LISTEN', config.listen, (address) => {
      const guard = guardOf(config, address);
      const queries = queriesOf(backend, limits);
      const toolbox = createToolbox(queries, config, log, limits);
      endpoint = createMcpEndpoint({
        createServer: createServerFactory(backend, config, log, limits, skills, queries, toolbox),
        authenticator,
        guard,
        clientAddress,
        log,
        budget: limits.budget,
        limits: {
          idleMs: config.session_idle * 1000,
          maxSessions: config.max_sessions,
          maxSessionsPerKey: config.max_sessions_per_key,
        },
      });
      const prometheusApi = createPrometheusApi({
        queries,
        authenticator,
        guard,
        clientAddress,
        log,
        now: Date.now,
        version,
        budget: limits.budget,
        audit: limits.audit,
      });
      mainConsole = buildConsole({
        config,
        backend,
        keys: keys.store,
        mountedKeys: keys.mounted,
        authenticator,
        guard,
        audit: limits.audit,
        budget: limits.budget,
        clientAddress,
        log,
        queries: createAdminQueries(queryContext(backend)),
        tools: toolbox.tools,
        callTool: (tool, call) => callTool(tool, call, toolbox),
        sessions: () => endpoint?.sessions() ?? 0,
        toolActivity: () => toolCalls.lastHour(),
        addresses: () => addresses,
      });
      return createMainHandler({
        isOpen: needsNoKey(address, config),
        guard,
        endpoint,
        prometheusApi,
        console: mainConsole,
        backend,
        authenticator,
        clientAddress,
        metrics,
      });
    });
    const otlpHttp = await start('KUBESENSE_OTLP_HTTP_LISTEN', config.otlp_http_listen, (address) =>
      createOtlpListenerHandler({
        isOpen: needsNoKey(address, config),
        guard: guardOf(config, address),
        decoder,
        backend,
        authenticator,
        clientAddress,
        metrics,
        log,
      }),
    );
    addresses = { api, otlpHttp };
    const setupToken = await mainConsole?.issueSetupToken();
    return { api, otlpHttp, setupToken, backend, keys: keys.store, close };
  } catch (error) {
    await close(0);
    throw error;
  }
}

function guardOf(config: Config, { host }: ListenAddress): HostGuard {
  return createHostGuard({
    listenHost: host,
    publicUrl: config.public_url === undefined ? undefined : new URL(config.public_url),
    allowedHosts: config.allowed_hosts,
  });
}
