/** The hours of the recorded TrainTicket data. */
const window = { from_time: '2023-01-29T08:41:00Z', to_time: '2023-01-29T10:30:00Z' };

/** Ordinary questions, and the call that an assistant makes for each. */
export const questions = [
  {
    question: 'What can I ask of traces?',
    tool: 'get-trace-or-log-fields',
    args: { ...window, datasource: 'traces' },
  },
  {
    question: 'Show the latest errors',
    tool: 'search-logs',
    args: { ...window, filters: 'level = ERROR' },
  },
  {
    question: 'What does the travel service say?',
    tool: 'search-logs',
    args: { ...window, filters: 'workload = "ts-travel-service"', order: 'oldest' },
  },
  {
    question: 'Which calls are the slowest?',
    tool: 'search-traces',
    args: { ...window, order: 'slowest' },
  },
  {
    question: 'Which requests to the order service took over 100 ms?',
    tool: 'search-traces',
    args: { ...window, filters: 'workload = "ts-order-service" AND duration > 100ms' },
  },
  {
    question: 'Who logs how much, at which level?',
    tool: 'analyze-logs',
    args: { ...window, queryType: 'instant', groupBy: ['workload', 'level'] },
  },
  {
    question: 'p99 latency of each service',
    tool: 'analyze-traces',
    args: {
      ...window,
      queryType: 'instant',
      groupBy: ['service'],
      aggregation: { function: 'p99', fields: [{ field: 'duration', type: 'float' }] },
    },
  },
  {
    question: 'How did the load of the five busiest services change?',
    tool: 'analyze-traces',
    args: { ...window, queryType: 'range', step: '5m', groupBy: ['service'], limit: 5 },
  },
  {
    question: 'Which pods are the slowest by the metrics?',
    tool: 'analyze-metrics',
    args: {
      ...window,
      to_time: '2023-01-29T09:30:00Z',
      queryType: 'instant',
      promql: 'topk(10, max_over_time({__name__=~"nezha_pod_server_latency.*",quantile="0.99"}[1h]))',
    },
  },
  {
    question: 'Share of logs that are warnings or worse, by workload',
    tool: 'analyze-telemetry',
    args: {
      ...window,
      queryType: 'instant',
      queries: {
        A: { datasource: 'logs', filters: 'level >= WARN', groupBy: ['workload'] },
        B: { datasource: 'logs', groupBy: ['workload'] },
        C: { datasource: 'formula', expression: 'A / B * 100' },
      },
    },
  },
];

/** What a plain server sends: an object for each row, with all its columns; series as Prometheus' API has them. */
export function objectsOf(tool, answer) {
  if (tool === 'get-trace-or-log-fields') return answer.fields;
  if (tool.startsWith('search-')) {
    return answer.rows.map((row) => Object.fromEntries(answer.columns.map((column, i) => [column, row[i]])));
  }
  if (tool === 'analyze-telemetry') {
    return Object.entries(answer.queries).flatMap(([query, { series }]) =>
      series.map((one) => ({ query, ...seriesObject(one) })),
    );
  }
  return answer.series.map(seriesObject);
}

function seriesObject({ labels, value, points, summary }) {
  return points === undefined ? { ...labels, value } : { ...labels, ...summary, values: points };
}
