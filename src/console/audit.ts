import { z } from 'zod';
import { auditOutcomes } from '../observe/audit.ts';
import { mostAuditRecords } from '../query/audit-records.ts';
import { InputError } from '../telemetry/input-error.ts';
import { parseTime } from '../telemetry/time.ts';
import type { Window } from '../telemetry/window.ts';
import { ConsoleError } from './console-error.ts';
import type { Endpoint } from './endpoint.ts';
import { readParameters } from './read-input.ts';
import { isoTime } from './status.ts';

const text = z.string().max(200).optional();
const input = z.strictObject({
  from: text,
  to: text,
  key_id: text,
  tool: text,
  outcome: z.enum(auditOutcomes, `one of ${auditOutcomes.join(', ')}`).optional(),
  limit: z
    .string()
    .regex(/^\d{1,4}$/, `a number from 1 to ${mostAuditRecords}`)
    .transform(Number)
    .optional(),
});

const dayNs = 86_400_000_000_000n;

/** `GET /audit`: what was done with keys, newest first; of a day where no `from` is given. */
export const listAudit: Endpoint = async ({ queries, now }, { query, signal }, { principal }) => {
  const { from, to, key_id: keyId, tool, outcome, limit } = readParameters(query, input);
  const window = windowOf({ from, to }, BigInt(now().getTime()) * 1_000_000n);
  const request = { window, keyId, tool, outcome, ...(limit !== undefined && { limit }) };
  const { records, hasMore } = await queries.auditRecords(request, { principal, signal });
  return {
    status: 200,
    body: {
      records: records.map(({ time, keyName, keyId, action, query, window, rows, durationMs, outcome }) => ({
        time: new Date(time).toISOString(),
        key_id: keyId,
        key_name: keyName,
        action,
        query,
        window: window === undefined ? null : { from: isoTime(window.from), to: isoTime(window.to) },
        rows: rows ?? null,
        duration_ms: durationMs,
        outcome,
      })),
      has_more: hasMore,
    },
  };
};

type Times = { readonly [name in 'from' | 'to']: string | undefined };

/** @throws ConsoleError */
function windowOf(times: Times, now: bigint): Window {
  const to = timeOf('to', times, now) ?? now;
  const from = timeOf('from', times, now) ?? (to > dayNs ? to - dayNs : 0n);
  if (from < to) return { from, to };
  throw new ConsoleError('invalid_input', 'from: it has to be before the end of the window.', {
    field: 'from',
  });
}

function timeOf(name: keyof Times, times: Times, now: bigint): bigint | undefined {
  const text = times[name];
  if (text === undefined || text === '') return undefined;
  try {
    return parseTime(text, now).time;
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    // What was sent is not repeated, as it is in the errors of tools.
    const message = `${name}: a time such as 2026-11-23T08:00:00Z or now-1h.`;
    throw new ConsoleError('invalid_input', message, { field: name });
  }
}
