import { children, type Expr, type Matcher, type VectorSelector } from '../promql/ast.ts';
import type { Labels } from '../promql/labels.ts';
import { METRIC_NAME } from '../promql/labels.ts';
import { printMatcher, printQuery } from '../promql/printer.ts';
import type { MetricQueryOptions, MetricStore } from '../store/metrics/metric-store.ts';
import { nearest } from '../telemetry/nearest.ts';
import { withinTime } from './deadline.ts';
import type { Note } from './results.ts';

/** Places of a query that are looked into: each may cost a query for the names of labels. */
const mostPlaces = 4;
const mostNames = 10_000;
const lookUpMilliseconds = 3_000;

/** Labels that a part of a query names, and the selectors whose series should have them. */
interface NamedLabels {
  /** `by (podd)`, as it is to be repeated. */
  readonly text: string;
  readonly labels: readonly string[];
  readonly of: readonly VectorSelector[];
}

/**
 * A label that no series has is no error in PromQL: `by (podd)` puts all into one, `podd!="x"` leaves none out.
 * So a misspelt one must be told. Only what the key may see is looked at.
 *
 * @param shown labels of series of the answer: what they have is there
 */
export async function absentLabelNotes(
  expr: Expr,
  shown: readonly Labels[],
  store: MetricStore,
  { signal, scope }: MetricQueryOptions,
): Promise<Note[]> {
  const inAnswer = new Set(shown.flatMap((labels) => [...labels].map(([name]) => name)));
  const places = namedLabels(expr)
    .map((place) => ({ ...place, labels: place.labels.filter((label) => !inAnswer.has(label)) }))
    .filter(({ labels, of }) => labels.length > 0 && of.length > 0)
    .slice(0, mostPlaces);
  if (places.length === 0) return [];
  return withinTime(
    { signal, milliseconds: lookUpMilliseconds },
    async (until) => {
      const found = await Promise.all(places.map((place) => notesOf(place, store, { scope, signal: until })));
      return [...new Map(found.flat().map((note) => [JSON.stringify(note), note])).values()];
    },
    [],
  );
}

async function notesOf(
  { text, labels, of }: NamedLabels,
  store: MetricStore,
  options: MetricQueryOptions,
): Promise<Note[]> {
  const selectors = of.map(({ matchers }) => matchers);
  const { items, truncated } = await store.labelNames({ selectors, limit: mostNames }, options);
  if (truncated || items.length === 0) return [];
  const names = items.filter((name) => name !== METRIC_NAME);
  const series = of.map((selector) => printQuery(bare(selector))).join(' or ');
  return labels
    .filter((label) => !items.includes(label))
    .map((label) => {
      const near = nearest(label, names);
      const hint =
        near.length === 0
          ? `: labels are ${names.slice(0, 20).join(', ')}`
          : `; near it there is ${near.join(', ')}`;
      return { text: `${text}: no series of ${series} has a label ${label}${hint}`, quotesTelemetry: true };
    });
}

const bare = (selector: VectorSelector): VectorSelector => ({
  ...selector,
  offset: undefined,
  at: undefined,
  extension: undefined,
});

function namedLabels(expr: Expr): NamedLabels[] {
  const inside = children(expr).flatMap(namedLabels);
  switch (expr.kind) {
    case 'vectorSelector': {
      return expr.matchers
        .filter(meetsMissing)
        .map((matcher) => ({ text: printMatcher(matcher), labels: [matcher.label], of: [expr] }));
    }
    case 'aggregate': {
      const { grouping, without } = expr;
      const text = `${without ? 'without' : 'by'} (${grouping.join(', ')})`;
      return [...inside, { text, labels: grouping, of: selectorsOf(expr.expr) }];
    }
    case 'binary': {
      const { matching, left, right } = expr;
      if (matching === undefined || !matching.on) return inside;
      const text = `on (${matching.labels.join(', ')})`;
      return [
        ...inside,
        ...[left, right].map((side) => ({ text, labels: matching.labels, of: selectorsOf(side) })),
      ];
    }
    default:
      return inside;
  }
}

/** A matcher that a series without the label meets. Patterns are left alone: which match nothing is not plain. */
const meetsMissing = ({ label, op, value }: Matcher): boolean =>
  label !== METRIC_NAME && ((op === '!=' && value !== '') || op === '!~');

const makesLabels: ReadonlySet<string> = new Set(['label_replace', 'label_join', 'info']);

/** The selectors that the labels of an expression come from; none where it makes labels itself. */
function selectorsOf(expr: Expr): VectorSelector[] {
  if (expr.kind === 'vectorSelector') return [expr];
  if (expr.kind === 'call' && makesLabels.has(expr.name)) return [];
  if (expr.kind === 'aggregate') {
    // What by (…) drops is not there any more, whatever the series have.
    return expr.op === 'count_values' ? [] : selectorsOf(expr.expr);
  }
  const parts = children(expr).map((child) => ({ child, selectors: selectorsOf(child) }));
  const isMade = parts.some(
    ({ child, selectors }) => child.type === 'vector' && selectors.length === 0 && hasSelector(child),
  );
  return isMade ? [] : parts.flatMap(({ selectors }) => selectors);
}

const hasSelector = (expr: Expr): boolean =>
  expr.kind === 'vectorSelector' || children(expr).some(hasSelector);
