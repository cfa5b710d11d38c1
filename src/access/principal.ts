import type { Limits } from '../telemetry/scope.ts';

export type { Limits } from '../telemetry/scope.ts';

export const roles = ['query', 'ingest', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Who sends a request, as the key says. It never holds the key. */
export interface Principal {
  readonly keyId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly limits: Limits;
  readonly expiresAt?: Date;
}
