import { z } from 'zod';
import { addMatchers } from '../../promql/add-matchers.ts';
import type { QueryResult } from '../../promql/engine.ts';
import { DEFAULT_LIMITS } from '../../promql/evaluation/supervisor.ts';
import { unwrapped } from '../../promql/evaluation/unwrapped.ts';
import { compareText, Labels, METRIC_NAME } from '../../promql/labels.ts';
import { printQuery } from '../../promql/printer.ts';
import { InputError } from '../../telemetry/input-error.ts';
import type {
  Listed,
  MetricDescription,
  MetricList,
  MetricQueryOptions,
  MetricStore,
  PromqlQuery,
  SeriesSelection,
} from '../metrics/metric-store.ts';
import { quotePattern, scopeMatchers } from '../metrics/scope-matchers.ts';
import type { MetricMetadata } from '../rows/metric-record.ts';
import { annotationsOf } from './annotations.ts';
import { ApiError } from './api-error.ts';
import { type ApiRequest, type PrometheusClient, tooLarge } from './client.ts';
import { summarizeSeries } from './describe-metric.ts';
import { labelPath } from './label-path.ts';
import { labelSet } from './label-set.ts';
import { heedsMatch } from './match-support.ts';
import { familyNames, metadataOf, readMetadata } from './metadata.ts';
import { secondsText } from './number-answer.ts';
import { createPlaceMapper } from './places.ts';
import { queryAnswer, queryValue } from './query-answer.ts';
import { explainRefusal } from './query-refusal.ts';
import { matchParams, metricParams, rangeParams } from './selector.ts';
import { labelSetsOf } from './series-stream.ts';

export interface PrometheusMetricStoreOptions {
  readonly client: PrometheusClient;
  /** Takes what the store said and no client sees; `id` finds it. */
  readonly log: (entry: { readonly errorId: string; readonly texts: readonly string[] }) => void;
  /** Makes the ids of such entries. */
  readonly newId: () => string;
}

/** Names and values that are asked for: lists of stores are not always in order, so the first of them may come late. */
const mostNames = 100_000;
const mostSeries = 20_000;

/**
 * Metrics behind Prometheus' HTTP API. Queries are evaluated there, and differ as that store differs from
 * Prometheus 3. The limits of a key become matchers of every selector.
 */
export class PrometheusMetricStore implements MetricStore {
  readonly #client: PrometheusClient;
  readonly #log: PrometheusMetricStoreOptions['log'];
  readonly #newId: () => string;
  #heedsMatch = false;

  constructor({ client, log, newId }: PrometheusMetricStoreOptions) {
    this.#client = client;
    this.#log = log;
    this.#newId = newId;
  }

