import type { Call, Queries } from './queries.ts';
import type { QueryTurns } from './query-turns.ts';

/** The same questions, each of which waits for its turn and may reject with `LimitError`. */
export function limitQueries(queries: Queries, turns: QueryTurns): Queries {
  const inTurn = <T>({ principal, signal }: Call, ask: () => Promise<T>): Promise<T> =>
    turns.run(principal.keyId, signal, ask);
  return {
    search: (request, call) => inTurn(call, () => queries.search(request, call)),
    analyze: (request, call) => inTurn(call, () => queries.analyze(request, call)),
    analyzeTelemetry: (request, call) => inTurn(call, () => queries.analyzeTelemetry(request, call)),
    describeFields: (request, call) => inTurn(call, () => queries.describeFields(request, call)),
    fieldValues: (request, call) => inTurn(call, () => queries.fieldValues(request, call)),
    getTrace: (request, call) => inTurn(call, () => queries.getTrace(request, call)),
    logPatterns: (request, call) => inTurn(call, () => queries.logPatterns(request, call)),
    serviceMap: (request, call) => inTurn(call, () => queries.serviceMap(request, call)),
    compareWindows: (request, call) => inTurn(call, () => queries.compareWindows(request, call)),
    kubernetesChanges: (request, call) => inTurn(call, () => queries.kubernetesChanges(request, call)),
    availableMetrics: (request, call) => inTurn(call, () => queries.availableMetrics(request, call)),
    metricLabels: (request, call) => inTurn(call, () => queries.metricLabels(request, call)),
    analyzeMetrics: (request, call) => inTurn(call, () => queries.analyzeMetrics(request, call)),
    promql: (request, call) => inTurn(call, () => queries.promql(request, call)),
    series: (request, call) => inTurn(call, () => queries.series(request, call)),
    labelNames: (request, call) => inTurn(call, () => queries.labelNames(request, call)),
    labelValues: (label, request, call) => inTurn(call, () => queries.labelValues(label, request, call)),
    holdings: (call) => inTurn(call, () => queries.holdings(call)),
    metricMetadata: (request, call) => inTurn(call, () => queries.metricMetadata(request, call)),
  };
}
