import { randomUUID } from 'node:crypto';
import { RequestBudget } from './access/request-budget.ts';
import type { Config } from './config.ts';
import type { CallContext } from './mcp/call-tool.ts';
import { Redaction } from './mcp/redaction/redaction.ts';
import type { SkillsContext } from './mcp/skills/register-skills.ts';
import { AuditTrail } from './observe/audit-trail.ts';
import type { Logger } from './observe/log.ts';
import type { Metrics } from './observe/metrics.ts';
import type { ToolCallRing } from './observe/tool-call-ring.ts';
import { limitQueries } from './query/limited-queries.ts';
import type { Queries } from './query/queries.ts';
import { QueryTurns } from './query/query-turns.ts';
import type { Store } from './store/store.ts';

/** How long a query waits for its turn. With the time that it may then take, most clients still wait for it. */
const waitMs = 15_000;

/** What all doors share: how much each key may ask, and the record of what it asked. */
export interface LimitsAndAudit {
  readonly budget: RequestBudget;
  readonly audit: AuditTrail;
  /** What becomes of each call of a tool, whoever makes it. */
  readonly calls: Required<Pick<CallContext, 'admit' | 'onCall'> & Pick<SkillsContext, 'onCompletion'>>;
  limited(queries: Queries): Queries;
}

export interface LimitsAndAuditOptions {
  readonly config: Config;
  readonly store: Store;
  readonly log: Logger;
  readonly metrics?: Metrics | undefined;
  readonly toolCalls?: ToolCallRing | undefined;
}

export function createLimitsAndAudit(options: LimitsAndAuditOptions): LimitsAndAudit {
  const { config, store, log, metrics, toolCalls } = options;
  const observe = metrics?.limited;
  const budget = new RequestBudget({
    perMinute: config.key_requests_per_minute,
    elapsed: () => performance.now(),
    ...(observe && { observe }),
  });
  const turns = new QueryTurns({
    atOnce: config.queries_at_once,
    perKey: config.key_queries_at_once,
    waitMs,
    ...(observe && { observe }),
  });
  const table = store.audit;
  const audit = new AuditTrail({
    log,
    now: Date.now,
    // Whatever the setting: answers may be wanted as they are, but no record needs a secret.
    redact: (value) => new Redaction().all(value),
    newToken: randomUUID,
    observe: (outcome, records) => metrics?.audited(outcome, records),
    sink: table && ((records, token, signal) => table.insert(records, token, signal)),
  });
  return {
    budget,
    audit,
    limited: (queries) => limitQueries(queries, turns),
    calls: {
      admit: ({ keyId }) => budget.take(keyId),
      onCall({ tool, principal, asked, outcome, ms }) {
        metrics?.toolCall(tool, outcome, ms / 1000);
        toolCalls?.record(tool, outcome !== 'ok' && outcome !== 'cancelled', ms);
        if (principal === undefined) return;
        const { keyId, name } = principal;
        audit.record({ keyId, keyName: name, action: tool, ...asked, durationMs: ms, outcome });
      },
      onCompletion({ principal: { keyId, name }, completing, values, ms }) {
        const done = { action: 'completion/complete', query: { ...completing }, rows: values } as const;
        audit.record({ keyId, keyName: name, ...done, durationMs: ms, outcome: 'ok' });
      },
    },
  };
}
