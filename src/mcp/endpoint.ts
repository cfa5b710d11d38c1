import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AuthInfo, McpServer, ServerContext } from '@modelcontextprotocol/server';
import { createMcpHandler, isLegacyRequest } from '@modelcontextprotocol/server';
import { AccessError, type Authenticator } from '../access/authenticator.ts';
import type { Principal } from '../access/principal.ts';
import type { RequestBudget } from '../access/request-budget.ts';
import type { ClientAddress } from '../http/client-address.ts';
import type { HostGuard } from '../http/host-guard.ts';
import { HttpError, methodNotAllowed } from '../http/http-error.ts';
import { sendJson, setSecurityHeaders } from '../http/json-response.ts';
import { mediaType } from '../http/media-type.ts';
import { readBody } from '../http/request-body.ts';
import { sendWebResponse } from '../http/web-response.ts';
import type { Logger } from '../observe/log.ts';
import { withoutKeys } from '../observe/without-keys.ts';
import { type Every, everyInterval, sweepMs } from './every.ts';
import { Exchanges } from './exchanges.ts';
import { hideInternalErrors } from './internal-errors.ts';
import { type SessionLimits, Sessions } from './sessions.ts';

/** `legacy` has sessions (2024-11-05 to 2025-11-25), `modern` has none (2026-07-28). */
export type Era = 'legacy' | 'modern';

export interface ServerFactoryContext {
  readonly era: Era;
  /** Who sent the request that is being handled, as the key said when the request came. */
  readonly principalOf: (context: ServerContext) => Principal;
  /** Who reads the server's instructions; absent where no answer has them. */
  readonly reader?: Principal | undefined;
}

/** Makes the MCP server of one session, or of one request in the modern era; not connected yet. */
export type ServerFactory = (context: ServerFactoryContext) => McpServer | Promise<McpServer>;

export interface EndpointLimits extends SessionLimits {
  readonly maxBodyBytes: number;
}

export const defaultLimits: EndpointLimits = {
  idleMs: 30 * 60_000,
  droppedStreamMs: 2 * 60_000,
  maxSessions: 1000,
  maxSessionsPerKey: 100,
  maxBodyBytes: 4 * 1024 * 1024,
};

export interface EndpointOptions {
  readonly createServer: ServerFactory;
  readonly authenticator: Authenticator;
  readonly guard: HostGuard;
  /** Failed logins are slowed by it; they are not where it is absent. */
  readonly clientAddress?: ClientAddress | undefined;
  readonly log: Logger;
  /** The requests that each key may send; any number where absent. Calls of tools are counted where they are made. */
  readonly budget?: Pick<RequestBudget, 'take'> | undefined;
  readonly now?: () => Date;
  /** Those of `defaultLimits` where absent. */
  readonly limits?: Partial<EndpointLimits>;
  readonly every?: Every;
}

export interface McpEndpoint {
  /** Answers a request for `/mcp`; never rejects. */
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Answers 503 from now on, waits at most `graceMs` for running calls, then ends sessions and streams. */
  close(graceMs: number): Promise<void>;
  /** The number of open sessions. */
  sessions(): number;
}

const modernVersion = '2026-07-28';

/**
 * The endpoint of MCP's Streamable HTTP transport for both eras of the protocol, on one path. A request
 * that carries the newer era's metadata is answered by a server of its own; any other belongs to a
 * session.
 *
 * Each request is authenticated by itself, before anything of it is read: no right comes from a session.
 */
