import { z } from 'zod';
import { compareText } from '../../promql/labels.ts';
import { compileMatcher } from '../../promql/matcher.ts';
import { InputError } from '../../telemetry/input-error.ts';
import type { Scope } from '../../telemetry/scope.ts';
import { scopeMatchers } from '../metrics/scope-matchers.ts';
import { type MetricMetadata, type MetricType, metricTypes } from '../rows/metric-record.ts';
import { StoreError } from '../store-error.ts';
import { ApiError } from './api-error.ts';
import type { ApiRequest, PrometheusClient, RequestOptions } from './client.ts';
import { labelSet } from './label-set.ts';
import { selectorText } from './selector.ts';

const described = {
  type: z
    .string()
    .default('unknown')
    .transform((type): MetricType => metricTypes.find((known) => known === type) ?? 'unknown'),
  unit: z.string().default(''),
  help: z.string().default(''),
};
const byFamily = z.record(z.string(), z.array(z.object(described)));
const byTarget = z.array(z.object({ target: labelSet, metric: z.string().optional(), ...described }));

/** Metadata are help; a store that has very many of them is asked for none. */
const maxAnswerBytes = 16 * 1024 * 1024;
/** Every target tells all its metrics. */
const mostEntries = 50_000;

export const unknownMetadata: MetricMetadata = { type: 'unknown', unit: '', help: '' };

export type MetadataByFamily = ReadonlyMap<string, readonly MetricMetadata[]>;

/**
 * What a store knows of its metric families, in the order of their names; of one where a metric is named.
 * With the limits of a key, only what targets with visible labels say: metadata carry no labels, so those of
 * all senders together would tell that there are others. Where the store can't say so, nothing is known.
 */
export async function readMetadata(
  client: PrometheusClient,
  metric: string | undefined,
  scope: Scope,
  options: RequestOptions,
): Promise<MetadataByFamily> {
  const limits = scopeMatchers(scope);
  const named: readonly (readonly [string, string])[] = metric === undefined ? [] : [['metric', metric]];
  const ask = async <T>(
    request: Pick<ApiRequest, 'path' | 'params'>,
    data: z.ZodType<T>,
  ): Promise<T | undefined> => {
    try {
      return (await client.ask({ method: 'GET', ...request }, data, { ...options, maxAnswerBytes })).data;
    } catch (error) {
      if (isNotOffered(error)) return undefined;
      throw error;
    }
  };
  if (limits.length === 0) {
    const families = await ask({ path: 'metadata', params: named }, byFamily);
    return ordered(Object.entries(families ?? {}));
  }
  const params = [
    ['match_target', selectorText(limits)] as const,
    ['limit', String(mostEntries)] as const,
    ...named,
  ];
  const targets = (await ask({ path: 'targets/metadata', params }, byTarget)) ?? [];
  const tests = limits.map(({ label, ...rest }) => ({ label, meets: compileMatcher({ label, ...rest }) }));
  const families = new Map<string, Map<string, MetricMetadata>>();
  for (const { target, metric: family = metric ?? '', type, unit, help } of targets) {
    // A store that does not know the parameter would name all targets.
    if (!tests.every(({ label, meets }) => meets(target[label] ?? ''))) continue;
    const known = families.get(family) ?? new Map<string, MetricMetadata>();
    known.set(JSON.stringify([type, unit, help]), { type, unit, help });
    families.set(family, known);
  }
  return ordered([...families].map(([family, known]) => [family, [...known.values()]]));
}

function ordered(entries: [string, readonly MetricMetadata[]][]): MetadataByFamily {
  const sorted = entries.sort(([a], [b]) => compareText(a, b));
  return new Map(sorted.map(([family, known]) => [family, [...known].sort(byContent)]));
}

function byContent(a: MetricMetadata, b: MetricMetadata): number {
  return compareText(a.type, b.type) || compareText(a.unit, b.unit) || compareText(a.help, b.help);
}

/** Not every store has metadata, or gives it to these credentials. */
function isNotOffered(error: unknown): boolean {
  if (error instanceof ApiError || error instanceof InputError) return true;
  return error instanceof StoreError && (error.kind === 'internal' || error.kind === 'denied');
}

/** Endings of series that belong to a family, and the types of such families. */
const endings: readonly (readonly [ending: string, types: readonly MetricType[]])[] = [
  ['_bucket', ['histogram', 'gaugehistogram']],
  ['_count', ['histogram', 'summary']],
  ['_sum', ['histogram', 'summary']],
  ['_gcount', ['gaugehistogram']],
  ['_gsum', ['gaugehistogram']],
  ['_created', ['counter', 'histogram', 'summary']],
  ['_total', ['counter']],
  ['_info', ['info']],
];

/** The family that a metric belongs to, by its name: itself, or the name without an ending. */
export function familyNames(metric: string): readonly string[] {
  const shorter = endings
    .filter(([ending]) => metric.endsWith(ending))
    .map(([ending]) => metric.slice(0, -ending.length));
  return [metric, ...shorter];
}

/** What is known of a metric itself, or of the family that it is a part of. */
export function metadataOf(metric: string, families: MetadataByFamily): MetricMetadata {
  const [own] = families.get(metric) ?? [];
  if (own !== undefined) return own;
  for (const [ending, types] of endings) {
    if (!metric.endsWith(ending)) continue;
    const family = families.get(metric.slice(0, -ending.length))?.find(({ type }) => types.includes(type));
    if (family !== undefined) return family;
  }
  return unknownMetadata;
}
