import { endOf, type Span } from './span.ts';
import type { TraceTree } from './tree.ts';

/**
 * The self time of each span, ns: its duration without the union of its children's intervals, each clipped to
 * the span. So children that overlap count once, and what a child does outside its parent is the child's alone.
 *
 * Self times of a trace add up to the time that its spans cover, and to more by what ran in parallel.
 */
export function selfTimes({ spans, children }: Pick<TraceTree, 'spans' | 'children'>): number[] {
  return spans.map((span, i) => span.duration - covered(span, childSpans(spans, children[i] ?? [])));
}

/** The length of the union of all spans, ns. */
export function coveredTime(spans: readonly Span[]): number {
  return covered({ start: Number.NEGATIVE_INFINITY, duration: Number.POSITIVE_INFINITY }, spans);
}

/** How much of an interval the spans cover. They are in order of start. */
function covered(within: Pick<Span, 'start' | 'duration'>, spans: readonly Span[]): number {
  const end = Number.isFinite(within.start) ? endOf(within) : Number.POSITIVE_INFINITY;
  let reached = within.start;
  let length = 0;
  for (const span of spans) {
    const from = Math.max(span.start, reached);
    const to = Math.min(endOf(span), end);
    if (to <= from) continue;
    length += to - from;
    reached = to;
  }
  return length;
}

const childSpans = (spans: readonly Span[], indexes: readonly number[]): Span[] =>
  indexes.flatMap((index) => spans[index] ?? []);
