import type { Principal } from './principal.ts';

/**
 * Who knows which keys are valid: a local file, a mounted secret, a platform's HTTP endpoint.
 * Every request asks, so an answer should cost little.
 */
export interface KeyVerifier {
  /**
   * @returns whose key it is; nothing for one that is malformed, unknown, revoked or expired at `now`
   * @throws where that can't be found out, in which case nobody gets in
   */
  verify(key: string, now: Date): Promise<Principal | undefined>;
  /** Notes that a request was made with a valid key. */
  recordUse?(id: string, now: Date): void;
}
