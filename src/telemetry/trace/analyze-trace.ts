import { criticalTimes, mainRoot } from './critical-path.ts';
import { type Gap, gapOf } from './gap.ts';
import { coveredTime, selfTimes } from './self-time.ts';
import { endOf, type Span } from './span.ts';
import { buildTree, type Detachment } from './tree.ts';

/** A span and what the trace says of it. Times are ns. */
export interface TracedSpan extends Span {
  /** The index of its parent among the spans; -1 at the top. */
  readonly parent: number;
  readonly self: number;
  /** How long it is on the critical path; 0 for a span that is not on it. */
  readonly critical: number;
  readonly gap: Gap | undefined;
  readonly detached: Detachment | undefined;
  /** How much earlier than its parent it starts, and how much later it ends; 0 for not at all. */
  readonly early: number;
  /** 0 for a consumer, too: nobody waits for it. */
  readonly late: number;
}

export interface AnalyzedTrace {
  /** In order of start. */
  readonly spans: readonly TracedSpan[];
  /** From the first start to the last end. */
  readonly duration: number;
  /** The length of the union of all spans. */
  readonly covered: number;
  /** The span whose critical path is given; undefined for no spans. */
  readonly root: number | undefined;
  readonly duplicates: number;
  readonly sharedIds: number;
}

/** Puts the spans of a trace together, whatever is wrong with it. */
export function analyzeTrace(recorded: readonly Span[]): AnalyzedTrace {
  const tree = buildTree(recorded);
  const self = selfTimes(tree);
  const root = mainRoot(tree);
  const critical = root === undefined ? [] : criticalTimes(tree, root);
  const spans = tree.spans.map((span, i): TracedSpan => {
    const parent = tree.parents[i] ?? -1;
    const above = tree.spans[parent];
    return {
      parent,
      self: self[i] ?? 0,
      critical: critical[i] ?? 0,
      gap: gapOf(
        span,
        (tree.children[i] ?? []).flatMap((child) => tree.spans[child] ?? []),
      ),
      detached: tree.detached.get(i),
      early: above === undefined ? 0 : Math.max(0, above.start - span.start),
      late: above === undefined || span.role === 'consumer' ? 0 : Math.max(0, endOf(span) - endOf(above)),
      // V8 makes slow objects where properties are added behind a spread of so many.
      ...span,
    };
  });
  const start = spans[0]?.start ?? 0;
  const end = spans.reduce((latest, span) => Math.max(latest, endOf(span)), start);
  return {
    spans,
    duration: end - start,
    covered: coveredTime(tree.spans),
    root,
    duplicates: tree.duplicates,
    sharedIds: tree.sharedIds,
  };
}
