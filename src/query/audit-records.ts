import { AccessError } from '../access/authenticator.ts';
import type { Principal } from '../access/principal.ts';
import type { AuditPage, AuditSelection } from '../store/audit/audit-table.ts';
import type { Store } from '../store/store.ts';
import { InputError } from '../telemetry/input-error.ts';
import type { Call } from './queries.ts';

/** Records that one answer has at most. */
export const mostAuditRecords = 1_000;

export interface AuditRequest extends Omit<AuditSelection, 'action' | 'limit'> {
  /** Only records of this action: a tool's name, a path of the Prometheus API, or an action of the console. */
  readonly tool?: string | undefined;
  /** 1 to 1,000; 100 when absent. */
  readonly limit?: number | undefined;
}

/**
 * What was done with keys, newest first, for a key with the role `admin`. An admin whose key is limited to
 * clusters or namespaces is given the records of that key alone: those of others hold names that it may not
 * see. No tool asks this.
 *
 * @throws AccessError 403 without the role
 * @throws InputError where there is no table of it, or the limit is none
 * @throws StoreError
 */
export async function auditRecords(
  { audit }: Pick<Store, 'audit'>,
  { window, keyId, tool, outcome, limit = 100 }: AuditRequest,
  { principal, signal }: Call,
): Promise<AuditPage> {
  if (!principal.roles.includes('admin')) {
    throw new AccessError(403, 'The API key does not have the role "admin", which is needed here.');
  }
  if (!Number.isInteger(limit) || limit < 1 || limit > mostAuditRecords) {
    throw new InputError(`limit: takes a whole number from 1 to ${mostAuditRecords}, got ${limit}`);
  }
  if (audit === undefined) {
    throw new InputError(
      'This store has no audit records, as it is only read, or was never served. They are in the log.',
    );
  }
  if (seesAll(principal)) return audit.read({ window, keyId, action: tool, outcome, limit }, { signal });
  if (keyId !== undefined && keyId !== principal.keyId) return { records: [], hasMore: false };
  return audit.read({ window, keyId: principal.keyId, action: tool, outcome, limit }, { signal });
}

function seesAll({ limits: { clusters, namespaces } }: Principal): boolean {
  return clusters === undefined && namespaces === undefined;
}
