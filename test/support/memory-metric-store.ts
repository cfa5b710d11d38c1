import type { Matcher } from '../../src/promql/ast.ts';
import { evaluateParsed } from '../../src/promql/engine.ts';
import { Labels, METRIC_NAME } from '../../src/promql/labels.ts';
import { type MemorySample, MemorySource } from '../../src/promql/memory-source.ts';
import { seriesSet } from '../../src/promql/series-set.ts';
import type { RawSeries, SeriesSource, TimeRange } from '../../src/promql/series-source.ts';
import type {
  Listed,
  MetricQueryOptions,
  MetricStore,
  SeriesSelection,
} from '../../src/store/metrics/metric-store.ts';
import type { MetricMetadata } from '../../src/store/rows/metric-record.ts';
import type { Scope } from '../../src/telemetry/scope.ts';

const unknown: MetricMetadata = { type: 'unknown', unit: '', help: '' };
const always: TimeRange = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
const noHints = { step: 0, range: 0, func: '', maxSamples: Infinity, maxSeries: Infinity };

/** A store of metrics in memory, as plain as can be: for tests of what is asked of a store. */
export class MemoryMetricStore implements MetricStore {
  readonly #source = new MemorySource();
  readonly #metadata = new Map<string, MetricMetadata>();

  /** Adds samples to the series of an exposition: its labels, `__name__` among them. */
  add(labels: Readonly<Record<string, string>>, samples: Iterable<MemorySample>): void {
    this.#source.add(Labels.from(labels), samples);
  }

  describe(name: string, metadata: Partial<MetricMetadata>): void {
    this.#metadata.set(name, { ...unknown, ...metadata });
  }

  evaluate: MetricStore['evaluate'] = ({ text, expr, ...query }, { scope, signal }) =>
    evaluateParsed(expr, text, { ...query, source: this.#within(scope), signal });

  listMetrics: MetricStore['listMetrics'] = async ({ keywords, limit }, options) => {
    const all = await this.#select({ selectors: [], limit: 1 }, options);
    const counts = new Map<string, number>();
    for (const { labels } of all) counts.set(labels.metricName, (counts.get(labels.metricName) ?? 0) + 1);
    const matched = [...counts]
      .filter(([name]) => keywords.every((word) => name.toLowerCase().includes(word.toLowerCase())))
      .sort(([a], [b]) => (a < b ? -1 : 1));
    const metrics = matched
      .slice(0, limit)
      .map(([name, series]) => ({ name, series, ...(this.#metadata.get(name) ?? unknown) }));
    return { metrics, matched: matched.length };
  };

  latestSample = async (
    matchers: readonly Matcher[],
    options: MetricQueryOptions,
  ): Promise<number | undefined> => {
    const found = await this.#select({ selectors: [matchers], limit: 1 }, options);
    const times = found.flatMap(({ timestamps }) => [...timestamps]);
    return times.length === 0 ? undefined : Math.max(...times);
  };

  describeMetric: MetricStore['describeMetric'] = async ({ name, range, exampleValues }, options) => {
    const selectors = [[{ label: METRIC_NAME, op: '=', value: name } as const]];
    const found = await this.#select({ selectors, range, limit: 1 }, options);
    if (found.length === 0) return undefined;
    const values = new Map<string, Map<string, number>>();
    for (const { labels } of found) {
      for (const [label, value] of labels) {
        if (label === METRIC_NAME) continue;
        const counts = values.get(label) ?? new Map<string, number>();
        values.set(label, counts.set(value, (counts.get(value) ?? 0) + 1));
      }
    }
    const labels = [...values]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([label, counts]) => ({
        name: label,
        valuesTotal: counts.size,
        exampleValues: [...counts]
          .sort(([a, inA], [b, inB]) => inB - inA || (a < b ? -1 : 1))
          .slice(0, exampleValues)
          .map(([value]) => value),
      }));
    return { name, series: found.length, labels, ...(this.#metadata.get(name) ?? unknown) };
  };

  series: MetricStore['series'] = async (selection, options) => {
    const labels = (await this.#select(selection, options)).map((one) => one.labels);
    return first(
      labels.sort((a, b) => a.compare(b)),
      selection.limit,
    );
  };

  labelNames: MetricStore['labelNames'] = async (selection, options) => {
    const found = await this.#select(selection, options);
    const names = found.flatMap(({ labels }) => [...labels].map(([name]) => name));
    return first([...new Set(names)].sort(), selection.limit);
  };

  labelValues: MetricStore['labelValues'] = async (label, selection, options) => {
    const found = await this.#select(selection, options);
    const values = found.map(({ labels }) => labels.get(label)).filter((value) => value !== '');
    return first([...new Set(values)].sort(), selection.limit);
  };

  metadata: MetricStore['metadata'] = async ({ metric, limit }, options) => {
    const { metrics } = await this.listMetrics({ keywords: [], limit }, options);
    return new Map(
      metrics
        .filter(({ name }) => metric === undefined || name === metric)
        .map(({ name, type, unit, help }) => [name, [{ type, unit, help }]]),
    );
  };

  async #select(
    { selectors, range = always }: SeriesSelection,
    { scope }: MetricQueryOptions,
  ): Promise<RawSeries[]> {
    const found = new Map<string, RawSeries>();
    const any: readonly (readonly Matcher[])[] = selectors.length === 0 ? [[]] : selectors;
    for (const matchers of any) {
      const { signal } = new AbortController();
      for (const one of await this.#within(scope).select(matchers, range, noHints, signal)) {
        found.set(one.labels.key, one);
      }
    }
    return [...found.values()];
  }

  #within({ clusters, namespaces }: Scope): SeriesSource {
    const sees = (allowed: readonly string[] | undefined, value: string) =>
      allowed === undefined || allowed.includes(value);
    return {
      select: async (matchers, range) =>
        seriesSet(
          [...(await this.#source.select(matchers, range))].filter(
            ({ labels }) =>
              sees(clusters, labels.get('cluster')) && sees(namespaces, labels.get('namespace')),
          ),
        ),
    };
  }
}

function first<T>(items: readonly T[], limit: number): Listed<T> {
  return { items: items.slice(0, limit), truncated: items.length > limit };
}

/** Samples from `start` (ms since the epoch) on, `step` ms apart. */
export function samplesFrom(start: number, step: number, values: readonly number[]): MemorySample[] {
  return values.map((value, i) => ({ timestamp: start + i * step, value }));
}
