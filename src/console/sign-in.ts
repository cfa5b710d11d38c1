import { z } from 'zod';
import { AccessError, SlowedKeyError } from '../access/authenticator.ts';
import type { Principal } from '../access/principal.ts';
import { HttpError } from '../http/http-error.ts';
import { ConsoleError } from './console-error.ts';
import { clearedCookie, sessionCookie } from './cookie.ts';
import type { ConsoleContext, ConsoleRequest, Endpoint, OpenEndpoint, Reply, SignedIn } from './endpoint.ts';
import { hasAdminKey } from './keys.ts';
import { readJson } from './read-input.ts';
import type { ConsoleSession } from './sessions.ts';
import { setupLinkMs } from './setup-link.ts';

/** The longest `Authorization` that fits a request's headers. */
const longestKey = 8192;
const maxBodyBytes = 16 * 1024;

const keyInput = z.strictObject({ key: z.string().min(1, 'a key is needed').max(longestKey) });
const linkInput = z.strictObject({ token: z.string().min(1, 'a token is needed').max(longestKey) });

/** `GET /session`: who is signed in. */
export const showSession: OpenEndpoint = async (context, { incoming, isSecure }, by) => {
  if (by !== undefined) return { status: 200, body: signedIn(context, by) };
  const headers = incoming.headers.cookie === undefined ? {} : { 'Set-Cookie': clearedCookie(isSecure) };
  return { status: 200, body: { signed_in: false, version: context.server.version }, headers };
};

/** `POST /session`: signs in with a key that has the role admin. */
export const signInWithKey: OpenEndpoint = async (context, request, before) => {
  const { key } = await readJson(request.incoming, keyInput, maxBodyBytes);
  const authorization = `Bearer ${key.trim()}`;
  const principal = await authenticate(context, authorization, context.clientAddress?.(request.incoming));
  return open(context, request, before, { by: 'key', authorization }, principal);
};

/** `POST /session/link`: signs in with the link on the terminal, once. */
export const signInWithLink: OpenEndpoint = async (context, request, before) => {
  const { token } = await readJson(request.incoming, linkInput, maxBodyBytes);
  if ((await hasAdminKey(context)) || !context.setupLink.redeem(token)) {
    throw new ConsoleError(
      'invalid_link',
      'This link is not valid: it works once, for an hour, and only while there is no admin key. Restart the server for another one, or sign in with an admin key.',
    );
  }
  const endsAt = new Date(context.now().getTime() + setupLinkMs);
  return open(context, request, before, { by: 'link', authorization: undefined }, linkPrincipal(endsAt));
};

/** `DELETE /session` */
export const signOut: Endpoint = async ({ sessions }, { isSecure }, { sessionId }) => {
  sessions.end(sessionId);
  return { status: 204, headers: { 'Set-Cookie': clearedCookie(isSecure) } };
};

/**
 * Who a session belongs to now. One whose key has ended, or is no admin's any more, ends with it.
 *
 * @returns nothing where no session is named, or none that lasts
 * @throws HttpError 503 where keys can't be checked now
 */
export async function resume(
  { sessions, authenticator, now }: ConsoleContext,
  sessionId: string | undefined,
): Promise<SignedIn | undefined> {
  const session = sessionId === undefined ? undefined : sessions.find(sessionId);
  if (sessionId === undefined || session === undefined) return undefined;
  const { authorization, endsAt } = session;
  if (authorization === undefined) return { sessionId, session, principal: linkPrincipal(endsAt) };
  try {
    const principal = await authenticator.recheck(authorization, 'admin', now());
    return { sessionId, session, principal };
  } catch (error) {
    if (!(error instanceof HttpError) || (error.status !== 401 && error.status !== 403)) throw error;
    sessions.end(sessionId);
    return undefined;
  }
}

/** Whoever reads the terminal of the server may do what an unlimited admin may. */
function linkPrincipal(expiresAt: Date): Principal {
  return { keyId: 'setup-link', name: 'setup link', roles: ['query', 'admin'], limits: {}, expiresAt };
}

async function authenticate(
  { authenticator, now }: ConsoleContext,
  authorization: string,
  address: string | undefined,
): Promise<Principal> {
  try {
    return await authenticator.authenticate(authorization, 'admin', now(), address);
  } catch (error) {
    if (!(error instanceof AccessError)) throw error;
    if (error instanceof SlowedKeyError) {
      throw new ConsoleError('too_many_attempts', error.message, { headers: error.headers });
    }
    if (error.status === 401) {
      throw new ConsoleError('invalid_key', 'This key is not valid. It may have been revoked or expired.');
    }
    if (error.status !== 403) throw error;
    throw new ConsoleError(
      'missing_role',
      'This key can not sign in here: it does not have the role "admin".',
    );
  }
}

/** A session that the browser had before ends. */
function open(
  context: ConsoleContext,
  { isSecure }: ConsoleRequest,
  before: SignedIn | undefined,
  how: Pick<ConsoleSession, 'by' | 'authorization'>,
  principal: Principal,
): Reply {
  if (before !== undefined) context.sessions.end(before.sessionId);
  const { id: sessionId, session } = context.sessions.open(how, principal.expiresAt);
  const { keyId, name: keyName } = principal;
  const query = { by: how.by };
  context.audit.record({ keyId, keyName, action: 'sign-in', query, durationMs: 0, outcome: 'ok' });
  return {
    status: 200,
    body: signedIn(context, { sessionId, session, principal }),
    headers: { 'Set-Cookie': sessionCookie(sessionId, isSecure) },
  };
}

function signedIn({ server }: ConsoleContext, { session, principal }: SignedIn): unknown {
  const { keyId, name, roles, limits, expiresAt } = principal;
  const key = { id: keyId, name, roles, limits, expires_at: expiresAt?.toISOString() ?? null };
  return {
    signed_in: true,
    by: session.by,
    key: session.by === 'key' ? key : null,
    csrf_token: session.csrfToken,
    ends_at: session.endsAt.toISOString(),
    version: server.version,
  };
}
