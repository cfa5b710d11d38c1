import { times } from './data.mjs';

const second = 1_000_000_000n;
const iso = (ns) => new Date(Number(ns / 1_000_000n)).toISOString();

/**
 * The window of a round: each begins and ends a second later than the one before, so that no answer can be one
 * that the engine has kept.
 */
function windowOf({ from, to }, round) {
  const later = BigInt(round) * second;
  return { from_time: iso(from + later), to_time: iso(to + later) };
}

const p99 = { function: 'p99', fields: [{ field: 'duration_ms' }] };

/** Calls of each tool; `args` takes the window of the round, and the id of a trace that is in it. */
const questions = [
  ['get-trace-or-log-fields', 'traces', () => ({ datasource: 'traces' })],
  ['get-trace-or-log-fields', 'logs', () => ({ datasource: 'logs' })],
  ['search-logs', 'the newest', () => ({})],
  ['search-logs', 'a rare word', () => ({ filters: "body LIKE '%unexpected end of stream%'" })],
  ['search-logs', 'part of a word', () => ({ filters: "body =~ 'xpected e.d of'" })],
  ['search-logs', 'nothing matches', () => ({ filters: 'workload = cart AND body LIKE "%no such text%"' })],
  ['search-traces', 'errors', () => ({ filters: 'status = error' })],
  ['search-traces', 'the slowest', () => ({ order: 'slowest' })],
  ['search-traces', 'an attribute', () => ({ filters: "@customer.id = 'c-1234'" })],
  ['analyze-logs', 'by workload and level', () => ({ queryType: 'instant', groupBy: ['workload', 'level'] })],
  [
    'analyze-logs',
    'errors over time',
    () => ({ queryType: 'range', filters: 'level >= ERROR', groupBy: ['workload'], limit: 5 }),
  ],
  [
    'analyze-traces',
    'p99 by workload',
    () => ({ queryType: 'instant', groupBy: ['workload'], aggregation: p99 }),
  ],
  [
    'analyze-traces',
    'p99 over time',
    () => ({ queryType: 'range', step: '5m', groupBy: ['workload'], aggregation: p99, limit: 5 }),
  ],
  [
    'analyze-traces',
    'customers',
    () => ({
      queryType: 'instant',
      aggregation: { function: 'unique_count', fields: [{ field: '@customer.id' }] },
      groupBy: ['@http.route'],
    }),
  ],
  [
    'analyze-telemetry',
    'share of failed spans',
    () => ({
      queryType: 'instant',
      queries: {
        A: { datasource: 'traces', filters: 'status = error', groupBy: ['workload'] },
        B: { datasource: 'traces', groupBy: ['workload'] },
        C: { datasource: 'formula', expression: 'A / B * 100' },
      },
    }),
  ],
  ['get-available-metrics', 'all', () => ({}), 'no window'],
  ['get-metric-labels', 'one', (window) => ({ metric_name: 'container_cpu_time_seconds_total', ...window })],
  [
    'analyze-metrics',
    'CPU by pod',
    () => ({
      queryType: 'range',
      step: '1m',
      promql: 'topk(5, sum by (pod) (rate(container_cpu_time_seconds_total[5m])))',
    }),
  ],
  ['get-trace', 'by id', (_, { traceId }) => ({ trace_id: traceId }), 'no window'],
  ['get-trace', 'the slowest', () => ({ pick: 'slowest' })],
  ['get-trace', 'typical', () => ({ pick: 'typical', filters: 'workload = checkout AND role = server' })],
  ['get-trace', 'first failed', () => ({ pick: 'first_failed', filters: 'workload = cart' })],
  ['get-field-values', 'workloads', () => ({ datasource: 'traces', field: 'workload' })],
  ['get-field-values', 'attribute of spans', () => ({ datasource: 'traces', field: '@customer.id' })],
  ['get-field-values', 'attribute of resources', () => ({ datasource: 'logs', field: '@k8s.pod.uid' })],
  ['get-field-values', 'part of a path', () => ({ datasource: 'traces', field: '@url.path', search: '12' })],
  ['get-field-values', 'bodies', () => ({ datasource: 'logs', field: 'body', search: 'stream' })],
  ['find-log-patterns', 'the hour', () => ({})],
  ['find-log-patterns', 'with a baseline', (_, { baseline }) => ({ baseline_from: baseline.from_time })],
  [
    'find-log-patterns',
    'warnings with a baseline',
    (_, { baseline }) => ({ filters: 'level >= WARN', baseline_from: baseline.from_time }),
  ],
  ['get-service-map', 'whole', () => ({})],
  ['get-service-map', 'around one', () => ({ workload: 'checkout' })],
  ['compare-windows', 'by itself', () => ({})],
  [
    'compare-windows',
    'with a baseline',
    (_, { baseline }) => ({ baseline_from: baseline.from_time, baseline_to: baseline.to_time }),
  ],
  ['get-kubernetes-changes', 'the hour', () => ({})],
];

/** What is asked: each with its tool, its name, and the arguments of a round. */
export const calls = questions.map(([tool, title, args, kind]) => ({
  tool,
  title,
  argumentsOf(round, traceId) {
    const window = windowOf(times.window, round);
    const baseline = windowOf(times.baseline, round);
    return { ...(kind === undefined && window), ...args(window, { traceId, baseline }) };
  },
}));

/**
 * What a plain scan of the hour costs: it reads the columns that make a record, and nothing is kept of them.
 * Times on other machines can be set beside it.
 */
export function scanOf(signal, round) {
  const { from, to } = times.window;
  const later = BigInt(round) * second;
  const columns = {
    traces: 'Timestamp, TraceId, SpanId, ParentSpanId, SpanName, Duration',
    logs: 'Timestamp, TraceId, SpanId, Body',
  }[signal];
  return `SELECT toString(count()), toString(sum(sipHash64(${columns}))) FROM otel_${signal} WHERE Timestamp >= fromUnixTimestamp64Nano(${from + later}) AND Timestamp < fromUnixTimestamp64Nano(${to + later})`;
}

/** A trace of the hour, in the middle of it. */
export const aTrace = `SELECT TraceId FROM otel_traces WHERE Timestamp >= fromUnixTimestamp64Nano(${times.window.from + 2400n * second}) AND ParentSpanId = '' ORDER BY toStartOfFiveMinutes(Timestamp), Timestamp LIMIT 1`;
