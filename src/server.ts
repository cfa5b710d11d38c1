import { randomBytes, randomInt } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { type Authenticator, createAuthenticator } from './access/authenticator.ts';
import { FailedLogins } from './access/failed-logins.ts';
import type { KeyStore } from './access/key-store.ts';
import type { Limits } from './access/principal.ts';
import { type Backend, openBackend } from './backend.ts';
import { buildConsole, type MainConsole } from './build-console.ts';
import type { Config } from './config.ts';
import { consoleApiPath } from './console/console.ts';
import { createPagesHandler } from './console/pages.ts';
import { type ClientAddress, createClientAddress } from './http/client-address.ts';
import { createHostGuard, type HostGuard } from './http/host-guard.ts';
import { methodNotAllowed } from './http/http-error.ts';
import { createHttpServer, type RequestHandler } from './http/http-server.ts';
import { sendJson, sendNotFound, sendText } from './http/json-response.ts';
import type { ListenAddress } from './http/listen-address.ts';
import { type Listener, listen } from './http/listener.ts';
import { Decoder } from './ingest/decoder.ts';
import { InFlight } from './ingest/in-flight.ts';
import { createOtlpHandler, defaultOtlpHttpLimits } from './ingest/otlp-http.ts';
import { createRemoteWriteHandler, remoteWritePath } from './ingest/remote-write/remote-write-http.ts';
import { openKeyProviders } from './key-providers.ts';
import { createLimitsAndAudit, type LimitsAndAudit } from './limits-and-audit.ts';
import { type CallContext, callTool } from './mcp/call-tool.ts';
import type { Tool } from './mcp/define-tool.ts';
import { createMcpEndpoint, type McpEndpoint, type ServerFactory } from './mcp/endpoint.ts';
import { instructions } from './mcp/instructions.ts';
import { createMcpServer } from './mcp/server.ts';
import { createTools } from './mcp/tools/tools.ts';
import type { Logger } from './observe/log.ts';
import { createMetrics, type Metrics } from './observe/metrics.ts';
import { ToolCallRing } from './observe/tool-call-ring.ts';
import { createPrometheusApi, prometheusApiPath } from './prometheus-api/prometheus-api.ts';
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
  queries: Queries = queriesOf(backend, limits),
  toolbox: Toolbox = createToolbox(queries, config, log, limits),
): ServerFactory {
  const known = new KnownHoldings({ queries, now: Date.now });
  return async ({ principalOf, reader }) =>
    createMcpServer({
      ...toolbox,
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
        createServer: createServerFactory(backend, config, log, limits, queries, toolbox),
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
      return apiHandler({
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
    const otlpHttp = await start('KUBESENSE_OTLP_HTTP_LISTEN', config.otlp_http_listen, (address) => {
      const guard = guardOf(config, address);
      const receiving = {
        decoder,
        sink: backend.store,
        keepsMetrics: backend.metricsHost === undefined,
        log,
        now: Date.now,
        authenticate: authenticateSender(authenticator, clientAddress, needsNoKey(address, config)),
        inFlight: new InFlight(defaultOtlpHttpLimits.inFlight),
      };
      const otlp = createOtlpHandler({
        ...receiving,
        observe: ({ signal, accepted, rejected }) => metrics.ingested(signal, accepted, rejected),
      });
      const remoteWrite = createRemoteWriteHandler({
        ...receiving,
        bodyBytes: defaultOtlpHttpLimits.bodyBytes,
        storeMilliseconds: defaultOtlpHttpLimits.storeMilliseconds,
        observe: ({ accepted, rejected }) => metrics.ingested('metrics', accepted, rejected),
      });
      return (request, response) => {
        guard(request.headers);
        const [path] = (request.url ?? '/').split('?', 1);
        return path === remoteWritePath ? remoteWrite(request, response) : otlp(request, response);
      };
    });
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

/** Where it is open a sender needs no key; one that is sent must be valid all the same, and its limits hold. */
function authenticateSender(authenticator: Authenticator, clientAddress: ClientAddress, isOpen: boolean) {
  return async (request: IncomingMessage): Promise<Limits> => {
    const { authorization } = request.headers;
    if (isOpen && authorization === undefined) return {};
    const address = clientAddress(request);
    const { limits } = await authenticator.authenticate(authorization, 'ingest', new Date(), address);
    return limits;
  };
}

interface ApiOptions {
  /** Its metrics can be read without a key. */
  readonly isOpen: boolean;
  readonly guard: HostGuard;
  readonly endpoint: McpEndpoint;
  readonly prometheusApi: RequestHandler;
  readonly console: MainConsole;
  readonly backend: Backend;
  readonly authenticator: Authenticator;
  readonly clientAddress: ClientAddress;
  readonly metrics: Metrics;
}

/** Everything on the main listener. A probe names the host by its address, so those two paths take any host. */
function apiHandler({
  isOpen,
  guard,
  endpoint,
  prometheusApi,
  console,
  backend,
  authenticator,
  clientAddress,
  metrics,
}: ApiOptions): RequestHandler {
  const pagesOrNothing = createPagesHandler(console.pages, guard, (request, response) => {
    guard(request.headers);
    sendNotFound(response);
  });
  return async (request, response) => {
    const [path = '/'] = (request.url ?? '/').split('?', 1);
    if (path.startsWith(`${consoleApiPath}/`)) return console.api(request, response);
    if (path.startsWith(`${prometheusApiPath}/`)) return prometheusApi(request, response);
    switch (path) {
      case '/livez':
        onlyReads(request);
        return sendJson(response, 200, { status: 'alive' });
      case '/readyz':
        onlyReads(request);
        return (await backend.ready())
          ? sendJson(response, 200, { status: 'ready' })
          : sendJson(response, 503, { status: 'the store does not answer' }, { 'Retry-After': '5' });
      case '/mcp':
        return endpoint.handle(request, response);
      case '/metrics':
        guard(request.headers);
        onlyReads(request);
        if (!isOpen) {
          const { authorization } = request.headers;
          await authenticator.authenticate(authorization, 'admin', new Date(), clientAddress(request));
        }
        return sendText(response, await metrics.registry.metrics(), metrics.registry.contentType);
      default:
        return pagesOrNothing(request, response);
    }
  };
}

function onlyReads({ method }: IncomingMessage): void {
  if (method !== 'GET' && method !== 'HEAD') throw methodNotAllowed(['GET', 'HEAD']);
}