  async evaluate(query: PromqlQuery, { scope, signal }: MetricQueryOptions): Promise<QueryResult> {
    const { text, expr, step } = query;
    const limits = { ...DEFAULT_LIMITS, ...query.limits };
    checkSteps(query, limits.maxSteps);
    const inner = unwrapped(expr);
    if (inner.kind === 'string' && step === 0) {
      // VictoriaMetrics has no strings as results.
      return { type: 'string', result: inner.value, warnings: [], infos: [] };
    }
    const matchers = scopeMatchers(scope);
    const sent = matchers.length === 0 ? text : printQuery(addMatchers(expr, matchers));
    const request = queryRequest(query, sent, limits.timeout);
    const answer = await this.#refusals(
      this.#client.ask(request, queryAnswer, { signal, timeout: limits.timeout }),
      (refusal) => explainRefusal(refusal, expr),
    );
    const value = queryValue(answer.data, expr.type, step > 0);
    if ((value.type === 'vector' || value.type === 'matrix') && value.result.length > limits.maxSeries) {
      throw tooLarge();
    }
    const place = createPlaceMapper({ sent, text, expr });
    const log = (texts: readonly string[]): void => this.#log({ errorId: this.#newId(), texts });
    return { ...value, ...annotationsOf(answer, { place, log }) };
  }

  async listMetrics(
    { keywords, limit }: { readonly keywords: readonly string[]; readonly limit: number },
    options: MetricQueryOptions,
  ): Promise<MetricList> {
    const matchers = keywords.map((keyword) => {
      return { label: METRIC_NAME, op: '=~', value: `(?i).*${quotePattern(keyword)}.*` } as const;
    });
    const [names, families] = await Promise.all([
      this.labelValues(METRIC_NAME, { selectors: [matchers], limit: mostNames }, options),
      readMetadata(this.#client, undefined, options.scope, options),
    ]);
    const metrics = names.items.slice(0, limit).map((name) => {
      return { name, ...metadataOf(name, families), series: undefined };
    });
    return { metrics, matched: names.items.length, matchedIsLowerBound: names.truncated };
  }

  async describeMetric(
    { name, range, exampleValues }: Parameters<MetricStore['describeMetric']>[0],
    { scope, signal }: MetricQueryOptions,
  ): Promise<MetricDescription | undefined> {
    const params = [...metricParams(name, scope), ...rangeParams(range)];
    const { series, labels } = await this.#refusals(
      this.#client.stream({ method: 'POST', path: 'series', params }, { signal }, (chunks) =>
        summarizeSeries(labelSetsOf(chunks), exampleValues),
      ),
    );
    if (series === 0) return undefined;
    return { name, ...(await this.#metadataOf(name, { scope, signal })), series, labels };
  }

  async series(selection: SeriesSelection, { scope, signal }: MetricQueryOptions): Promise<Listed<Labels>> {
    const { selectors, range, limit } = selection;
    const most = Math.max(limit, mostSeries);
    const params = [...matchParams(selectors, scope), ...rangeParams(range), limitParam(most)];
    const answer = await this.#refusals(
      this.#client.ask({ method: 'POST', path: 'series', params }, z.array(labelSet), {
        signal,
      }),
    );
    const sets = new Map(
      answer.data.map((labels) => Labels.from(labels)).map((labels) => [labels.key, labels]),
    );
    return firstOf(
      [...sets.values()].sort((a, b) => a.compare(b)),
      limit,
    );
  }

  async labelNames(selection: SeriesSelection, options: MetricQueryOptions): Promise<Listed<string>> {
    return this.#names({ method: 'POST', path: 'labels' }, selection, options);
  }

  async labelValues(
    label: string,
    selection: SeriesSelection,
    options: MetricQueryOptions,
  ): Promise<Listed<string>> {
    return this.#names({ method: 'GET', path: `label/${labelPath(label)}/values` }, selection, options);
  }

  async metadata(
    { metric, limit, limitPerMetric }: Parameters<MetricStore['metadata']>[0],
    { scope, signal }: MetricQueryOptions,
  ): Promise<ReadonlyMap<string, readonly MetricMetadata[]>> {
    const families = await readMetadata(this.#client, metric, scope, { signal });
    const first = [...families].slice(0, limit);
    return new Map(first.map(([family, known]) => [family, known.slice(0, limitPerMetric)]));
  }

  async #names(
    request: Pick<ApiRequest, 'method' | 'path'>,
    { selectors, range, limit }: SeriesSelection,
    { scope, signal }: MetricQueryOptions,
  ): Promise<Listed<string>> {
    const isLimited = scopeMatchers(scope).length > 0;
    if (isLimited) await this.#checkLimitsHold({ signal });
    const most = Math.max(limit, mostNames);
    // Stores answer without selectors from an index of names alone.
    const isAll = selectors.every((matchers) => matchers.length === 0) && !isLimited;
    const params = [...(isAll ? [] : matchParams(selectors, scope)), ...rangeParams(range), limitParam(most)];
    const answer = await this.#refusals(
      this.#client.ask({ ...request, params }, z.array(z.string()), { signal }),
    );
    return firstOf([...new Set(answer.data)].sort(compareText), limit);
  }

  async #checkLimitsHold(options: Pick<MetricQueryOptions, 'signal'>): Promise<void> {
    this.#heedsMatch ||= await heedsMatch(this.#client, options);
    if (this.#heedsMatch) return;
    throw new InputError(
      'The metrics store can not limit lists of labels to what this key may see. Ask for series instead, with PromQL.',
    );
  }

  async #metadataOf(name: string, { scope, signal }: MetricQueryOptions): Promise<MetricMetadata> {
    const families = await Promise.all(
      familyNames(name).map((family) => readMetadata(this.#client, family, scope, { signal })),
    );
    return metadataOf(name, new Map(families.flatMap((known) => [...known])));
  }

  /** Says to a client why the store refuses a request; a text of no known kind goes to the log. */
  async #refusals<T>(
    answer: Promise<T>,
    explain: (refusal: string) => InputError | undefined = () => undefined,
  ): Promise<T> {
    try {
      return await answer;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const explained = explain(error.message);
      if (explained !== undefined) throw explained;
      const errorId = this.#newId();
      this.#log({ errorId, texts: [error.message] });
      throw new InputError(
        `The metrics store refuses this request. Its operator finds the reason in the log. Error id: ${errorId}`,
      );
    }
  }
}

function checkSteps({ start, end, step }: PromqlQuery, most: number): void {
  const steps = step === 0 ? 1 : Math.floor((end - start) / step) + 1;
  if (steps <= most) return;
  throw new InputError(
    `The query has ${steps} steps, more than ${most} at once. Use a larger step or a shorter time.`,
  );
}

function queryRequest(query: PromqlQuery, sent: string, timeout: number): ApiRequest {
  const { start, end, step, lookback } = query;
  const params: [string, string][] = [
    ['query', sent],
    ['timeout', `${timeout / 1000}s`],
  ];
  if (lookback !== undefined) {
    // Prometheus' name for it, and VictoriaMetrics'.
    params.push(['lookback_delta', secondsText(lookback)], ['max_lookback', secondsText(lookback)]);
  }
  if (step === 0) {
    params.push(['time', secondsText(start)]);
    return { method: 'POST', path: 'query', params };
  }
  params.push(['start', secondsText(start)], ['end', secondsText(end)], ['step', secondsText(step)]);
  // VictoriaMetrics moves times to multiples of the step for the sake of its cache.
  if (start % step !== 0) params.push(['nocache', '1']);
  return { method: 'POST', path: 'query_range', params };
}

const limitParam = (limit: number): readonly [string, string] => ['limit', String(limit + 1)];

function firstOf<T>(items: readonly T[], limit: number): Listed<T> {
  return { items: items.slice(0, limit), truncated: items.length > limit };
}
