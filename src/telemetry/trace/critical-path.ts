import { endOf } from './span.ts';
import type { TraceTree } from './tree.ts';

/** A part of a span that is still to be walked, ns. */
interface Part {
  readonly span: number;
  readonly from: number;
  readonly to: number;
}

/**
 * How long each span is on the critical path of a root, ns: what would have to be faster for the root to
 * end earlier. The method is that of CRISP (Zhang et al., USENIX ATC 2022), as Jaeger has it too: backwards
 * from the root's end, the child that ended last is what its parent waited for, up to the child's start; from
 * there the same again. What no child was waited for is the span's own. Other than there, a child that still
 * ran when a later one started counts up to then: so no span is on the path for longer than its self time.
 * Children are clipped to their parents, and the path to the root: the times add up to the root's duration.
 */
export function criticalTimes(
  { spans, children }: Pick<TraceTree, 'spans' | 'children'>,
  root: number,
): number[] {
  const times = new Array<number>(spans.length).fill(0);
  const rootSpan = spans[root];
  const parts: Part[] =
    rootSpan === undefined ? [] : [{ span: root, from: rootSpan.start, to: endOf(rootSpan) }];
  for (let part = parts.pop(); part !== undefined; part = parts.pop()) {
    const { span, from } = part;
    let { to } = part;
    let own = 0;
    for (const child of lastEndFirst(spans, children[span] ?? [])) {
      const start = Math.max(child.start, from);
      const end = Math.min(child.end, to);
      if (end <= start) continue;
      own += to - end;
      parts.push({ span: child.index, from: start, to: end });
      to = start;
    }
    times[span] = own + (to - from);
  }
  return times;
}

/** The root that a trace is about: the longest, of equally long ones the first; undefined for no spans. */
export function mainRoot({ spans, roots }: Pick<TraceTree, 'spans' | 'roots'>): number | undefined {
  const durationOf = (index: number): number => spans[index]?.duration ?? 0;
  return roots.reduce<number | undefined>(
    (best, index) => (best !== undefined && durationOf(best) >= durationOf(index) ? best : index),
    undefined,
  );
}

interface Child {
  readonly index: number;
  readonly start: number;
  readonly end: number;
}

function lastEndFirst(spans: TraceTree['spans'], indexes: readonly number[]): Child[] {
  return indexes
    .flatMap((index): Child[] => {
      const span = spans[index];
      return span === undefined ? [] : [{ index, start: span.start, end: endOf(span) }];
    })
    .sort((a, b) => b.end - a.end || b.start - a.start);
}
