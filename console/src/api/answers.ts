import * as z from 'zod/mini';

/** Answers of the console's API (src/console/), checked as they arrive. Times are ISO 8601 in UTC. */
const time = z.string();
const list = z.array(z.string());

export const roles = ['query', 'ingest', 'admin'] as const;
const role = z.enum(roles);
export type Role = z.infer<typeof role>;

/** An absent list is no limit, an empty one sees nothing. */
const limits = z.object({ clusters: z.optional(list), namespaces: z.optional(list) });
export type Limits = z.infer<typeof limits>;

export const signedOut = z.object({ signed_in: z.literal(false), version: z.string() });
export const signedIn = z.object({
  signed_in: z.literal(true),
  by: z.enum(['key', 'link']),
  key: z.nullable(
    z.object({
      id: z.string(),
      name: z.string(),
      roles: z.array(role),
      limits,
      expires_at: z.nullable(time),
    }),
  ),
  csrf_token: z.string(),
  ends_at: time,
  version: z.string(),
});
export const session = z.discriminatedUnion('signed_in', [signedOut, signedIn]);
export type SignedIn = z.infer<typeof signedIn>;
export type Session = z.infer<typeof session>;

export const key = z.object({
  id: z.string(),
  name: z.string(),
  roles: z.array(role),
  limits,
  created_at: z.nullable(time),
  expires_at: z.nullable(time),
  last_used_at: z.nullable(time),
  state: z.enum(['active', 'expired', 'revoked']),
  source: z.enum(['local', 'file']),
});
export type ApiKey = z.infer<typeof key>;

export const keys = z.object({
  keys: z.array(key),
  can_generate: z.boolean(),
  roles: z.array(role),
  current_key_id: z.nullable(z.string()),
  /** Whether keys of a platform are taken too, which are not listed here. */
  platform: z.boolean(),
});
export type KeyList = z.infer<typeof keys>;

export const generated = z.object({ key, secret: z.string() });
export type Generated = z.infer<typeof generated>;
export const revoked = z.object({ key });

export const scopeValues = z.object({ values: list });

export const connect = z.object({
  mcp_url: z.string(),
  prometheus_url: z.string(),
  otlp_http_url: z.nullable(z.string()),
  otlp_grpc_url: z.nullable(z.string()),
  remote_write_url: z.nullable(z.string()),
  ingest_needs_key: z.boolean(),
  tls: z.boolean(),
});
export type Connection = z.infer<typeof connect>;

const count = z.nullable(z.number());
const signal = z.object({
  signal: z.enum(['logs', 'traces', 'metrics']),
  rows: count,
  bytes: count,
  newest: z.nullable(time),
  oldest: z.nullable(time),
  rows_per_minute: z.array(z.tuple([z.number(), z.number()])),
});
export type SignalStatus = z.infer<typeof signal>;

const toolStatus = z.object({
  tool: z.string(),
  calls: z.number(),
  errors: z.number(),
  p50_ms: count,
  p95_ms: count,
  /** Start of the minute in epoch seconds, calls, errors, p95 in milliseconds. */
  points: z.array(z.tuple([z.number(), z.number(), z.number(), count])),
});
export type ToolStatus = z.infer<typeof toolStatus>;

export const status = z.object({
  now: time,
  started_at: time,
  version: z.string(),
  store: z.object({
    kind: z.enum(['embedded', 'clickhouse']),
    ready: z.boolean(),
    bytes: count,
    retention_s: count,
    metrics: z.enum(['own', 'prometheus']),
  }),
  signals: z.array(signal),
  /** Null for an admin whose key is limited. */
  sessions: z.nullable(z.object({ open: z.number(), max: z.number() })),
  tools: z.nullable(z.array(toolStatus)),
});
export type Status = z.infer<typeof status>;

export const tools = z.object({
  tools: z.array(
    z.object({ name: z.string(), title: z.string(), description: z.string(), input_schema: z.unknown() }),
  ),
});
export type Tool = z.infer<typeof tools>['tools'][number];

export const toolAnswer = z.object({ is_error: z.boolean(), text: z.string(), duration_ms: z.number() });
export type ToolAnswer = z.infer<typeof toolAnswer>;

const auditRecord = z.object({
  time,
  key_id: z.string(),
  key_name: z.string(),
  action: z.string(),
  query: z.string(),
  window: z.nullable(z.object({ from: time, to: time })),
  rows: count,
  duration_ms: z.number(),
  outcome: z.string(),
});
export type AuditRecord = z.infer<typeof auditRecord>;
export const audit = z.object({ records: z.array(auditRecord), has_more: z.boolean() });
export type Audit = z.infer<typeof audit>;

export const failure = z.object({
  error: z.string(),
  code: z.string(),
  field: z.optional(z.string()),
});
