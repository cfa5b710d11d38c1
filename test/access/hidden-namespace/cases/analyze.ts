import type { ToolCase } from '../case.ts';
import { filters, logFilters, traceFilters } from './search.ts';

const groupings: readonly (readonly string[])[] = [
  ['namespace'],
  ['cluster'],
  ['cluster', 'namespace'],
  ['workload'],
  ['pod_name'],
  ['service'],
  ['region', 'app_version'],
  ['trace_id'],
  ['@k8s.namespace.name'],
  ['@tenant', '@k8s.cluster.name'],
  ['tenant', 'team'],
  ['@canaryeubank.resource'],
  ['canaryeubank.resource'],
  ['canaryusshop.resourc'],
];

const functions = ['unique_count', 'avg', 'sum', 'min', 'max', 'p50', 'p75', 'p90', 'p95', 'p99'];

interface Kind {
  readonly signal: 'logs' | 'traces';
  readonly own: readonly string[];
  readonly groupings: readonly (readonly string[])[];
  /** Fields that are numbers, or should be. */
  readonly numbers: readonly string[];
}

const kinds: readonly Kind[] = [
  {
    signal: 'logs',
    own: logFilters,
    groupings: [['level'], ['level', 'namespace'], ['@order.id'], ['format'], ['@peer.pod']],
    numbers: ['body_length', '@amount', '@order.id'],
  },
  {
    signal: 'traces',
    own: traceFilters,
    groupings: [
      ['status'],
      ['operation_name', 'role'],
      ['protocol_type', 'subtype', 'return_code'],
      ['clustered_resource'],
      ['server', 'client'],
      ['server_namespace', 'client_namespace'],
      ['parent_span_id'],
    ],
    numbers: ['duration', 'return_code'],
  },
];

export const analyzeCases: readonly ToolCase[] = kinds.flatMap(
  ({ signal, own, groupings: more, numbers }) => {
    const tool = `analyze-${signal}`;
    const range = { queryType: 'range', step: '10m' };
    return [
      { tool, args: {} },
      { tool, args: { queryType: 'range' } },
      { tool, args: { ...range, from_time: 'now-6h', to_time: 'now+1h' } },
      { tool, args: { from_time: 'now-4h', to_time: 'now-2h', groupBy: ['namespace'] } },
      ...[...filters, ...own]
        .filter((_, i) => i % 2 === 0)
        .map((text) => ({ tool, args: { filters: text, groupBy: ['workload'] } })),
      ...[...groupings, ...more].map((groupBy) => ({ tool, args: { groupBy } })),
      ...[...groupings, ...more].map((groupBy) => ({ tool, args: { ...range, groupBy } })),
      ...functions.flatMap((name) =>
        numbers.map((field) => ({
          tool,
          args: { aggregation: { function: name, field }, groupBy: ['workload'] },
        })),
      ),
      ...functions.map((name) => ({
        tool,
        args: { ...range, aggregation: { function: name, field: numbers[0] } },
      })),
      { tool, args: { aggregation: { function: 'unique_count', field: 'namespace' } } },
      { tool, args: { aggregation: { function: 'unique_count', field: 'pod_name' }, groupBy: ['workload'] } },
      { tool, args: { aggregation: { function: 'sum', field: 'canaryeubank.resourc' } } },
      { tool, args: { groupBy: ['pod_name'], limit: 1 } },
      { tool, args: { groupBy: ['pod_name'], limit: 5000 } },
      { tool, args: { groupBy: ['pod_name', 'trace_id'], max_tokens: 1000 } },
    ];
  },
);
