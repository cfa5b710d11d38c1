import type { ToolCase } from '../case.ts';

const count = (datasource: string, filters?: string, groupBy?: readonly string[]) => ({
  datasource,
  ...(filters !== undefined && { filters }),
  ...(groupBy !== undefined && { groupBy }),
});
const promql = (text: string) => ({ datasource: 'metrics', promql: text });
const formula = (expression: string) => ({ datasource: 'formula', expression });

type Queries = Readonly<Record<string, unknown>>;

/** A and B: errors and all, by what hidden records have too. */
const ratio = {
  A: count('traces', 'status = error', ['workload']),
  B: count('traces', undefined, ['workload']),
};

const expressions = [
  'A / B * 100',
  'A + B',
  'A - B',
  'A % B',
  'A ^ 2',
  '-A',
  'abs(A - B)',
  'ceil(A / B)',
  'floor(A / B)',
  'round(A / B)',
  'sqrt(A)',
  'ln(B)',
  'log2(B)',
  'log10(B)',
  'exp(A / B)',
  'min(A, B)',
  'max(A, B)',
  'clamp(B, 0, 5)',
  'default(A, 7)',
  '1 / (A - A)',
];

const requests: readonly Queries[] = [
  ...expressions.map((expression) => ({ ...ratio, F: formula(expression) })),
  {
    A: count('logs', undefined, ['namespace']),
    B: count('traces', undefined, ['namespace']),
    F: formula('A / B'),
  },
  {
    A: count('logs', undefined, ['pod_name']),
    B: count('traces', undefined, ['service']),
    F: formula('A / B'),
  },
  {
    A: count('logs', 'namespace = "canarybank"'),
    B: count('logs'),
    F: formula('A / B'),
    G: formula('F * 2'),
  },
  {
    A: count('logs', 'namespace = "canarybnk"', ['pod_name']),
    B: count('logs', undefined, ['pod_name']),
    F: formula('default(A, 0) / B'),
  },
  {
    A: count('logs', undefined, ['workload', 'level']),
    B: count('logs', undefined, ['workload']),
    F: formula('A / B'),
  },
  { A: count('logs', 'canaryeubank.resourc = 1') },
  { A: count('traces', undefined, ['@k8s.namespace.name', '@tenant']) },
  {
    A: promql('sum by (namespace) (rate(requests_total[5m]))'),
    B: count('logs', undefined, ['namespace']),
    F: formula('B / A'),
  },
  { A: promql('canaryeubank_secrets_total'), B: promql('requests_total'), F: formula('A / B') },
  {
    A: promql('absent(canaryeubank_secrets_total)'),
    B: promql('count({__name__=~".+"})'),
    F: formula('A + B'),
  },
  { A: promql('canaryeubank_secret_total') },
  { A: promql('requests_total * on (workload) requests_total') },
  {
    A: { ...count('traces', undefined, ['service']), aggregation: { function: 'p99', field: 'duration' } },
    B: { ...count('logs', undefined, ['service']), aggregation: { function: 'sum', field: '@amount' } },
    F: formula('A / B'),
  },
  {
    A: { ...count('traces'), aggregation: { function: 'unique_count', field: 'trace_id' } },
    B: { ...count('logs'), aggregation: { function: 'unique_count', field: 'namespace' } },
    F: formula('A * B'),
  },
];

export const telemetryCases: readonly ToolCase[] = ['instant', 'range'].flatMap((queryType): ToolCase[] => [
  ...requests.map((queries) => ({ tool: 'analyze-telemetry', args: { queries, queryType } })),
  {
    tool: 'analyze-telemetry',
    args: { queries: { ...ratio, F: formula('A / B') }, queryType, from_time: 'now-4h', to_time: 'now-2h' },
  },
  { tool: 'analyze-telemetry', args: { queries: ratio, queryType, from_time: 'now-4h', limit: 1 } },
]);
