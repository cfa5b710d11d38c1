import type { CallToolResult } from '@modelcontextprotocol/server';
import { LimitError } from '../access/limit-error.ts';
import type { Principal } from '../access/principal.ts';
import type { AuditOutcome } from '../observe/audit.ts';
import type { Logger } from '../observe/log.ts';
import { StoreError } from '../store/store-error.ts';
import { InputError } from '../telemetry/input-error.ts';
import type { Asked, Tool } from './define-tool.ts';
import { Redaction } from './redaction/redaction.ts';
import { inputErrorText } from './render/error.ts';

/** A call that has ended. */
export interface EndedCall {
  readonly tool: string;
  /** Undefined where it failed before that was known. */
  readonly principal: Principal | undefined;
  readonly asked: Asked;
  readonly outcome: AuditOutcome;
  readonly ms: number;
}

export interface CallContext {
  readonly log: Logger;
  /** A short random word of letters and digits for the fences, a new one at each call. */
  readonly mark: () => string;
  /** Whether secrets are replaced by `[redacted:kind]`; they are where it is absent. */
  readonly redacts?: boolean;
  /** Finds an error in the log, a new one at each call. */
  readonly errorId: () => string;
  /** A clock for durations, in ms. */
  readonly elapsed: () => number;
  /** Throws `LimitError` where the key may not call now. */
  readonly admit?: (principal: Principal) => void;
  /** Takes note of a call that has ended. */
  readonly onCall?: (call: EndedCall) => void;
}

/** A call as the protocol hands it over. */
export interface ToolCall {
  readonly args: unknown;
  readonly principalOf: () => Principal;
  readonly signal: AbortSignal;
}

/** Calls a tool, and turns whatever it throws into a result that a client may see. */
export async function callTool(
  tool: Tool,
  { args, principalOf, signal }: ToolCall,
  { log, mark, redacts, errorId, elapsed, admit, onCall }: CallContext,
): Promise<CallToolResult> {
  const start = elapsed();
  let principal: Principal | undefined;
  let asked: Asked = { query: {} };
  const ended = (outcome: AuditOutcome) => {
    onCall?.({ tool: tool.name, principal, asked, outcome, ms: elapsed() - start });
  };
  try {
    principal = principalOf();
    admit?.(principal);
    const text = await tool.answer(args, { principal, signal }, mark, new Redaction(redacts), (now) => {
      asked = now;
    });
    ended('ok');
    return { content: [{ type: 'text', text }] };
  } catch (error) {
    if (signal.aborted) {
      ended('cancelled');
      return failure('The call was cancelled.');
    }
    if (error instanceof InputError) {
      ended('invalid_input');
      return failure(redactedErrorText(error, new Redaction(redacts), mark));
    }
    // Not HTTP's 429, which clients of MCP take for a connection that is broken: a model reads this, and waits.
    if (error instanceof LimitError) {
      ended('limited');
      return failure(error.message);
    }
    const [kind, id, query] =
      error instanceof StoreError ? [error.kind, error.id, error.query] : (['internal', errorId()] as const);
    log[isOurs(kind) ? 'error' : 'warn']({ err: error, errorId: id, tool: tool.name }, 'a tool call failed');
    ended(kind);
    const text = failureTexts[kind](id);
    return failure(query === undefined ? text : inputErrorText(`${query}: ${text}`, undefined));
  }
}

/** Redacted before it is cut. */
function redactedErrorText(
  { message, place, quotesTelemetry }: InputError,
  redaction: Redaction,
  mark: () => string,
): string {
  const shown = place && redaction.place(place);
  const text = inputErrorText(redaction.text(message), shown, quotesTelemetry ? mark : undefined);
  return [text, ...redaction.notes().map((note) => `note: ${note}`)].join('\n');
}

function failure(text: string): CallToolResult {
  return { content: [{ type: 'text', text }], isError: true };
}

function isOurs(kind: StoreError['kind']): boolean {
  return kind === 'internal' || kind === 'denied' || kind === 'unavailable';
}

const narrower =
  'Narrow the query: a shorter window (from_time, to_time), a filter on namespace, workload or service, or fewer groupBy fields.';

/** What a client reads of a failure of the store: the limit and what to do, or the id in the log. */
const failureTexts: Readonly<Record<StoreError['kind'], (id: string) => string>> = {
  timeout: () => `The query took longer than the time a query may take. ${narrower}`,
  memory: () => `The query needs more memory than a query may use. ${narrower}`,
  rows: () => `The query would read more rows than a query may read. ${narrower}`,
  busy: () =>
    'Too many queries are running, and this one waited as long as it may. Try again in some seconds.',
  unavailable: (id) =>
    `The store of the telemetry can't be reached now. Try again in some seconds. Error id: ${id}`,
  denied: (id) =>
    `The store of the telemetry refuses this query to the server's credentials. Its operator finds the reason in the log. Error id: ${id}`,
  aborted: () => 'The query was stopped before it ended. Try again.',
  internal: (id) => `The server failed. Its operator finds the reason in the log. Error id: ${id}`,
};
