import type { AuditOutcome } from '../observe/audit.ts';
import { StoreError } from '../store/store-error.ts';
import { InputError } from '../telemetry/input-error.ts';
import { ConsoleError } from './console-error.ts';
import type { Endpoint } from './endpoint.ts';

/** The endpoint, with a record of each request and how it ended. */
export function audited(action: string, endpoint: Endpoint): Endpoint {
  return async (context, request, by) => {
    const { keyId, name: keyName } = by.principal;
    const start = context.elapsed();
    const ended = (outcome: AuditOutcome, query: Readonly<Record<string, unknown>>) =>
      context.audit.record({ keyId, keyName, action, query, durationMs: context.elapsed() - start, outcome });
    try {
      const reply = await endpoint(context, request, by);
      ended('ok', reply.asked ?? {});
      return reply;
    } catch (error) {
      ended(outcomeOf(error), {});
      throw error;
    }
  };
}

function outcomeOf(error: unknown): AuditOutcome {
  if (error instanceof ConsoleError) {
    return error.code === 'beyond_limits' || error.code === 'not_local' ? 'refused' : 'invalid_input';
  }
  if (error instanceof InputError) return 'invalid_input';
  return error instanceof StoreError ? error.kind : 'internal';
}
