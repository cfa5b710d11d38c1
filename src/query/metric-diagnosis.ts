import type { Matcher, VectorSelector } from '../promql/ast.ts';
import { createGrid } from '../promql/evaluation/grid.ts';
import { planSelections } from '../promql/evaluation/selection-plan.ts';
import { METRIC_NAME } from '../promql/labels.ts';
import { nameMatcherIn } from '../promql/matcher.ts';
import { parseQuery } from '../promql/parser.ts';
import { printMatcher, printQuery } from '../promql/printer.ts';
import type { TimeRange } from '../promql/series-source.ts';
import type { MetricQueryOptions, MetricStore, PromqlQuery } from '../store/metrics/metric-store.ts';
import { nearest } from '../telemetry/nearest.ts';
import { formatTime } from '../telemetry/time.ts';
import type { Window } from '../telemetry/window.ts';
import { withinTime } from './deadline.ts';
import { Emptied } from './emptied.ts';
import { millisecondsOf } from './metric-labels.ts';
import { metricNames, nativeHistogramHint, nearestMetrics } from './metric-names.ts';
import type { Note } from './results.ts';

/** Selectors that are looked into, and matchers of each: every one costs a query or two. */
const mostSelectors = 4;
const mostMatchers = 6;
const mostValues = 5;

/** Values of a label that are searched for near ones. */
const valuesToSearch = 1_000;

const minute = 60_000;

/** An answer that is empty should not take much longer for it, ms. */
const diagnosisMilliseconds = 10_000;

export interface EmptyAnswer {
  readonly store: MetricStore;
  /** The query that gave no series. */
  readonly query: PromqlQuery;
  readonly window: Window;
  readonly options: MetricQueryOptions;
}

/**
 * Why a query gave no series: for each selector whether its metric exists, which matcher leaves all out,
 * or when there are samples. Only series that the key may see play a part.
 */
export async function diagnoseNoSeries(answer: EmptyAnswer): Promise<Note[]> {
  return withinTime(
    { signal: answer.options.signal, milliseconds: diagnosisMilliseconds },
    (signal) => diagnose({ ...answer, options: { ...answer.options, signal } }),
    ['why there are no series could not be found out within the limits of a query'],
  );
}

interface Read {
  readonly selector: VectorSelector;
  readonly text: string;
  /** When the query looks for its samples. */
  readonly time: TimeRange;
}

async function diagnose(answer: EmptyAnswer): Promise<Note[]> {
  const reads = readsOf(answer.query);
  const notes: Note[] = [];
  let found = 0;
  for (const read of reads.slice(0, mostSelectors)) {
    const series = await countSeries(answer, read, read.time);
    if (series > 0) {
      found++;
      notes.push(quoting(`${read.text} finds ${series} series`));
    } else {
      notes.push(...(await diagnoseSelector(answer, read)));
    }
  }
  if (reads.length > mostSelectors)
    notes.push(`${reads.length - mostSelectors} more selectors were not tried`);
  if (found > 0 && found === Math.min(reads.length, mostSelectors)) {
    notes.push(
      (await new Emptied(answer).explain(answer.query.expr)) ??
        'what is done with the series leaves none: a comparison filters them all, the labels of two sides do not match (on(…) or ignoring(…) say which count), or a range holds fewer than 2 samples of a series',
    );
  }
  return notes;
}

/** The selectors of a query, each once, with the times at which it looks. */
function readsOf(query: PromqlQuery): Read[] {
  const { text, expr, start, end, step, lookback = 5 * minute } = query;
  const grid = step === 0 ? createGrid(start, start, 1) : createGrid(start, end, step);
  const planned = planSelections(expr, grid, { text, start, end, step, subqueryStep: minute, lookback });
  const reads = planned.map(({ selector, time }): Read => {
    const bare = { ...selector, offset: undefined, at: undefined, extension: undefined };
    return { selector: bare, text: printQuery(bare), time };
  });
  return [...new Map(reads.map((read) => [read.text, read])).values()];
}

