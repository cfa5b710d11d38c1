import { setTimeout as pause } from 'node:timers/promises';
import { bearerToken } from '../http/bearer-token.ts';
import { HttpError } from '../http/http-error.ts';
import type { Logger } from '../observe/log.ts';
import type { FailedLogins } from './failed-logins.ts';
import type { KeyVerifier, Verification } from './key-verifier.ts';
import type { Principal, Role } from './principal.ts';

/**
 * Somebody may not do this: 401 without a valid key, 403 where the key has not the role, 503 where keys can't
 * be checked. `headers` carry the challenge of RFC 6750.
 */
export class AccessError extends HttpError {}

class InvalidKeyError extends AccessError {}

/**
 * A wrong key of an address that sent too many. It is 401 all the same, as an exporter repeats what gets 429
 * for ever; `Retry-After` says when the address may try again.
 */
export class SlowedKeyError extends InvalidKeyError {}

/** How long the answer to a wrong key of a slowed address is held back, ms, and how many are at once. */
const heldBackMs = 1_000;
const mostHeldBack = 256;

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
  let heldBack = 0;

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
  async function refusal(error: InvalidKeyError, now: Date, address: string | undefined) {
    const wait = address === undefined ? 0 : (failedLogins?.record(address, now) ?? 0);
    if (wait === 0) return error;
    if (heldBack < mostHeldBack) {
      heldBack += 1;
      await pause(Math.min(heldBackMs, wait * 1_000));
      heldBack -= 1;
    }
    return slowedKey(wait);
  }

  return {
    recheck,
    async authenticate(authorization, role, now, address) {
      const principal = await recheck(authorization, role, now).catch(async (error: unknown) => {
        throw error instanceof InvalidKeyError ? await refusal(error, now, address) : error;
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

const invalidToken = {
  'WWW-Authenticate': `${realm}, error="invalid_token", error_description="The API key is not valid"`,
};

/** One text for unknown, revoked, expired and malformed keys: it tells nobody which keys there were. */
function invalidKey(): InvalidKeyError {
  return new InvalidKeyError(401, 'The API key is not valid.', invalidToken);
}

function slowedKey(seconds: number): SlowedKeyError {
  return new SlowedKeyError(
    401,
    `The API key is not valid, and too many wrong ones came from this address. Try again in ${seconds} s.`,
    { ...invalidToken, 'Retry-After': String(seconds) },
  );
}

function missingRole(role: Role): AccessError {
  return new AccessError(403, `The API key does not have the role "${role}", which is needed here.`, {
    'WWW-Authenticate': `${realm}, error="insufficient_scope", scope="${role}"`,
  });
}