export function createMcpEndpoint(options: EndpointOptions): McpEndpoint {
  const { authenticator, guard, log, budget, now = () => new Date(), every = everyInterval } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const principals = new WeakMap<AuthInfo, Principal>();
  const exchanges = new Exchanges(limits.maxSessionsPerKey);
  let closing = false;

  /** Of the requests that the server's instructions are the answer to. */
  const readers = new WeakMap<AuthInfo, Principal>();

  const createServer = async (era: Era, authInfo: AuthInfo | undefined): Promise<McpServer> => {
    const reader = authInfo && readers.get(authInfo);
    return hideInternalErrors(await options.createServer({ era, principalOf, reader }), log, randomUUID);
  };

  function principalOf(context: ServerContext): Principal {
    const authInfo = context.http?.authInfo;
    const principal = authInfo === undefined ? undefined : principals.get(authInfo);
    if (principal === undefined) throw new Error('a request was not authenticated');
    return principal;
  }

  const sessions = new Sessions({
    limits,
    createServer: (authInfo) => createServer('legacy', authInfo),
    log,
    now: () => now().getTime(),
  });
  const modern = createMcpHandler(({ authInfo }) => createServer('modern', authInfo), {
    legacy: 'reject',
    maxSubscriptions: limits.maxSessions,
    onerror: (error) => log.debug({ err: error }, 'an MCP request was refused'),
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { authorization = '' } = request.headers;
    guard(request.headers);
    const principal = await authenticator.authenticate(
      request.headers.authorization,
      'query',
      now(),
      options.clientAddress?.(request),
    );
    checkMethod(request);
    const body = request.method === 'POST' ? await readMessage(request, limits.maxBodyBytes) : undefined;
    if (closing) throw new HttpError(503, 'The server is stopping.', { 'Retry-After': '5' });

    const { keyId } = principal;
    if (!isToolCall(body)) budget?.take(keyId);
    const exchange = exchanges.start({ response, keyId, authorization, body });
    const web = toWebRequest(request, exchange.signal);
    const authInfo: AuthInfo = { token: keyId, clientId: keyId, scopes: [...principal.roles] };
    principals.set(authInfo, principal);
    if (asksForInstructions(body)) readers.set(authInfo, principal);
    const answered = (await isLegacyRequest(web, body))
      ? await sessions.handle({ request: web, body, keyId, authorization, authInfo, closed: exchange.closed })
      : await modern.fetch(web, { authInfo, parsedBody: body });
    if (exchange.signal.aborted) response.destroy();
    else await sendWebResponse(answered.ok ? answered : await withoutKeysIn(answered), response);
  }

  async function sweep(): Promise<void> {
    await sessions.endIdle();
    const open = new Set([...sessions.authorizations(), ...exchanges.authorizations()]);
    // Side by side: one slow answer must not keep the others from ending in time.
    await Promise.all([...open].map(lookAfter));
  }

  async function lookAfter(authorization: string): Promise<void> {
    try {
      await authenticator.recheck(authorization, 'query', now());
    } catch (error) {
      // Nobody knows whether the key has ended, so nothing goes on with it.
      exchanges.abort(authorization);
      // A session gives no right by itself: it is there again when keys can be checked.
      if (error instanceof AccessError && error.status === 503) return;
      await sessions.endOf(authorization);
    }
  }

  let sweeping = false;
  const stopSweeping = every(sweepMs, () => {
    if (sweeping) return;
    sweeping = true;
    sweep()
      .catch((error: unknown) => log.error({ err: error }, 'sessions could not be looked after'))
      .finally(() => {
        sweeping = false;
      });
  });

  return {
    async handle(request, response) {
      setSecurityHeaders(response);
      try {
        await answer(request, response);
      } catch (error) {
        sendRpcError(response, error, log);
      }
    },
    async close(graceMs) {
      closing = true;
      stopSweeping();
      await exchanges.callsEnded(graceMs);
      await sessions.endAll();
      await modern.close();
    },
    sessions: () => sessions.count,
  };
}

/** The first request of a session, and the one that takes its place where there are none. */
const asksForInstructions = (body: unknown): boolean =>
  typeof body === 'object' &&
  body !== null &&
  'method' in body &&
  (body.method === 'initialize' || body.method === 'server/discover');

/** The newer era has nothing but POST. */
function checkMethod({ method = '', headers }: IncomingMessage): void {
  const allowed = headers['mcp-protocol-version'] === modernVersion ? ['POST'] : ['GET', 'POST', 'DELETE'];
  if (!allowed.includes(method)) throw methodNotAllowed(allowed);
}

/** @throws HttpError 415, 413, 400; SyntaxError where it is not JSON */
async function readMessage(request: IncomingMessage, maxBytes: number): Promise<unknown> {
  if (mediaType(request.headers['content-type']) !== 'application/json') {
    throw new HttpError(415, 'The Content-Type has to be application/json.');
  }
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new HttpError(415, 'The body of an MCP request has no Content-Encoding.');
  }
  const bytes = await readBody(request, maxBytes);
  try {
    const message: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
    return message;
  } catch {
    throw new SyntaxError('the body is not JSON');
  }
}

/** What is over the limit is answered as a result of the tool there, not with a status. */
function isToolCall(body: unknown): boolean {
  return typeof body === 'object' && body !== null && 'method' in body && body.method === 'tools/call';
}

/** The request as handlers may see it: without the key, and without the body, which is parsed already. */
function toWebRequest({ method = 'GET', headers }: IncomingMessage, signal: AbortSignal): Request {
  const shown = new Headers();
  for (const [name, value] of Object.entries(headers)) {
    if (name === 'authorization' || value === undefined) continue;
    for (const item of Array.isArray(value) ? value : [value]) shown.append(name, item);
  }
  return new Request('http://localhost/mcp', { method, headers: shown, signal });
}

/** Errors of the transport quote headers, in which a key may be by mistake. */
async function withoutKeysIn(answered: Response): Promise<Response> {
  const headers = new Headers(answered.headers);
  headers.delete('content-length');
  return new Response(withoutKeys(await answered.text()) || null, { status: answered.status, headers });
}

/** JSON-RPC's code for a failure that HTTP's status says more of; the SDK's for an unknown session. */
const codeOf = (status: number): number => (status === 404 ? -32001 : -32000);

function sendRpcError(response: ServerResponse, error: unknown, log: Logger): void {
  if (response.headersSent) {
    if (!response.destroyed) log.error({ err: error }, 'an MCP answer broke off');
    response.destroy();
    return;
  }
  const send = (status: number, code: number, message: string, headers = {}) =>
    sendJson(response, status, { jsonrpc: '2.0', error: { code, message }, id: null }, headers);
  if (error instanceof HttpError) send(error.status, codeOf(error.status), error.message, error.headers);
  else if (error instanceof SyntaxError) send(400, -32700, 'Parse error: the body is not valid JSON.');
  else {
    const errorId = randomUUID();
    log.error({ err: error, errorId }, 'an MCP request failed');
    send(500, -32603, `The server failed. Its operator finds the reason in the log. Error id: ${errorId}`);
  }
}
