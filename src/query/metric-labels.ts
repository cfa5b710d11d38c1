import { METRIC_NAME } from '../promql/labels.ts';
import type { TimeRange } from '../promql/series-source.ts';
import type { MetricQueryOptions, MetricStore } from '../store/metrics/metric-store.ts';
import { InputError } from '../telemetry/input-error.ts';
import { formatTime, parseWindow } from '../telemetry/time.ts';
import type { Window } from '../telemetry/window.ts';
import { metricNames, nativeHistogramHint, nearestMetrics } from './metric-names.ts';
import type { MetricLabelsRequest } from './metric-requests.ts';
import type { MetricLabelsResult } from './metric-results.ts';
import { metricOptions, metricStoreOf } from './metric-subject.ts';
import type { Call } from './queries.ts';
import type { TimeInput } from './requests.ts';
import type { QueryContext } from './subject.ts';

const mostExamples = 10;

/**
 * The labels of a metric.
 *
 * @throws InputError for a metric that has no series (in the window), with the nearest that has
 * @throws StoreError when the store does not answer
 */
export async function metricLabels(
  context: QueryContext,
  request: MetricLabelsRequest,
  call: Call,
): Promise<MetricLabelsResult> {
  const store = metricStoreOf(context);
  const options = metricOptions(call);
  const name = nameIn(request.metric);
  const now = context.now();
  const asked = isGiven(request.fromTime) || isGiven(request.toTime) ? parseWindow(request, now) : undefined;
  const found = await store.describeMetric(
    { name, range: asked && millisecondsOf(asked.window), exampleValues: mostExamples },
    options,
  );
  if (found === undefined) throw await noSuchMetric(store, name, asked?.window, options);
  return {
    metric: found.name,
    type: found.type,
    unit: found.unit,
    help: found.help,
    series: found.series,
    labels: found.labels,
    window: asked?.window,
    now: asked?.relative ? now : undefined,
    notes: asked?.notes ?? [],
  };
}

const isGiven = (input: TimeInput | undefined): boolean => input !== undefined && String(input).trim() !== '';

/** The whole milliseconds of a window, which is open at its end. */
export function millisecondsOf({ from, to }: Window): TimeRange {
  return {
    from: Number((from + 999_999n) / 1_000_000n),
    to: Number((to - 1n) / 1_000_000n),
  };
}

/** A name alone, of a selector too: `up{job="api"}` and `{"http.requests"}` name metrics as well. */
function nameIn(text: string): string {
  const trimmed = text.trim();
  const quoted = /^\{\s*"([^"\\]+)"/.exec(trimmed) ?? /^\{\s*__name__\s*=\s*"([^"\\]+)"/.exec(trimmed);
  if (quoted?.[1] !== undefined) return quoted[1];
  return /^([A-Za-z_:][\w:]*)\s*\{.*\}$/s.exec(trimmed)?.[1] ?? trimmed;
}

async function noSuchMetric(
  store: MetricStore,
  name: string,
  window: Window | undefined,
  options: MetricQueryOptions,
): Promise<InputError> {
  if (name === '') return new InputError('metric_name: name a metric; get-available-metrics lists them');
  const selectors = [[{ label: METRIC_NAME, op: '=', value: name } as const]];
  const anywhere =
    window !== undefined && (await store.series({ selectors, limit: 1 }, options)).items.length > 0;
  if (anywhere) {
    const latest = await store.latestSample?.(selectors[0] ?? [], options);
    const when = latest === undefined ? '' : `, the latest at ${formatTime(BigInt(latest) * 1_000_000n)}`;
    return new InputError(
      `The metric ${name} has no samples from ${formatTime(window.from)} to ${formatTime(window.to)}, but at other times${when}: leave out from_time and to_time to see its labels`,
    );
  }
  const near = nearestMetrics(name, await metricNames(store, options));
  const hint =
    near.length === 0 ? '' : ` Near it there is ${near.join(', ')}${nativeHistogramHint(name, near)}.`;
  return new InputError(
    `There is no metric ${name}.${hint} get-available-metrics finds metrics by parts of their names`,
  );
}