/** Series of a selector with samples in a range. */
async function countSeries(
  { store, query, options }: EmptyAnswer,
  { text }: Read,
  { from, to }: TimeRange,
): Promise<number> {
  // Ranges are open at their start.
  const counting = `count(present_over_time(${text}[${to - from + 1}ms]))`;
  const { limits } = query;
  const result = await store.evaluate(
    { text: counting, expr: parseQuery(counting), start: to, end: to, step: 0, limits },
    options,
  );
  return result.type === 'vector' ? (result.result[0]?.value ?? 0) : 0;
}

async function diagnoseSelector(answer: EmptyAnswer, read: Read): Promise<Note[]> {
  const { store, options, window } = answer;
  const { matchers } = read.selector;
  if (await exists(answer, matchers)) return timeNotes(answer, read, window);
  const name = nameMatcherIn(matchers);
  if (name !== undefined && !(await exists(answer, [name]))) {
    const names = await metricNames(store, options);
    if (names.length === 0) return ['there are no metrics at all'];
    const near = nearestMetrics(name.value, names);
    const hint =
      near.length === 0
        ? '; get-available-metrics finds metrics by parts of their names'
        : `; near it there is ${near.join(', ')}${nativeHistogramHint(name.value, near)}`;
    return [quoting(`there is no metric ${name.value}${hint}`)];
  }
  const others = matchers.filter((matcher) => matcher !== name).slice(0, mostMatchers);
  const alone = name === undefined ? [] : [name];
  const of = name === undefined ? 'no series' : `no series of ${name.value}`;
  const notes: Note[] = [];
  for (const matcher of others) {
    if (await exists(answer, [...alone, matcher])) continue;
    const hint = await valuesHint(answer, alone, matcher);
    notes.push(quoting(`${of} has ${printMatcher(matcher)}${hint}`));
  }
  if (notes.length > 0) return notes;
  return [quoting(`${of} meets all of ${others.map(printMatcher).join(', ')}, but each alone finds some`)];
}

/** The series exist, but not when the query looks. */
async function timeNotes(answer: EmptyAnswer, read: Read, window: Window): Promise<Note[]> {
  const { from, to } = read.time;
  const looked = `${read.text} has no samples from ${isoTime(from - 1)} to ${isoTime(to)}, where the query looks`;
  const inWindow = millisecondsOf(window);
  const outside = inWindow.from < from || inWindow.to > to;
  const elsewhere = outside ? await countSeries(answer, read, inWindow) : 0;
  if (elsewhere === 0) {
    const latest = await answer.store.latestSample?.(read.selector.matchers, answer.options);
    const when = latest === undefined ? '' : `, the latest at ${isoTime(latest)}`;
    return [quoting(`${looked}; there are some at other times${when}: move the window`)];
  }
  const instant =
    answer.query.step === 0
      ? ': an instant query looks at to_time and 5 minutes before it; queryType "range", or a range such as last_over_time(…[1h]), looks at more'
      : '';
  return [quoting(`${looked}; in the rest of the window ${elsewhere} series have some${instant}`)];
}

async function exists({ store, options }: EmptyAnswer, matchers: readonly Matcher[]): Promise<boolean> {
  return (await store.series({ selectors: [matchers], limit: 1 }, options)).items.length > 0;
}

/** What values there are of a label that a matcher finds none of. */
async function valuesHint(
  { store, options }: EmptyAnswer,
  name: readonly Matcher[],
  { label, op, value }: Matcher,
): Promise<string> {
  const selectors = [name];
  const { items } = await store.labelValues(label, { selectors, limit: valuesToSearch }, options);
  if (items.length === 0) {
    const labels = (await store.labelNames({ selectors, limit: valuesToSearch }, options)).items.filter(
      (one) => one !== METRIC_NAME,
    );
    const near = nearest(label, labels);
    const shown = near.length > 0 ? near : labels.slice(0, 20);
    return `: there is no label ${label}${shown.length === 0 ? '' : `, but ${shown.join(', ')}`}`;
  }
  const near = op === '=' || op === '=~' ? nearest(value, items) : [];
  const shown = near.length > 0 ? near : items.slice(0, mostValues);
  const more = items.length > shown.length ? ', …' : '';
  return `: its values are ${shown.map((one) => JSON.stringify(one)).join(', ')}${more}`;
}

const isoTime = (ms: number): string => formatTime(BigInt(ms) * 1_000_000n);

const quoting = (text: string): Note => ({ text, quotesTelemetry: true });
