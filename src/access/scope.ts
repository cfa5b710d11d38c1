import type { Scope } from '../telemetry/scope.ts';
import type { Principal } from './principal.ts';

/** What exists for queries of this key: the one place where limits become a scope. */
export function scopeOf({ limits }: Pick<Principal, 'limits'>): Scope {
  // The mark of a scope is known to the compiler alone, so there is nothing that could be checked.
  return limits as Scope;
}
