import { casesOf, type ToolCase } from '../case.ts';
import { origins } from '../origins.ts';
import { childIn, ownTraceOf, rootIn, sharedTraces } from '../telemetry.ts';

const [, first = {}] = origins;
const [trace, ...otherTraces] = sharedTraces;

/** A span of the first hidden origin: below a visible one, and alone. */
const hiddenSpans = ['cafe1277777777777', 'cafe14777777777', 'cafe199777777777'].map((id) =>
  id.slice(0, 16).padEnd(16, '7'),
);

const around = { from_time: 'now-6h', to_time: 'now+1h' };
const hiddenAlone = { from_time: 'now-4h', to_time: 'now-2h' };

const traceCases = casesOf('get-trace', [
  ...[trace, ...otherTraces, ownTraceOf(first)].map((trace_id) => ({ trace_id })),
  ...[rootIn(0), childIn(0), ...hiddenSpans, '00000000000000ff', 'cafe127777777770'].map((span_id) => ({
    trace_id: trace,
    span_id,
  })),
  { trace_id: trace, max_tokens: 1000 },
  ...['slowest', 'typical', 'first_failed'].flatMap((pick) => [
    { pick },
    { pick, ...around },
    { pick, ...hiddenAlone },
    { pick, filters: 'status = error' },
    { pick, filters: 'workload = cart' },
    { pick, filters: 'namespace = "canarybank" OR namespace = "shop"' },
    { pick, filters: 'operation_name LIKE "canary%"' },
  ]),
  { filters: `trace_id = "${ownTraceOf(first)}"` },
  { filters: 'span_id =~ "^cafe"' },
  { filters: 'parent_span_id =~ "^cafe"' },
  { filters: 'parent_span_id = "00000000000000ff"' },
  { filters: 'duration > 5s' },
]);

const mapCases = casesOf('get-service-map', [
  {},
  around,
  hiddenAlone,
  { from_time: 'now-3m', to_time: 'now-1m' },
  ...['cart', 'stock', 'canarybank/cart', 'canaryeubank-svc', 'car'].map((workload) => ({ workload })),
  { filters: 'status = error' },
  { filters: 'role = client' },
  { filters: 'namespace = "canarybank"' },
  { filters: 'client_namespace = "canarybank"' },
  { filters: 'server = cart' },
  { filters: 'parent_span_id = "00000000000000ff"' },
  { limit: 1 },
]);

const fields = [
  ...['namespace', 'cluster', 'workload', 'service', 'pod_name', 'trace_id', 'timestamp'],
  ...['@tenant', '@team', '@k8s.namespace.name', 'tenant', '@canaryeubank.resource', 'canaryeubank.resourc'],
];
const traceFields = ['server', 'client', 'server_namespace', 'duration', 'operation_name', 'parent_span_id'];
const valueCases = casesOf('get-field-values', [
  ...['logs', 'traces'].flatMap((datasource) => [
    ...fields.map((field) => ({ datasource, field })),
    ...['canary', 'cart', 'CANARYEUBANK', 'shp'].map((search) => ({ datasource, field: 'workload', search })),
    ...['canary', 'acm'].map((search) => ({ datasource, field: '@tenant', search })),
    { datasource, field: 'namespace', ...around, limit: 1 },
    { datasource, field: 'namespace', ...hiddenAlone },
    { datasource, field: 'workload', filters: 'namespace = "canarybank"' },
  ]),
  ...traceFields.map((field) => ({ datasource: 'traces', field, ...around })),
  ...['level', 'body', 'body_length', '@amount'].map((field) => ({ datasource: 'logs', field, ...around })),
]);

const patternCases = casesOf('find-log-patterns', [
  {},
  around,
  hiddenAlone,
  { baseline_from: 'now-2h' },
  { from_time: 'now-30m', baseline_from: 'now-60m' },
  { from_time: 'now-30m', baseline_from: 'now-4h', baseline_to: 'now-2h' },
  { ...hiddenAlone, baseline_from: 'now-6h' },
  { from_time: 'now-30m', baseline_to: 'now-29m' },
  { from_time: 'now-10m', to_time: 'now-4m', limit: 1 },
  { filters: 'level >= WARN' },
  { filters: 'level = FATAL', baseline_from: 'now-2h' },
  { filters: 'body LIKE "%canary%"' },
  { filters: 'namespace = "canarybank"', baseline_from: 'now-2h' },
  { filters: `trace_id = "${trace}"` },
  { max_tokens: 1000 },
]);

export const investigationCases: readonly ToolCase[] = [
  ...traceCases,
  ...mapCases,
  ...valueCases,
  ...patternCases,
];
