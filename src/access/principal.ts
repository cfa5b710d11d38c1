export const roles = ['query', 'ingest', 'admin'] as const;
export type Role = (typeof roles)[number];

/** What a key may see. An absent list is no limit. */
export interface Limits {
  readonly clusters?: readonly string[];
  readonly namespaces?: readonly string[];
}

/** Who sends a request, as the key says. It never holds the key. */
export interface Principal {
  readonly keyId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly limits: Limits;
  readonly expiresAt?: Date;
}
