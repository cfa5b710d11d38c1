import { bearerToken } from '../http/bearer-token.ts';
import { HttpError } from '../http/http-error.ts';
import type { Logger } from '../observe/log.ts';
import type { FailedLogins } from './failed-logins.ts';
import type { KeyVerifier, Verification } from './key-verifier.ts';
import type { Principal, Role } from './principal.ts';

/**
 * Somebody may not do this: 401 without a valid key, 403 where the key has not the role, 429 where too many
 * wrong keys came from one address, 503 where keys can't be checked. `headers` carry the challenge of RFC 6750.
 */
export class AccessError extends HttpError {}

class InvalidKeyError extends AccessError {}

export interface Authenticator {
  /**
   * Checks the `Authorization` header of a request, and notes that the key was used, or that it was wrong.
   *
   * @param address where the request came from; absent where that can't matter
   * @throws AccessError
   */
  authenticate(
    authorization: string | undefined,
    role: Role,
    now: Date,
    address?: string,
  ): Promise<Principal>;
  /**
   * The same for a session or stream that is open already, which is no use of the key.
   *
   * @throws AccessError
   */
  recheck(authorization: string, role: Role, now: Date): Promise<Principal>;
}

const realm = 'Bearer realm="kubesense-mcp"';

export function createAuthenticator(
  verifier: KeyVerifier,
  log: Logger,
  failedLogins?: Pick<FailedLogins, 'record'>,
): Authenticator {
  async function recheck(authorization: string | undefined, role: Role, now: Date): Promise<Principal> {
    if (authorization === undefined) throw missingKey();
    const key = bearerToken(authorization);
    const principal = key === undefined ? undefined : await verify(key, now);
    if (principal === undefined || principal === 'ended') throw invalidKey();
    if (!principal.roles.includes(role)) throw missingRole(role);
    return principal;
  }

  async function verify(key: string, now: Date): Promise<Verification> {
    try {
      return await verifier.verify(key, now);
    } catch (error) {
      log.error({ err: error }, 'keys can not be checked');
      throw new AccessError(503, 'API keys can not be checked at the moment. Try again later.', {
        'Retry-After': '5',
      });
    }
  }

  /** A request without a key is no attempt, and one with the wrong role is no failure to prove who one is. */
  function refusal(error: InvalidKeyError, now: Date, address: string | undefined): AccessError {
    const wait = address === undefined ? 0 : (failedLogins?.record(address, now) ?? 0);
    return wait === 0 ? error : tooManyWrongKeys(wait);
  }

  return {
    recheck,
    async authenticate(authorization, role, now, address) {
      const principal = await recheck(authorization, role, now).catch((error: unknown) => {
        throw error instanceof InvalidKeyError ? refusal(error, now, address) : error;
      });
      verifier.recordUse?.(principal.keyId, now);
      return principal;
    },
  };
}

function missingKey(): AccessError {
  return new AccessError(401, 'An API key is needed. Send it as the header "Authorization: Bearer <key>".', {
    'WWW-Authenticate': realm,
  });
}

/** One text for unknown, revoked, expired and malformed keys: it tells nobody which keys there were. */
function invalidKey(): InvalidKeyError {
  return new InvalidKeyError(401, 'The API key is not valid.', {
    'WWW-Authenticate': `${realm}, error="invalid_token", error_description="The API key is not valid"`,
  });
}

function missingRole(role: Role): AccessError {
  return new AccessError(403, `The API key does not have the role "${role}", which is needed here.`, {
    'WWW-Authenticate': `${realm}, error="insufficient_scope", scope="${role}"`,
  });
}

function tooManyWrongKeys(seconds: number): AccessError {
  return new AccessError(
    429,
    `The API key is not valid, and too many wrong ones came from this address. Try again in ${seconds} s.`,
    { 'Retry-After': String(seconds) },
  );
}
