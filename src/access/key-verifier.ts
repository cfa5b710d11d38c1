import type { Principal } from './principal.ts';

/**
 * What is known of a key: whose it is; `ended` for one that was valid once and is revoked or expired, so that
 * nobody else needs to be asked; nothing for one that is unknown.
 */
export type Verification = Principal | 'ended' | undefined;

/**
 * Who knows which keys are valid: a local file, a mounted secret, a platform's HTTP endpoint.
 * Every request asks, so an answer should cost little.
 */
export interface KeyVerifier {
  /**
   * @param key at most 4,096 characters of a bearer token (RFC 6750, 2.1)
   * @throws where it can't be found out, in which case nobody gets in
   */
  verify(key: string, now: Date): Promise<Verification>;
  /** Notes that a request was made with a valid key. */
  recordUse?(id: string, now: Date): void;
}

/**
 * Asks one after another, and the first that knows the key decides. One that can't be asked leaves the decision
 * to the others, and is the answer where none of them knows the key either.
 */
export function firstThatKnows(verifiers: readonly KeyVerifier[]): KeyVerifier {
  return {
    async verify(key, now) {
      const failures: unknown[] = [];
      for (const verifier of verifiers) {
        try {
          const known = await verifier.verify(key, now);
          if (known !== undefined) return known;
        } catch (error) {
          failures.push(error);
        }
      }
      if (failures.length > 0) throw failures[0];
      return undefined;
    },
    recordUse(id, now) {
      for (const verifier of verifiers) verifier.recordUse?.(id, now);
    },
  };
}
