import { scopeOf } from '../../src/access/scope.ts';
import type { Limits, Scope } from '../../src/telemetry/scope.ts';

/** What a key of these limits sees; without any, everything. */
export const limitedTo = (limits: Limits = {}): Scope => scopeOf({ limits });
