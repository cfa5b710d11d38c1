import type { ToolCase } from '../case.ts';
import { origins } from '../origins.ts';
import { ownTraceOf, sharedTraces } from '../telemetry.ts';

const [, first = {}] = origins;

/** Filters for both signals. */
export const filters: readonly string[] = [
  'namespace = "shop"',
  'namespace = "canarybank"',
  'namespace = "canarybnk"',
  'namespace != "shop"',
  'NOT namespace = "shop"',
  'namespace =~ "canary.*|shop"',
  'namespace =~ ".*"',
  'namespace !~ "^shop$"',
  'namespace LIKE "%"',
  'namespace NOT LIKE "shop"',
  'namespace ILIKE "CANARY%"',
  'namespace IN ("shop", "canarybank", "shop-canarytwo")',
  'namespace NOT IN ("shop")',
  'namespace IS NULL',
  'namespace = ""',
  'namespace > "a"',
  'namespace BETWEEN "a" AND "z"',
  'cluster = "canaryus"',
  'cluster != "eu"',
  'cluster IS NULL OR cluster =~ "us$"',
  'namespace = "shop" OR namespace = "canarybank"',
  'workload = cart',
  'workload = "cart" AND NOT (cluster = "eu" AND namespace = "shop")',
  'pod_name LIKE "%pod"',
  'pod_name = "canaryeubank-po"',
  'service =~ "canary"',
  'node_name LIKE "canary%"',
  'container_name != "app"',
  'region != "eu-1"',
  'app_version != "1.0.0"',
  '@k8s.namespace.name = "shop"',
  '@k8s.namespace.name = "canarybank"',
  '@k8s.namespace.name != "shop"',
  '@k8s.cluster.name = "eu"',
  '@tenant != "acme"',
  '@tenant = "canaryeubank-tenan"',
  'tenant =~ "canary"',
  '@team != "buyers"',
  '@canaryeubank.resource = "canaryeubank-resource-value"',
  '@canaryeubank.resource IS NOT NULL',
  'canaryeubank.resource = x',
  'canaryusshop.resourc = x',
  '@canaryusshop.resourc = x',
  'canarynone.resource =~ ".*"',
  'canary = 1',
  `trace_id = "${sharedTraces[0]}"`,
  `trace_id = "${ownTraceOf(first)}"`,
  'trace_id =~ "^cafe"',
  'span_id =~ "^cafe"',
  'timestamp > "2026-11-23T07:59:30Z"',
  'tenant = "acme" AND namespace = "canarybank" AND workload = "cart"',
];

export const logFilters: readonly string[] = [
  'level = FATAL',
  'level >= ERROR AND body LIKE "%timeout%"',
  'body =~ "canary"',
  'body LIKE "%order 3%" AND level != WARN',
  'body_length > 30',
  'body_length > 100000',
  '@amount > 500',
  '@amount >= 0',
  'amount != 5',
  '@order.id = "canaryeubank-order-1"',
  '@order.id = "canaryeubank-order-9999"',
  'order.id LIKE "%order-1"',
  '@canarytwo.attribute = "canarytwo-value"',
  'canarytwo.attribut = 1',
  '@peer.pod = "cart-7c9d8bcdf-x2x4z"',
  'level = FATAL AND namespace = "shop" AND order.id = "none"',
];

export const traceFilters: readonly string[] = [
  'status = error',
  'status_message LIKE "%canary%"',
  'status_message = "canaryeubank-status-messag"',
  'duration > 5s',
  'duration > 1h',
  'duration_ms BETWEEN 5000 AND 9000',
  'return_code >= 500',
  'return_code = "599"',
  'return_code LIKE "5%"',
  'protocol_type != HTTP',
  'protocol_type = "canaryeubank-protoco"',
  'subtype =~ "canary"',
  'clustered_resource != "/cart"',
  'operation_name = "canaryeubank-operation"',
  'operation_name = "canaryeubank-operatio"',
  'server = cart',
  'client = cart',
  'server_namespace = shop',
  'server_namespace = "canarybank"',
  'client_namespace = "canarybank"',
  'client_namespace != shop',
  'client_namespace IS NOT NULL AND server_namespace IS NOT NULL',
  '@server.address = "cart.shop.svc.cluster.local"',
  'parent_span_id = ""',
  'parent_span_id = "00000000000000ff"',
  'span_id = "00000000000000ff"',
  'parent_span_id =~ "^cafe"',
  'parent_span_id = "0000000000000010"',
  'role = client AND NOT operation_name = "call stock"',
  '@canarytwo.span.attribute IS NOT NULL',
];

/** Windows in which hidden records alone lie, or that hold more of them. */
const windows = [
  { from_time: 'now-4h', to_time: 'now-2h' },
  { from_time: 'now', to_time: 'now+2h' },
  { from_time: 'now-10s' },
  { from_time: 'now-59m30s', to_time: 'now-58m' },
  { from_time: 'now-30d', to_time: 'now+30d' },
  { from_time: 'now-31m', to_time: 'now-29m' },
];

const fields = [
  ['namespace', 'cluster', '@k8s.namespace.name', '@tenant', '@team', 'region'],
  ['@canaryeubank.resource', 'canaryusshop.resource', '@canarynone.resource'],
  ['canaryeubank.resourc'],
  ['tenan'],
];

const both = ['logs', 'traces'].flatMap((signal): ToolCase[] => {
  const tool = `search-${signal}`;
  return [
    ...filters.map((text) => ({
      tool,
      args: { filters: text, fields: ['namespace', 'cluster', '@tenant'] },
    })),
    ...windows.map((window) => ({ tool, args: window })),
    ...windows.map((window) => ({
      tool,
      args: { ...window, filters: 'namespace = "canarybnk" AND tenant = acm' },
    })),
    ...fields.map((asked) => ({ tool, args: { fields: asked } })),
    { tool, args: {} },
    { tool, args: { limit: 500 } },
    { tool, args: { limit: 3 }, pages: true },
    { tool, args: { order: 'oldest', limit: 7 }, pages: true },
    { tool, args: { order: 'oldest', from_time: 'now-30d', to_time: 'now+1d' }, pages: true },
    { tool, args: { filters: 'tenant = acme', max_tokens: 1000 } },
  ];
});

export const searchCases: readonly ToolCase[] = [
  ...both,
  ...logFilters.map((text) => ({ tool: 'search-logs', args: { filters: text } })),
  ...traceFilters.map((text) => ({
    tool: 'search-traces',
    args: { filters: text, fields: ['server', 'client', 'server_namespace', 'client_namespace'] },
  })),
  { tool: 'search-traces', args: { order: 'slowest' } },
  { tool: 'search-traces', args: { order: 'slowest', limit: 2 }, pages: true },
  { tool: 'search-traces', args: { order: 'slowest', filters: 'status = error', limit: 1 }, pages: true },
];
