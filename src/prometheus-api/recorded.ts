import { LimitError } from '../access/limit-error.ts';
import type { Principal } from '../access/principal.ts';
import { HttpError } from '../http/http-error.ts';
import { type Audit, type AuditEvent, type AuditOutcome, longestAuditQuery } from '../observe/audit.ts';
import { QueryTimeoutError } from '../promql/engine.ts';
import { parseQuery } from '../promql/parser.ts';
import { printQuery } from '../promql/printer.ts';
import { StoreError } from '../store/store-error.ts';
import { InputError } from '../telemetry/input-error.ts';
import type { Answer } from './answer.ts';
import { ApiError } from './api-error.ts';
import type { Parameters } from './parameters.ts';

/** Parameters that say what is asked; times are in the window. */
const otherParameters = ['step', 'limit', 'timeout', 'lookback_delta', 'metric', 'limit_per_metric'] as const;

export interface AskedRequest {
  readonly action: string;
  /** The label that the path names. */
  readonly label: string | undefined;
  readonly principal: Principal;
  readonly parameters: Parameters;
  /** Aborted when the client has gone. */
  readonly signal: AbortSignal;
}

/** Asks, and records what was asked and how it ended. */
export async function recorded(
  ask: () => Promise<Answer>,
  request: AskedRequest,
  audit: Audit,
  now: () => number,
): Promise<Answer> {
  const start = now();
  const ended = (outcome: AuditOutcome, rows?: number) => {
    const { keyId, name } = request.principal;
    audit.record({
      keyId,
      keyName: name,
      action: request.action,
      query: queryOf(request),
      window: windowOf(request.parameters, start),
      rows,
      durationMs: now() - start,
      outcome,
    });
  };
  try {
    const answer = await ask();
    ended('ok', answer.rows);
    return answer;
  } catch (error) {
    ended(request.signal.aborted ? 'cancelled' : outcomeOf(error));
    throw error;
  }
}

function queryOf({ parameters, label }: AskedRequest): Readonly<Record<string, unknown>> {
  const query = parameters.text('query');
  const selectors = parameters.texts('match[]');
  const others = otherParameters.flatMap((name) => {
    const text = parameters.text(name);
    return text === undefined ? [] : [[name, text] as const];
  });
  return {
    ...(query !== undefined && { query: normalised(query) }),
    ...(label !== undefined && { label }),
    ...(selectors.length > 0 && { 'match[]': selectors }),
    ...Object.fromEntries(others),
  };
}

/** The one form that equal queries have; what is no query, or longer than what is kept of it, as it was sent. */
function normalised(text: string): string {
  if (text.length > longestAuditQuery) return text;
  try {
    return printQuery(parseQuery(text));
  } catch {
    return text;
  }
}

/** Of an instant query both ends are its time. */
function windowOf(parameters: Parameters, now: number): AuditEvent['window'] {
  try {
    const from = parameters.time('start') ?? parameters.time('time');
    const to = parameters.time('end') ?? parameters.time('time') ?? now;
    return { from: toNs(from ?? to), to: toNs(to) };
  } catch {
    return undefined;
  }
}

const toNs = (ms: number): bigint => BigInt(Math.trunc(ms)) * 1_000_000n;

function outcomeOf(error: unknown): AuditOutcome {
  if (error instanceof LimitError) return 'limited';
  if (error instanceof StoreError) return error.kind;
  if (error instanceof QueryTimeoutError) return 'timeout';
  const isInput = error instanceof InputError || error instanceof ApiError || error instanceof HttpError;
  return isInput ? 'invalid_input' : 'internal';
}
