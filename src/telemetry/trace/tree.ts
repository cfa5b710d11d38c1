import type { Span } from './span.ts';

/** Why a span that names a parent stands at the top. */
export type Detachment = 'missing parent' | 'circle';

/** Who is whose child. Spans are in order of start, the longer first; everything else goes by their indexes. */
export interface TraceTree {
  readonly spans: readonly Span[];
  /** -1 for a span at the top. */
  readonly parents: readonly number[];
  /** In order of start. */
  readonly children: readonly (readonly number[])[];
  readonly roots: readonly number[];
  readonly detached: ReadonlyMap<number, Detachment>;
  /** Records that were left out because another one says the same. */
  readonly duplicates: number;
  /** Spans whose id another span of the trace has too, though they differ. Children go to the first. */
  readonly sharedIds: number;
}

/**
 * Puts spans together. A span whose parent is not among them stands at the top; so does the earliest span of
 * a circle, which is cut there.
 */
export function buildTree(recorded: readonly Span[]): TraceTree {
  const spans = withoutDuplicates([...recorded].sort(byStart));
  const firstOf = new Map<string, number>();
  for (const [i, { spanId }] of spans.entries()) if (!firstOf.has(spanId)) firstOf.set(spanId, i);
  const detached = new Map<number, Detachment>();
  const parents = spans.map(({ parentSpanId }, i) => {
    if (parentSpanId === '') return -1;
    const parent = firstOf.get(parentSpanId);
    if (parent === undefined) detached.set(i, 'missing parent');
    return parent ?? -1;
  });
  for (const i of circleStarts(parents)) {
    parents[i] = -1;
    detached.set(i, 'circle');
  }
  const children: number[][] = spans.map(() => []);
  const roots: number[] = [];
  for (const [i, parent] of parents.entries()) (children[parent] ?? roots).push(i);
  return {
    spans,
    parents,
    children,
    roots,
    detached,
    duplicates: recorded.length - spans.length,
    sharedIds: spans.length - firstOf.size,
  };
}

function byStart(a: Span, b: Span): number {
  return a.start - b.start || b.duration - a.duration || (a.spanId < b.spanId ? -1 : 1);
}

function withoutDuplicates(spans: readonly Span[]): Span[] {
  const seen = new Set<string>();
  return spans.filter((span) => {
    const { spanId, parentSpanId, name, role, workload, pod, start, duration } = span;
    const identity = JSON.stringify([spanId, parentSpanId, name, role, workload, pod, start, duration]);
    if (seen.has(identity)) return false;
    seen.add(identity);
    return true;
  });
}

/** The first span of each circle. */
function circleStarts(parents: readonly number[]): number[] {
  const found: number[] = [];
  const walkOf = new Array<number>(parents.length).fill(-1);
  for (const start of parents.keys()) {
    let i = start;
    while (i >= 0 && walkOf[i] === -1) {
      walkOf[i] = start;
      i = parents[i] ?? -1;
    }
    if (i < 0 || walkOf[i] !== start) continue;
    let first = i;
    for (let j = parents[i] ?? -1; j !== i && j >= 0; j = parents[j] ?? -1) first = Math.min(first, j);
    found.push(first);
  }
  return found;
}
