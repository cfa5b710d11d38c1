import type { AuditPage } from '../store/audit/audit-table.ts';
import { type AuditRequest, auditRecords } from './audit-records.ts';
import type { Call } from './queries.ts';
import { scopeValues } from './scope-values.ts';
import { type SignalStatus, storeStatus } from './store-status.ts';
import type { QueryContext } from './subject.ts';

/** The questions that only admins ask, at the console. Each answers within the limits of the admin's key. */
export interface AdminQueries {
  /** What the store holds of each signal. */
  storeStatus(call: Call): Promise<readonly SignalStatus[]>;
  /** Names that a key can be limited to. */
  scopeValues(field: 'cluster' | 'namespace', call: Call): Promise<readonly string[]>;
  /** What was done with keys. */
  auditRecords(request: AuditRequest, call: Call): Promise<AuditPage>;
}

export function createAdminQueries(context: QueryContext): AdminQueries {
  return {
    storeStatus: (call) => storeStatus(context, call),
    scopeValues: (field, call) => scopeValues(context, field, call),
    auditRecords: (request, call) => auditRecords(context.store, request, call),
  };
}
