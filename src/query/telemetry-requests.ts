import type { Signal } from '../telemetry/fields.ts';
import type { AnalyzeRequest, QueryType, RangeRequest } from './requests.ts';

/** Queries that one request combines. */
export const mostQueries = 20;

/** One of the queries of a request, under a label that formulas name it by. */
export type LabelledQuery = { readonly label: string } & (
  | ({ readonly datasource: Signal } & Pick<AnalyzeRequest, 'filters' | 'aggregation' | 'groupBy'>)
  | { readonly datasource: 'metrics'; readonly promql: string }
  | { readonly datasource: 'formula'; readonly expression: string }
);

export interface AnalyzeTelemetryRequest extends RangeRequest {
  readonly queryType: QueryType;
  /** 1 to 20. */
  readonly queries: readonly LabelledQuery[];
  /** A duration (`30s`, `5m`) or a number of seconds. */
  readonly step?: string | number | undefined;
  /** Groups of each query to show, 1 to 200; 20 when absent. All take part in formulas. */
  readonly limit?: number | undefined;
}
