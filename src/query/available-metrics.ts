import type { MetricQueryOptions, MetricStore } from '../store/metrics/metric-store.ts';
import { InputError } from '../telemetry/input-error.ts';
import { nearest } from '../telemetry/nearest.ts';
import { lowered } from './limits.ts';
import { metricNames, mostNames } from './metric-names.ts';
import { type AvailableMetricsRequest, metricLimit } from './metric-requests.ts';
import type { AvailableMetricsResult, NameGroup } from './metric-results.ts';
import { metricOptions, metricStoreOf } from './metric-subject.ts';
import { nameGroups } from './name-groups.ts';
import type { Call } from './queries.ts';
import type { Note } from './results.ts';
import type { QueryContext } from './subject.ts';

const mostKeywords = 10;

/**
 * Metrics whose names have all keywords. Of what is not shown the answer says how the names begin.
 *
 * @throws InputError for a limit or keywords that can't be used
 * @throws StoreError when the store does not answer
 */
export async function availableMetrics(
  context: QueryContext,
  request: AvailableMetricsRequest,
  call: Call,
): Promise<AvailableMetricsResult> {
  const store = metricStoreOf(context);
  const options = metricOptions(call);
  const limit = lowered('limit', request.limit, metricLimit);
  const asked = wordsOf(request.keywords);
  if (asked.length > mostKeywords) {
    throw new InputError(`keyword: takes at most ${mostKeywords} words, got ${asked.length}`);
  }
  const list = (words: readonly string[]) =>
    store.listMetrics({ keywords: words, limit: limit.value }, options);
  const notes: Note[] = [...limit.notes];
  let found = await list(asked);
  let keywords = asked;
  const translated = asked.map(asPrometheusName);
  if (found.matched === 0 && translated.join() !== asked.join()) {
    const again = await list(translated);
    if (again.matched > 0) {
      found = again;
      keywords = translated;
      notes.push(
        `no name has ${quoted(asked)}, so ${quoted(translated)} was looked for, as names are stored`,
      );
    }
  }
  const { metrics, matched, matchedIsLowerBound = false } = found;
  if (matched === 0) notes.push(...(await diagnoseNoMetric(store, keywords, options)));
  const groups = matched > metrics.length ? await groupsOf(store, keywords, options) : [];
  return { metrics, matched, matchedIsLowerBound, keywords, groups, notes };
}

/** Words of the keywords, in lower case: models send several in one text. */
function wordsOf(keywords: readonly string[]): string[] {
  const words = keywords.flatMap((keyword) => keyword.toLowerCase().split(/[\s,]+/));
  return [...new Set(words)].filter((word) => word !== '' && word !== '*');
}

/** What OpenTelemetry's translation to Prometheus leaves of a part of a name. */
const asPrometheusName = (word: string): string =>
  word.replace(/(?<=[a-z0-9])[.\-/]+|[.\-/]+(?=[a-z0-9])/g, '_');

const quoted = (words: readonly string[]): string => words.map((word) => `"${word}"`).join(' and ');

async function groupsOf(
  store: MetricStore,
  keywords: readonly string[],
  options: MetricQueryOptions,
): Promise<NameGroup[]> {
  const names = await metricNames(store, options);
  return nameGroups(names.filter((name) => keywords.every((word) => name.toLowerCase().includes(word))));
}

/** Which keyword is at fault, and what names are near it. */
async function diagnoseNoMetric(
  store: MetricStore,
  keywords: readonly string[],
  options: MetricQueryOptions,
): Promise<Note[]> {
  const names = await metricNames(store, options);
  if (names.length === 0) return ['there are no metrics at all'];
  const notes: Note[] =
    names.length < mostNames ? [] : [`only the first ${mostNames} names were looked through`];
  const counts = keywords.map((word) => names.filter((name) => name.toLowerCase().includes(word)).length);
  const missing = keywords.filter((_, i) => counts[i] === 0);
  const words = new Set(names.flatMap((name) => name.toLowerCase().split(/[_.:\-/]/)));
  for (const word of missing) {
    const near = [...new Set([...nearest(word, words), ...nearest(word, names)])].slice(0, 5);
    notes.push(`no metric has "${word}" in its name`);
    if (near.length > 0) notes.push({ text: `near "${word}": ${near.join(', ')}`, quotesTelemetry: true });
  }
  if (missing.length === 0) {
    const found = keywords.map((word, i) => `"${word}" ${counts[i]}`).join(', ');
    notes.push(`metrics with each keyword alone: ${found}; no name has all: leave one out`);
  }
  const groups = nameGroups(names).map(({ prefix, metrics }) => `${prefix} ${metrics}`);
  notes.push({
    text: `names begin with: ${groups.slice(0, 10).join(', ')}`,
    quotesTelemetry: true,
  });
  return notes;
}
