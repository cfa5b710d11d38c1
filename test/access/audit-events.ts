import type { AuditEvent } from '../../src/observe/audit.ts';

/** 2026-11-23T12:00:00Z, ms since the epoch. */
export const noon = Date.parse('2026-11-23T12:00:00Z');

export const alice = { keyId: 'a11ce0000000', keyName: 'alice' };
export const bob = { keyId: 'b0b000000000', keyName: 'bob' };

export function event(more: Partial<AuditEvent> = {}): AuditEvent {
  return {
    ...alice,
    action: 'search-logs',
    query: { filters: 'level = "ERROR"' },
    window: { from: 1_674_981_660_000_000_001n, to: 1_674_988_200_000_000_000n },
    rows: 10,
    durationMs: 12.25,
    outcome: 'ok',
    ...more,
  };
}
