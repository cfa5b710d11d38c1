/** A question to a tool, as an assistant asks it. */
export interface Question {
  /** What a person would ask. */
  readonly asks: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** The case of test/trainticket that computed the numbers from the recorded files, whose arguments these are. */
  readonly computed?: string;
}

const whole = { from_time: '2023-01-29T08:40:00Z', to_time: '2023-01-29T10:30:00Z' };

/** By tool; the clock of the server says 2023-01-29 10:30:00. */
export const questions: Readonly<Record<string, readonly Question[]>> = {
  'compare-windows': [
    {
      asks: 'Why do bookings fail since 08:57? They were fine at 08:48.',
      args: {
        from_time: '2023-01-29T08:57:16Z',
        to_time: '2023-01-29T09:01:16Z',
        baseline_from: '2023-01-29T08:48:00Z',
        baseline_to: '2023-01-29T08:51:00Z',
      },
    },
    {
      asks: 'What is wrong with food since 09:29?',
      args: {
        from_time: '2023-01-29T09:29:09Z',
        to_time: '2023-01-29T09:33:09Z',
        workload: 'ts-food-service',
      },
    },
    {
      asks: 'Did anything change within the first minutes?',
      args: { from_time: '2023-01-29T08:49:30Z', to_time: '2023-01-29T08:51:00Z' },
    },
    {
      asks: 'A workload with a typo.',
      args: {
        from_time: '2023-01-29T09:29:09Z',
        to_time: '2023-01-29T09:33:09Z',
        workload: 'ts-food-servce',
      },
    },
    {
      asks: 'As JSON, the strongest.',
      args: {
        from_time: '2023-01-29T09:24:39Z',
        to_time: '2023-01-29T09:28:39Z',
        limit: 3,
        format: 'json',
      },
    },
  ],
  'get-trace-or-log-fields': [
    {
      asks: 'What can I filter logs by that has to do with Kubernetes?',
      args: { datasource: 'logs', search: 'k8s', from_time: '-2h' },
    },
    {
      asks: 'Which HTTP attributes do spans have?',
      args: { datasource: 'traces', search: 'http', ...whole },
    },
    { asks: 'Do logs have a duration?', args: { datasource: 'logs', search: 'duration', ...whole } },
    { asks: 'A name with a typo.', args: { datasource: 'traces', search: 'http.rouet', ...whole } },
    { asks: 'As JSON.', args: { datasource: 'traces', search: 'messaging', ...whole, format: 'json' } },
  ],
  'get-available-metrics': [
    { asks: 'Which metrics are there?', args: {} },
    { asks: 'What is known of the memory of pods?', args: { keyword: 'pod memory' } },
    { asks: 'The first three of the cluster.', args: { keyword: 'k8s', limit: 3 } },
    { asks: 'Two words that no metric has together.', args: { search_keywords: ['cpu', 'memory'] } },
    { asks: 'A word with a typo.', args: { keyword: 'memroy' } },
    { asks: 'As JSON.', args: { keyword: 'node', format: 'json' } },
  ],
  'get-metric-labels': [
    {
      asks: 'What labels does a metric of nodes have?',
      args: { metric_name: 'k8s_node_cpu_utilization_ratio' },
    },
    {
      asks: 'And one of pods, in the last half hour?',
      args: { metric_name: 'k8s_pod_network_io_rate_bytes_per_second', from_time: 'now-30m' },
    },
    { asks: 'A metric without its unit.', args: { metric_name: 'k8s_pod_memory_usage' } },
    { asks: 'As JSON.', args: { metric_name: 'nezha_frontend_latency_seconds', format: 'json' } },
  ],
  'search-logs': [
    {
      asks: 'Show me the newest errors of the basic service.',
      args: { ...whole, filters: "workload = 'ts-basic-service' AND level = ERROR", limit: 3 },
    },
    {
      asks: 'What are the oldest errors of all?',
      args: {
        ...whole,
        filters: 'level = ERROR',
        order: 'oldest',
        limit: 3,
        fields: ['workload', 'trace_id'],
      },
    },
    { asks: 'Newest errors.', args: {}, computed: 'logs: newest errors' },
    { asks: 'The log lines of one trace.', args: {}, computed: 'logs: one trace' },
    {
      asks: 'A service with a typo.',
      args: { ...whole, filters: 'level = ERROR AND workload = ts-basic-servce' },
    },
    {
      asks: 'A text in the wrong case, without wildcards.',
      args: { ...whole, filters: "body LIKE 'no instances available'" },
    },
    {
      asks: 'A window in a pause of the recording.',
      args: { from_time: '2023-01-29T10:15:00Z', to_time: '2023-01-29T10:18:00Z' },
    },
  ],
  'search-traces': [
    { asks: 'What was slowest?', args: { ...whole, order: 'slowest', limit: 5 } },
    { asks: 'Slowest, computed.', args: {}, computed: 'traces: slowest' },
    { asks: 'Newest root spans.', args: {}, computed: 'traces: newest roots' },
    {
      asks: 'Calls of a route, a few columns.',
      args: {
        from_time: '-30m',
        filters: "service = ts-order-service AND @http.route LIKE '/api/v1/orderservice/%'",
        fields: ['operation_name', 'duration'],
        limit: 4,
      },
    },
    { asks: 'Spans over an hour.', args: { ...whole, filters: 'duration > 1h' } },
    {
      asks: 'Failed spans, which the recording does not have.',
      args: { ...whole, filters: 'status = error AND service = ts-order-service' },
    },
  ],
  'analyze-logs': [
    {
      asks: 'Which services have the most errors?',
      args: {},
      computed: 'logs: services with the most errors',
    },
    {
      asks: 'Logs by two keys, cut at five groups.',
      args: {},
      computed: 'logs: two keys, cut at five groups',
    },
    { asks: 'Levels over time.', args: {}, computed: 'logs: levels every 5 minutes' },
    {
      asks: 'A window that is no multiple of the step.',
      args: {},
      computed: 'logs: a window that is no multiple of the step',
    },
    { asks: 'How many logs are there?', args: {}, computed: 'logs: all' },
    {
      asks: 'The last hour, every quarter of one.',
      args: { queryType: 'range', step: '15m', filters: 'level = ERROR' },
    },
    {
      asks: 'Nothing in a namespace that there is not.',
      args: { ...whole, filters: 'namespace = default', groupBy: ['workload'] },
    },
  ],
  'analyze-traces': [
    { asks: 'p99 of each service in ms.', args: {}, computed: 'traces: p99 in ms of every service' },
    {
      asks: 'p99 of the slowest services over time.',
      args: {},
      computed: 'traces: p99 every 5 minutes of the three slowest services',
    },
    {
      asks: 'Spans over a second by workload.',
      args: {},
      computed: 'traces: workloads with spans over a second',
    },
    {
      asks: 'Spans by two attributes that are often missing.',
      args: {},
      computed: 'traces: by two attributes that are often missing',
    },
    {
      asks: 'A field that no span has a value of.',
      args: { ...whole, aggregation: { function: 'avg', field: 'return_code' } },
    },
  ],
  'analyze-metrics': [
    {
      asks: 'Which pods had the most memory?',
      args: {
        ...whole,
        promql: 'topk(5, max by (workload) (max_over_time(k8s_pod_memory_usage_bytes[110m])))',
      },
    },
    {
      asks: 'Memory of the nodes over time.',
      args: {
        ...whole,
        promql: 'max by (node) (k8s_node_memory_utilization_ratio)',
        queryType: 'range',
        step: '20m',
        limit: 3,
      },
    },
    { asks: 'How many pods?', args: { ...whole, promql: 'count(k8s_pod_cpu_usage)' } },
    {
      asks: 'A label with a typo.',
      args: { ...whole, promql: 'sum by (podd) (k8s_pod_memory_usage_bytes)' },
    },
    {
      asks: 'A comparison that nothing meets.',
      args: { ...whole, promql: 'k8s_pod_memory_usage_bytes > 1e12' },
    },
    {
      asks: 'A value of a label with a typo.',
      args: { ...whole, promql: 'k8s_pod_cpu_usage{workload="ts-basic-servce"}' },
    },
    {
      asks: 'Nodes and pods, which have no equal labels.',
      args: { ...whole, promql: 'k8s_pod_memory_usage_bytes * k8s_node_memory_utilization_ratio' },
    },
  ],
  'analyze-telemetry': [
    {
      asks: 'Errors in percent of the logs of each service.',
      args: { limit: 5 },
      computed: 'errors in percent of the logs of each service',
    },
    {
      asks: 'Error rates of two workloads side by side.',
      args: {},
      computed: 'error rates of two workloads side by side',
    },
    {
      asks: 'Errors in percent of all logs, every 10 minutes.',
      args: {},
      computed: 'errors in percent of all logs, every 10 minutes',
    },
    {
      asks: 'Errors for each gigabyte of memory of each pod.',
      args: { limit: 5 },
      computed: 'errors for each gigabyte of memory of each pod',
    },
    {
      asks: 'Logs, spans and memory of a service side by side.',
      args: {
        ...whole,
        queryType: 'range',
        step: '30m',
        queries: {
          errors: { datasource: 'logs', filters: 'workload = ts-basic-service AND level = ERROR' },
          p99: {
            datasource: 'traces',
            filters: 'workload = ts-basic-service',
            aggregation: { function: 'p99', field: 'duration' },
          },
          memory: {
            datasource: 'metrics',
            promql: 'max(max_over_time(k8s_pod_memory_usage_bytes{workload="ts-basic-service"}[30m]))',
          },
        },
      },
    },
    {
      asks: 'A formula of a metric that there is not.',
      args: {
        ...whole,
        queries: {
          A: { datasource: 'logs', groupBy: ['pod'] },
          B: { datasource: 'metrics', promql: 'max by (pod) (k8s_pod_memory_bytes)' },
          C: { datasource: 'formula', expression: 'A / B' },
        },
      },
    },
  ],
  'get-field-values': [
    {
      asks: 'Which workloads log errors?',
      args: { datasource: 'logs', field: 'workload', filters: 'level = ERROR', ...whole },
    },
    {
      asks: 'Which pods have travel in their name?',
      args: { datasource: 'traces', field: 'pod_name', search: 'travel', ...whole },
    },
    {
      asks: 'As JSON.',
      args: { datasource: 'traces', field: 'role', ...whole, format: 'json' },
    },
  ],
  'get-trace': [
    {
      asks: 'Where did the slowest request of the preserve service spend its time?',
      args: { pick: 'slowest', filters: "workload = 'ts-preserve-service'", ...whole, max_tokens: 1500 },
    },
    {
      asks: 'What does a typical request of the travel service do?',
      args: { pick: 'typical', filters: "workload = 'ts-travel-service'", ...whole, max_tokens: 1000 },
    },
    { asks: 'A trace that there is not.', args: { trace_id: '0123456789abcdef0123456789abcdef' } },
  ],
  'get-service-map': [
    { asks: 'Who calls whom most?', args: { ...whole, limit: 8 } },
    {
      asks: 'Who calls the basic service, and whom does it call?',
      args: { ...whole, workload: 'ts-basic-service' },
    },
    {
      asks: 'As JSON.',
      args: { ...whole, workload: 'ts-contacts-service', format: 'json' },
    },
  ],
  'get-kubernetes-changes': [
    { asks: 'What changed in the cluster?', args: whole },
    {
      asks: 'Did anything restart or run out of memory in the last half hour?',
      args: { from_time: 'now-30m', kinds: ['restart', 'oom_kill'] },
    },
    { asks: 'As JSON.', args: { ...whole, workload: 'ts-contacts-service', format: 'json' } },
  ],
  'find-log-patterns': [
    {
      asks: 'What do the errors say?',
      args: { filters: 'level = ERROR', ...whole, limit: 5 },
    },
    {
      asks: 'What does the contacts service log now that it did not before?',
      args: {
        filters: "workload = 'ts-contacts-service'",
        from_time: '2023-01-29T08:57:00Z',
        to_time: '2023-01-29T09:00:00Z',
        baseline_from: '2023-01-29T08:48:00Z',
        baseline_to: '2023-01-29T08:51:00Z',
        limit: 5,
      },
    },
    {
      asks: 'As JSON.',
      args: {
        filters: "workload = 'ts-order-service' AND level >= WARN",
        ...whole,
        limit: 2,
        format: 'json',
      },
    },
  ],
};

const incident = { from_time: '2025-02-06T10:00:00Z', to_time: '2025-02-06T11:00:00Z' };

/** Of an incident in a cluster of which everything is sent. */
export const incidentQuestions: readonly Question[] = [
  { asks: 'What changed in the cluster?', args: incident },
  { asks: 'What changed about the cart?', args: { ...incident, workload: 'cart', namespace: 'shop' } },
  { asks: 'Did anybody change its configuration?', args: { ...incident, kinds: ['config', 'rollout'] } },
  {
    asks: 'Did anything change before?',
    args: { from_time: '2025-02-06T09:30:00Z', to_time: '2025-02-06T10:00:00Z' },
  },
  { asks: 'As JSON.', args: { ...incident, kinds: ['config'], format: 'json' } },
];
