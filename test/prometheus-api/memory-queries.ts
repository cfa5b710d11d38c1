import type { EndpointContext } from '../../src/prometheus-api/endpoint.ts';
import { evaluate } from '../../src/promql/engine.ts';
import { Labels } from '../../src/promql/labels.ts';
import { compileMatcher } from '../../src/promql/matcher.ts';
import { type MemorySample, MemorySource } from '../../src/promql/memory-source.ts';
import type { SeriesRequest } from '../../src/query/metric-requests.ts';
import type { Listed } from '../../src/store/metrics/metric-store.ts';
import type { MetricMetadata } from '../../src/store/rows/metric-record.ts';

/** The questions that Prometheus' API asks, answered from series in memory. What was asked is kept. */
export class MemoryQueries {
  readonly source = new MemorySource();
  readonly metadata = new Map<string, readonly MetricMetadata[]>();
  readonly asked: unknown[] = [];
  readonly #labels: Labels[] = [];

  add(labels: Readonly<Record<string, string>>, samples: Iterable<MemorySample>): void {
    const set = Labels.from(labels);
    this.#labels.push(set);
    this.source.add(set, samples);
  }

  readonly queries: EndpointContext['queries'] = {
    promql: ({ promql, start, end, step, lookback, timeout }, { signal }) => {
      this.asked.push({ start, end, step, lookback, timeout });
      const limits = timeout === undefined ? {} : { timeout };
      return evaluate(promql, { source: this.source, start, end, step, lookback, limits, signal });
    },
    series: async (request) => {
      const found = this.#select(request).sort((a, b) => a.compare(b));
      return listed(found, request.limit);
    },
    labelNames: async (request) => {
      const names = this.#select(request).flatMap((labels) => [...labels].map(([name]) => name));
      return listed([...new Set(names)].sort(), request.limit);
    },
    labelValues: async (label, request) => {
      const values = this.#select(request).map((labels) => labels.get(label));
      return listed([...new Set(values.filter((value) => value !== ''))].sort(), request.limit);
    },
    metricMetadata: async (request) => {
      this.asked.push(request);
      return this.metadata;
    },
  };

  #select(request: SeriesRequest): Labels[] {
    this.asked.push(request);
    const { selectors } = request;
    if (selectors.length === 0) return [...this.#labels];
    return this.#labels.filter((labels) =>
      selectors.some((matchers) => matchers.every((m) => compileMatcher(m)(labels.get(m.label)))),
    );
  }
}

function listed<T>(items: readonly T[], limit = items.length): Listed<T> {
  return { items: items.slice(0, limit), truncated: items.length > limit };
}
