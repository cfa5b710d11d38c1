import type { WrongCall } from '../wrong-call.ts';

const logs = (args: WrongCall['args'], says: string, right: WrongCall['args']): WrongCall => ({
  tool: 'search-logs',
  args,
  says,
  right,
});

const analysis = (args: WrongCall['args'], says: string, right: WrongCall['args']): WrongCall => ({
  tool: 'analyze-traces',
  args,
  says,
  right,
});

const changes = (args: WrongCall['args'], says: string, right: WrongCall['args']): WrongCall => ({
  tool: 'get-kubernetes-changes',
  args,
  says,
  right,
});

const takenAnalysis = (args: WrongCall['args'], says?: string): WrongCall => ({
  tool: 'analyze-traces',
  args,
  ...(says !== undefined && { says }),
  taken: true,
});

const lastHour = { from_time: 'now-1h' };

/** Unknown parameters, wrong types of them, times, steps and aggregations. */
export const wrongArguments: readonly WrongCall[] = [
  logs({ filter: 'level = ERROR' }, '"filters"', { filters: 'level = ERROR' }),
  logs({ query: 'level = ERROR' }, '"filters"', { filters: 'level = ERROR' }),
  logs({ where: 'level = ERROR' }, '"filters"', { filters: 'level = ERROR' }),
  logs({ start: 'now-1h' }, '"from_time"', lastHour),
  logs({ start_time: 'now-1h' }, '"from_time"', lastHour),
  logs({ from: 'now-1h' }, '"from_time"', lastHour),
  logs({ since: '1h' }, '"from_time"', lastHour),
  logs({ end: 'now' }, '"to_time"', { to_time: 'now' }),
  logs({ endTime: 'now' }, '"to_time"', { to_time: 'now' }),
  logs({ until: 'now' }, '"to_time"', { to_time: 'now' }),
  logs({ time_range: '1h' }, '"from_time"', lastHour),
  logs({ sort: 'desc' }, '"order"', { order: 'newest' }),
  logs({ order_by: 'timestamp' }, '"order"', { order: 'newest' }),
  logs({ order: 'desc' }, '"newest"', { order: 'newest' }),
  logs({ columns: ['level'] }, '"fields"', { fields: ['level'] }),
  logs({ size: 5 }, '"limit"', { limit: 5 }),
  logs({ maxTokens: 2000 }, '"max_tokens"', { max_tokens: 2000 }),
  logs({ namespace: 'payments' }, 'namespace = "payments"', { filters: 'namespace = "payments"' }),
  logs({ level: 'ERROR' }, 'level = "ERROR"', { filters: 'level = "ERROR"' }),
  logs({ groupBy: ['level'] }, 'analyze-logs', {}),
  analysis({ group_by: ['service'] }, '"groupBy"', { groupBy: ['service'] }),
  analysis({ by: ['service'] }, '"groupBy"', { groupBy: ['service'] }),
  analysis({ query_type: 'instant' }, '"queryType"', { queryType: 'instant' }),
  analysis({ agg: { function: 'count' } }, '"aggregation"', { aggregation: { function: 'count' } }),
  analysis({ interval: '5m' }, '"step"', { queryType: 'range', step: '5m' }),
  {
    tool: 'analyze-metrics',
    args: { expr: 'shop_orders_total' },
    says: '"promql"',
    right: { promql: 'shop_orders_total' },
  },
  {
    tool: 'analyze-metrics',
    args: { metric: 'shop_orders_total' },
    says: '"promql"',
    right: { promql: 'shop_orders_total' },
  },
  {
    tool: 'analyze-metrics',
    args: { promql: 'shop_orders_total', groupBy: ['cluster'] },
    says: 'by (cluster)',
    right: { promql: 'sum by (cluster) (shop_orders_total)' },
  },
  {
    tool: 'analyze-metrics',
    args: { promql: 'shop_orders_total', filters: 'cluster = prod-eu' },
    says: '{',
    right: { promql: 'shop_orders_total{cluster="prod-eu"}' },
  },
  { tool: 'analyze-metrics', args: {}, says: 'promql', right: { promql: 'shop_orders_total' } },
  {
    tool: 'get-trace-or-log-fields',
    args: { signal: 'logs' },
    says: '"datasource"',
    right: { datasource: 'logs' },
  },
  { tool: 'get-trace-or-log-fields', args: {}, says: '"logs"', right: { datasource: 'logs' } },
  {
    tool: 'get-trace-or-log-fields',
    args: { datasource: 'log' },
    says: '"logs"',
    right: { datasource: 'logs' },
  },
  { tool: 'get-trace-or-log-fields', args: { datasource: 'metrics' }, says: 'get-metric-labels' },

  logs({ filters: { level: 'ERROR' } }, "level = 'ERROR'", { filters: "level = 'ERROR'" }),
  logs({ filters: ['level = ERROR', 'namespace = payments'] }, 'level = ERROR AND namespace = payments', {
    filters: 'level = ERROR AND namespace = payments',
  }),
  logs({ filters: [{ field: 'level', operator: '=', value: 'ERROR' }] }, "level = 'ERROR'", {
    filters: "level = 'ERROR'",
  }),
  logs({ limit: 'ten' }, 'from 1 to 10', { limit: 10 }),
  logs({ limit: 0 }, 'from 1 to 10', { limit: 1 }),
  logs({ limit: 2.5 }, 'from 1 to 10', { limit: 2 }),
  logs({ fields: 5 }, 'a list', { fields: ['level'] }),
  { tool: 'search-logs', args: { fields: [{ name: 'level' }] }, taken: true },
  logs({ format: 'text' }, '"compact"', { format: 'compact' }),
  logs({ max_tokens: 10 }, 'from 1000', { max_tokens: 1000 }),
  { tool: 'search-logs', args: { limit: 500 }, says: 'lowered to 10', taken: true },
  { tool: 'search-logs', args: { fields: 'level, body' }, taken: true },
  { tool: 'search-logs', args: { limit: '5' }, taken: true },
  { tool: 'search-logs', args: { order: 'NEWEST' }, taken: true },

  analysis({ aggregation: 'p99' }, '{"function":"p99","field":"duration"}', {
    aggregation: { function: 'p99', field: 'duration' },
  }),
  analysis({ aggregation: 'avg(duration)' }, '{"function":"avg","field":"duration"}', {
    aggregation: { function: 'avg', field: 'duration' },
  }),
  analysis({ aggregation: { type: 'avg', field: 'duration' } }, '{"function":"avg","field":"duration"}', {
    aggregation: { function: 'avg', field: 'duration' },
  }),
  analysis({ aggregation: { avg: 'duration' } }, '{"function":"avg","field":"duration"}', {
    aggregation: { function: 'avg', field: 'duration' },
  }),
  analysis({ aggregation: { function: 'avg' } }, '{"function":"avg","field":"duration"}', {
    aggregation: { function: 'avg', field: 'duration' },
  }),
  analysis({ aggregation: { function: 'p98', field: 'duration' } }, 'p99', {
    aggregation: { function: 'p99', field: 'duration' },
  }),
  analysis({ aggregation: { function: 'percentile', field: 'duration' } }, 'p99', {
    aggregation: { function: 'p99', field: 'duration' },
  }),
  analysis({ aggregation: { function: 'p99.9', field: 'duration' } }, 'p99', {
    aggregation: { function: 'p99', field: 'duration' },
  }),
  analysis({ aggregation: { function: 'quantile(0.99)', field: 'duration' } }, 'p99', {
    aggregation: { function: 'p99', field: 'duration' },
  }),
  analysis({ aggregation: { function: 'median', field: 'duration' } }, 'p50', {
    aggregation: { function: 'p50', field: 'duration' },
  }),
  analysis({ aggregation: { function: 'mean', field: 'duration' } }, 'avg', {
    aggregation: { function: 'avg', field: 'duration' },
  }),
  analysis({ aggregation: { function: 'count_distinct', field: 'service' } }, 'unique_count', {
    aggregation: { function: 'unique_count', field: 'service' },
  }),
  analysis({ aggregation: { function: 'rate' } }, 'queryType', { queryType: 'range' }),
  analysis({ aggregation: { function: 'error_rate' } }, 'status = error', { filters: 'status = error' }),
  analysis({ aggregation: { function: 'stddev', field: 'duration' } }, 'avg', {
    aggregation: { function: 'avg', field: 'duration' },
  }),
  analysis({ aggregation: { function: 'p99', field: 'operation_name' } }, 'duration', {
    aggregation: { function: 'p99', field: 'duration' },
  }),
  analysis({ aggregation: { function: 'avg', field: 'service' } }, 'unique_count', {
    aggregation: { function: 'unique_count', field: 'service' },
  }),
  analysis({ aggregation: { function: 'max', field: 'timestamp' } }, 'order', {}),
  analysis({ aggregation: { function: 'avg', field: 'latency' } }, 'duration', {
    aggregation: { function: 'avg', field: 'duration' },
  }),
  analysis({ aggregation: { function: 'avg', fields: ['duration', 'duration_ms'] } }, 'one call for each', {
    aggregation: { function: 'avg', field: 'duration' },
  }),
  takenAnalysis({ aggregation: { function: 'COUNT' } }),
  takenAnalysis({ aggregation: { function: 'p99', fields: [{ field: 'duration', type: 'float' }] } }),
  takenAnalysis({ aggregation: '{"function":"p99","field":"duration"}' }),
  takenAnalysis({ groupBy: 'service' }),
  takenAnalysis({ step: '5m' }, 'queryType "range"'),
  takenAnalysis({ aggregation: { function: 'count', field: 'duration' } }, 'plays no part'),
  analysis({ queryType: 'timeseries' }, '"range"', { queryType: 'range' }),
  analysis({ queryType: 'range', step: 'auto' }, '5m', { queryType: 'range', step: '5m' }),
  analysis({ queryType: 'range', step: '1minute' }, '1m', { queryType: 'range', step: '1m' }),
  analysis({ queryType: 'range', step: '-5m' }, '5m', { queryType: 'range', step: '5m' }),
  analysis({ queryType: 'range', step: '1ms' }, '4s', { queryType: 'range', step: '4s' }),

  changes({ kinds: ['oomkilled'] }, 'oom_kill', { kinds: ['oom_kill'] }),
  changes({ kinds: ['rollouts'] }, 'rollout', { kinds: ['rollout'] }),
  changes({ kinds: ['crash'] }, 'restart', { kinds: ['restart'] }),
  changes({ filters: 'namespace = payments' }, 'namespace, workload', { namespace: 'payments' }),
  changes({ since: '1h' }, '"from_time"', lastHour),
  changes({ ns: 'payments' }, 'namespace, workload', { namespace: 'payments' }),
  changes({ reason: 'BackOff' }, 'kinds', { kinds: ['restart'] }),
  { tool: 'get-kubernetes-changes', args: { kind: 'Image-Pull', deployment: 'checkout' }, taken: true },

  ...(
    [
      ['yesterday', 'now-1d'],
      ['last hour', 'now-1h'],
      ['1 hour ago', 'now-1h'],
      ['30 minutes ago', 'now-30m'],
      ['2h ago', 'now-2h'],
      ['now - 1 hour', 'now-1h'],
      ['now-1hour', 'now-1h'],
      ['-15min', 'now-15m'],
      ['now-60', 'now-60s'],
      ['PT1H', 'now-1h'],
      ['P1D', 'now-1d'],
      ['now()-1h', 'now-1h'],
      ['today', '2025-06-15T00:00:00Z'],
      ['06/15/2025', '2025-06-15'],
      ['15.06.2025 11:50', '2025-06-15'],
      ['Jun 15 2025', '2025-06-15'],
      ['11:50', '2025-06-15T11:50'],
      ['2025-06-15T02:50:00 PST', '2025-06-15T02:50:00-08:00'],
      ['2025-6-15', '2025-06-15'],
    ] as const
  ).map(([from_time, right]) => ({
    tool: 'search-logs',
    args: { from_time },
    says: right,
    right: { from_time: right },
  })),
  logs({ from_time: '2025-13-01' }, '2025-06-30T14:05:00Z', { from_time: '2025-06-15' }),
  logs({ from_time: '2025-06-31T00:00:00Z' }, '2025-06-30T14:05:00Z', { from_time: '2025-06-15' }),
  logs({ from_time: 'now', to_time: 'now-1h' }, 'must be before', { from_time: 'now-1h', to_time: 'now' }),
  logs({ from_time: 'now-1h', to_time: 'now-1h' }, 'must be before', { from_time: 'now-1h', to_time: 'now' }),
];
