import type { Arguments } from './arguments.ts';

export interface Example {
  readonly title: string;
  readonly tool: string;
  readonly args: Arguments;
}

/** Questions to start from; they fit any cluster. */
export const examples: readonly Example[] = [
  {
    title: 'Newest errors in the logs',
    tool: 'search-logs',
    args: { filters: 'level = ERROR', from_time: 'now-1h' },
  },
  {
    title: 'Which workloads log most errors?',
    tool: 'analyze-logs',
    args: { filters: 'level >= ERROR', groupBy: ['workload'], from_time: 'now-1h' },
  },
  {
    title: 'p99 latency of each workload',
    tool: 'analyze-traces',
    args: {
      aggregation: { function: 'p99', field: 'duration_ms' },
      filters: 'role = server',
      groupBy: ['workload'],
      from_time: 'now-1h',
    },
  },
  {
    title: 'Slowest spans',
    tool: 'search-traces',
    args: { order: 'slowest', from_time: 'now-1h' },
  },
  {
    title: 'Failed requests in percent, over time',
    tool: 'analyze-telemetry',
    args: {
      queryType: 'range',
      from_time: 'now-1h',
      step: '10m',
      queries: {
        A: { datasource: 'traces', filters: 'role = server AND status = error' },
        B: { datasource: 'traces', filters: 'role = server' },
        failed: { datasource: 'formula', expression: 'A / B * 100' },
      },
    },
  },
  {
    title: 'Fields to filter traces by',
    tool: 'get-trace-or-log-fields',
    args: { datasource: 'traces' },
  },
];
