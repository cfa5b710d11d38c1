import { randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Authenticator } from './access/authenticator.ts';
import type { KeyStore } from './access/key-store.ts';
import type { RequestBudget } from './access/request-budget.ts';
import type { Backend } from './backend.ts';
import type { Config } from './config.ts';
import { createConsole } from './console/console.ts';
import type { Connections, ConsoleContext, ConsoleTools } from './console/endpoint.ts';
import { hasAdminKey } from './console/keys.ts';
import { loadPages, type Pages } from './console/pages.ts';
import { ConsoleSessions } from './console/sessions.ts';
import { SetupLink } from './console/setup-link.ts';
import type { ClientAddress } from './http/client-address.ts';
import { type HostGuard, isWildcard } from './http/host-guard.ts';
import type { RequestHandler } from './http/http-server.ts';
import { formatAddress, type ListenAddress } from './http/listen-address.ts';
import type { ToolCall } from './mcp/call-tool.ts';
import type { Tool } from './mcp/define-tool.ts';
import type { Audit } from './observe/audit.ts';
import type { Logger } from './observe/log.ts';
import type { ToolCallSummary } from './observe/tool-call-ring.ts';
import type { AdminQueries } from './query/admin-queries.ts';
import { needsNoKey, schemeOf } from './transport.ts';
import { version } from './version.ts';

/** The console on the main listener. */
export interface MainConsole {
  readonly api: RequestHandler;
  readonly pages: Pages;
  /** A token that signs in once, where nobody could sign in with a key. */
  issueSetupToken(): Promise<string | undefined>;
}

interface Addresses {
  readonly api: ListenAddress | undefined;
  readonly otlpHttp: ListenAddress | undefined;
}

export interface BuildConsoleOptions {
  readonly config: Config;
  readonly backend: Backend;
  readonly keys: KeyStore;
  readonly mountedKeys: ConsoleContext['mountedKeys'];
  readonly authenticator: Authenticator;
  readonly guard: HostGuard;
  readonly audit: Audit;
  readonly budget: RequestBudget;
  readonly clientAddress: ClientAddress;
  readonly log: Logger;
  readonly queries: AdminQueries;
  readonly tools: readonly Tool[];
  readonly callTool: (tool: Tool, call: ToolCall) => Promise<ToolResult>;
  /** Open sessions of MCP. */
  readonly sessions: () => number;
  readonly toolActivity: () => readonly ToolCallSummary[];
  /** Where the listeners really are. */
  readonly addresses: () => Addresses;
}

interface ToolResult {
  readonly isError?: boolean | undefined;
  readonly content: readonly { readonly type: string; readonly text?: unknown }[];
}

const now = (): Date => new Date();
const newToken = (): string => randomBytes(32).toString('base64url');

/** Makes the console of what the server has. */
export function buildConsole(options: BuildConsoleOptions): MainConsole {
  const { config, backend, keys, authenticator, guard, log } = options;
  const context: ConsoleContext = {
    authenticator,
    clientAddress: options.clientAddress,
    sessions: new ConsoleSessions({ now, newToken }),
    setupLink: new SetupLink({ now, newToken }),
    keys,
    mountedKeys: options.mountedKeys,
    hasPlatform: config.platform_url !== undefined,
    queries: options.queries,
    tools: consoleTools(options),
    server: {
      version,
      startedAt: now(),
      storeKind: config.clickhouse_url === undefined ? 'embedded' : 'clickhouse',
      metrics: backend.metricsHost === undefined ? 'own' : 'prometheus',
      retention: backend.store.migrated ? config.retention : undefined,
      storeReady: () => backend.ready(),
      connections: () => connectionsOf(config, options.addresses(), backend.metricsHost === undefined),
      sessions: () => ({ open: options.sessions(), max: config.max_sessions }),
      toolActivity: options.toolActivity,
    },
    audit: options.audit,
    budget: options.budget,
    log,
    now,
    elapsed: () => performance.now(),
  };
  const publicUrl = config.public_url === undefined ? undefined : new URL(config.public_url);
  return {
    api: createConsole({ ...context, guard, publicUrl }),
    pages: loadPages(fileURLToPath(new URL('../dist/console-pages/', import.meta.url))),
    async issueSetupToken() {
      // A platform has admins of its own, who can not be listed here.
      return context.hasPlatform || (await hasAdminKey(context)) ? undefined : context.setupLink.issue();
    },
  };
}

function consoleTools({ tools, callTool }: BuildConsoleOptions): ConsoleTools {
  return {
    list: tools,
    async call(name, args, { principal, signal }) {
      const tool = tools.find((one) => one.name === name);
      if (tool === undefined) return undefined;
      const { isError = false, content } = await callTool(tool, {
        args,
        principalOf: () => principal,
        signal,
      });
      return { isError, text: content.map(({ text }) => (typeof text === 'string' ? text : '')).join('\n') };
    },
  };
}

function connectionsOf(config: Config, { api, otlpHttp }: Addresses, takesRemoteWrite: boolean): Connections {
  return {
    url: mainUrl(config, api) ?? '',
    otlpHttpUrl: otlpHttp && `${schemeOf(config)}://${reachable(otlpHttp)}`,
    otlpGrpcUrl: undefined,
    takesRemoteWrite,
    ingestNeedsKey: otlpHttp !== undefined && !needsNoKey(otlpHttp, config),
  };
}

/** The URL that people and clients use, without a `/` at the end; undefined where that listener is off. */
export function mainUrl(config: Config, api: ListenAddress | undefined): string | undefined {
  return config.public_url?.replace(/\/$/, '') ?? (api && `${schemeOf(config)}://${reachable(api)}`);
}

/** A wildcard is no address to connect to. */
function reachable({ host, port }: ListenAddress): string {
  return formatAddress({ host: isWildcard(host) ? '127.0.0.1' : host, port });
}
