import type { IncomingMessage, ServerResponse } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { HostGuard } from '../http/host-guard.ts';
import { methodNotAllowed } from '../http/http-error.ts';
import type { RequestHandler } from '../http/http-server.ts';
import { sendJson, setSecurityHeaders } from '../http/json-response.ts';
import { listAudit } from './audit.ts';
import { audited } from './audited.ts';
import { showConnections } from './connect.ts';
import { ConsoleError, toConsoleError } from './console-error.ts';
import { clearedCookie, sessionIdIn } from './cookie.ts';
import type { ConsoleContext, ConsoleRequest, Endpoint, OpenEndpoint, Reply } from './endpoint.ts';
import { generateKey, listKeys, revokeKey } from './keys.ts';
import { matchesText } from './matches-text.ts';
import { checkSameOrigin } from './same-origin.ts';
import { listScopeValues } from './scope-values.ts';
import { resume, showSession, signInWithKey, signInWithLink, signOut } from './sign-in.ts';
import { createStatus } from './status.ts';
import { callTool, listTools } from './tools.ts';

/** Where the API begins. */
export const consoleApiPath = '/api/console';

export interface ConsoleOptions extends ConsoleContext {
  readonly guard: HostGuard;
  readonly publicUrl: URL | undefined;
}

/** `open` serves whoever is not signed in, too; where it changes something it signs in. */
type Route =
  | { readonly method: string; readonly path: string; readonly open: OpenEndpoint }
  | { readonly method: string; readonly path: string; readonly endpoint: Endpoint };

/** `*` stands for one segment. */
const routesOf = ({ elapsed }: ConsoleContext): readonly Route[] => [
  { method: 'GET', path: '/session', open: showSession },
  { method: 'POST', path: '/session', open: signInWithKey },
  { method: 'DELETE', path: '/session', endpoint: signOut },
  { method: 'POST', path: '/session/link', open: signInWithLink },
  { method: 'GET', path: '/keys', endpoint: listKeys },
  { method: 'POST', path: '/keys', endpoint: audited('generate-key', generateKey) },
  { method: 'DELETE', path: '/keys/*', endpoint: audited('revoke-key', revokeKey) },
  { method: 'GET', path: '/scope-values', endpoint: listScopeValues },
  { method: 'GET', path: '/connect', endpoint: showConnections },
  { method: 'GET', path: '/status', endpoint: createStatus(elapsed) },
  { method: 'GET', path: '/audit', endpoint: listAudit },
  { method: 'GET', path: '/tools', endpoint: listTools },
  { method: 'POST', path: '/tools/*', endpoint: callTool },
];

/**
 * The HTTP API behind the console's pages, for people who sign in with an admin key. What a request may do is
 * decided anew each time, from the key of its session.
 */
export function createConsole({ guard, publicUrl, ...context }: ConsoleOptions): RequestHandler {
  const routes = routesOf(context);

  async function answer(incoming: IncomingMessage, response: ServerResponse): Promise<Reply> {
    guard(incoming.headers);
    const { path, query } = split(incoming.url ?? '');
    const { route, name } = routeOf(routes, incoming.method ?? '', path);
    const changes = route.method !== 'GET';
    checkSameOrigin(incoming, { mustSay: changes && 'open' in route, publicHost: publicUrl?.host });
    const gone = new AbortController();
    response.once('close', () => gone.abort());
    const request: ConsoleRequest = {
      incoming,
      name,
      query,
      isSecure: incoming.socket instanceof TLSSocket || publicUrl?.protocol === 'https:',
      signal: gone.signal,
    };
    const by = await resume(context, sessionIdIn(incoming));
    if ('open' in route) return route.open(context, request, by);
    if (by === undefined) throw signedOut(request);
    const token = incoming.headers['x-csrf-token'];
    if (changes && (typeof token !== 'string' || !matchesText(token, by.session.csrfToken))) {
      throw new ConsoleError(
        'invalid_csrf_token',
        'The header X-CSRF-Token has to hold the token of the session.',
      );
    }
    if (route.endpoint !== callTool) context.budget.take(by.principal.keyId);
    return route.endpoint(context, request, by);
  }

  return async (incoming, response) => {
    try {
      send(response, await answer(incoming, response));
    } catch (error) {
      if (response.destroyed) return;
      const { status, message, code, field, headers } = toConsoleError(error, context.log);
      send(response, { status, headers, body: { error: message, code, ...(field && { field }) } });
    }
  };
}

function split(url: string): { readonly path: string; readonly query: string } {
  const mark = url.indexOf('?');
  const path = mark < 0 ? url : url.slice(0, mark);
  return { path: path.slice(consoleApiPath.length), query: mark < 0 ? '' : url.slice(mark + 1) };
}

function routeOf(
  routes: readonly Route[],
  method: string,
  path: string,
): { readonly route: Route; readonly name: string } {
  const [, first = '', second, ...rest] = path.split('/');
  const name = decoded(second ?? '');
  const found = routes.filter(
    (route) =>
      route.path === path ||
      (route.path === `/${first}/*` && name !== undefined && name !== '' && rest.length === 0),
  );
  if (found.length === 0 || name === undefined) throw notFound();
  const route = found.find((one) => one.method === method);
  if (route === undefined) throw methodNotAllowed(found.map((one) => one.method));
  return { route, name };
}

function decoded(segment: string): string | undefined {
  try {
    return decodeURIComponent(segment);
  } catch {
    return undefined;
  }
}

const notFound = (): ConsoleError => new ConsoleError('not_found', 'There is nothing at this path.');

function signedOut({ isSecure, incoming }: ConsoleRequest): ConsoleError {
  const headers = incoming.headers.cookie === undefined ? {} : { 'Set-Cookie': clearedCookie(isSecure) };
  return new ConsoleError('signed_out', 'You are not signed in, or not any more.', { headers });
}

function send(response: ServerResponse, { status, body, headers = {} }: Reply): void {
  if (body !== undefined) {
    sendJson(response, status, body, headers);
    return;
  }
  setSecurityHeaders(response);
  response.writeHead(status, headers).end();
}
