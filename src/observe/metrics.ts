import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The server's own metrics, in Prometheus' text format at /metrics. Labels never hold what clients send. */
export interface Metrics {
  readonly registry: Registry;
  /** A tool call ended. */
  toolCall(tool: string, outcome: string, seconds: number): void;
  /** A wrong key was sent; `slowed` where its address had sent too many. */
  failedLogin(slowed: boolean): void;
  /** A limit left a request undone. */
  limited(limit: string): void;
  /** Audit records were stored, or never will be. */
  audited(outcome: string, records: number): void;
  /** Records of a request, or samples of it, were stored or rejected. */
  ingested(signal: string, accepted: number, rejected: number): void;
}

export interface Observed {
  readonly sessions: () => number;
  readonly storeReady: () => Promise<boolean>;
}

export function createMetrics({ sessions, storeReady }: Observed): Metrics {
  const registry = new Registry();
  const registers = [registry];
  collectDefaultMetrics({ register: registry });
  const calls = new Histogram({
    name: 'kubesense_tool_call_duration_seconds',
    help: 'Duration of tool calls.',
    labelNames: ['tool', 'outcome'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const records = new Counter({
    name: 'kubesense_ingested_records_total',
    help: 'Records that were received over OTLP, and samples of Prometheus remote write.',
    labelNames: ['signal', 'outcome'],
    registers,
  });
  const failedLogins = new Counter({
    name: 'kubesense_failed_logins_total',
    help: 'Requests with a key that is not valid; slowed: of addresses that sent too many of them.',
    labelNames: ['slowed'],
    registers,
  });
  const refusals = new Counter({
    name: 'kubesense_limited_requests_total',
    help: 'Requests that a limit of a key or of the server left undone.',
    labelNames: ['limit'],
    registers,
  });
  const auditRecords = new Counter({
    name: 'kubesense_audit_records_total',
    help: 'Audit records that were stored, and those that are in the log alone as the store could not be written.',
    labelNames: ['outcome'],
    registers,
  });
  new Gauge({
    name: 'kubesense_mcp_sessions',
    help: 'Open MCP sessions.',
    registers,
    collect() {
      this.set(sessions());
    },
  });
  new Gauge({
    name: 'kubesense_store_ready',
    help: 'Whether the store answers.',
    registers,
    async collect() {
      this.set((await storeReady()) ? 1 : 0);
    },
  });
  return {
    registry,
    toolCall: (tool, outcome, seconds) => calls.observe({ tool, outcome }, seconds),
    failedLogin: (slowed) => failedLogins.inc({ slowed: String(slowed) }),
    limited: (limit) => refusals.inc({ limit }),
    audited: (outcome, records) => auditRecords.inc({ outcome }, records),
    ingested(signal, accepted, rejected) {
      records.inc({ signal, outcome: 'stored' }, accepted);
      records.inc({ signal, outcome: 'rejected' }, rejected);
    },
  };
}
