import type { MetricQueries } from '../query/metric-queries.ts';
import type { Call } from '../query/queries.ts';
import type { Answer } from './answer.ts';
import type { Parameters } from './parameters.ts';

/** What endpoints answer from. */
export interface EndpointContext {
  readonly queries: Pick<
    MetricQueries,
    'promql' | 'series' | 'labelNames' | 'labelValues' | 'metricMetadata'
  >;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** The server's version. */
  readonly version: string;
}

/** Answers one path of the API. Rejects with `ApiError`, and with what `MetricQueries` rejects with. */
export type Endpoint = (context: EndpointContext, parameters: Parameters, call: Call) => Promise<Answer>;
