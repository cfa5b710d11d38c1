import type { TracedSpan } from './analyze-trace.ts';

/** Like siblings fold from so many on. */
const fewestFolded = 3;

/** Spans that one line stands for: a single one, or siblings that are alike. */
export interface SpanGroup {
  /** Indexes of its spans, in order of start. */
  readonly spans: readonly number[];
  /** The name of all, or what their names have in common: `*` for numbers, quoted text and ids. */
  readonly name: string;
  /** The group in which their parents are; -1 at the top. Always before this one. */
  readonly parent: number;
  /** 0 at the top. */
  readonly depth: number;
  /** Spans, failed spans, and time (ns) on the critical path and of their own, in the group and below it. */
  readonly below: { spans: number; failed: number; critical: number; self: number };
}

/**
 * Folds siblings that are alike: the same operation of the same workload with the same outcome (and message, if
 * they failed), three of them or more. Below a fold, the children of all its spans fold too, however few. Parents come before children,
 * siblings in order of start; each span is in one group.
 *
 * @param top show only these spans and what is below them; absent: the roots
 */
export function foldSpans(spans: readonly TracedSpan[], top?: readonly number[]): SpanGroup[] {
  const children: number[][] = spans.map(() => []);
  const roots: number[] = [];
  for (const [i, { parent }] of spans.entries()) (children[parent] ?? roots).push(i);
  const groups: SpanGroup[] = [];
  const folding = { spans, children };
  const waiting: Waiting[] = toFold(folding, top ?? roots, -1, fewestFolded).reverse();
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const index = groups.length;
    groups.push(groupOf(spans, next, groups[next.parent]));
    const below = next.spans.flatMap((span) => children[span] ?? []);
    waiting.push(...toFold(folding, below, index, next.spans.length > 1 ? 1 : fewestFolded).reverse());
  }
  for (const { parent, below } of groups.toReversed()) {
    const above = groups[parent]?.below;
    if (above === undefined) continue;
    above.spans += below.spans;
    above.failed += below.failed;
    above.critical += below.critical;
    above.self += below.self;
  }
  return groups;
}

interface Waiting {
  readonly spans: readonly number[];
  readonly parent: number;
}

interface Folding {
  readonly spans: readonly TracedSpan[];
  readonly children: readonly (readonly number[])[];
}

function toFold(
  { spans, children }: Folding,
  siblings: readonly number[],
  parent: number,
  fewest: number,
): Waiting[] {
  const alike = new Map<string, number[]>();
  for (const index of siblings) {
    const span = spans[index];
    if (span === undefined) continue;
    const served = (children[index] ?? []).flatMap((child) => spans[child] ?? []);
    const key = likeness(span, served);
    const known = alike.get(key);
    if (known === undefined) alike.set(key, [index]);
    else known.push(index);
  }
  return [...alike.values()]
    .flatMap((group) => (group.length >= fewest ? [group] : group.map((index) => [index])))
    .map((group) => ({ spans: group.sort((a, b) => a - b), parent }))
    .sort((a, b) => (a.spans[0] ?? 0) - (b.spans[0] ?? 0));
}

/** Calls are alike if the same operations serve them, too: many are called after their HTTP method alone. */
function likeness(span: TracedSpan, children: readonly TracedSpan[]): string {
  const { cluster, namespace, workload, role, name, resource, protocol, returnCode, failed, detached } = span;
  const { message } = span;
  return JSON.stringify([
    cluster,
    namespace,
    workload,
    role,
    shapeOf(name),
    resource,
    protocol,
    returnCode,
    failed,
    failed ? shapeOf(message) : '',
    detached,
    ...(role === 'client' || role === 'producer'
      ? children
          .filter((child) => child.role === 'server' || child.role === 'consumer')
          .flatMap((child) => [child.namespace, child.workload, child.name])
      : []),
  ]);
}

/** A name without what tells repeated operations apart. */
const shapeOf = (name: string): string =>
  name.replaceAll(/'[^']*'|"[^"]*"|\b[0-9a-f]{8,}(?:-[0-9a-f]{4,})*\b|\d+/gi, '*');

function groupOf(
  spans: readonly TracedSpan[],
  { spans: indexes, parent }: Waiting,
  above: SpanGroup | undefined,
): SpanGroup {
  const below = { spans: 0, failed: 0, critical: 0, self: 0 };
  const names = new Set<string>();
  for (const index of indexes) {
    const span = spans[index];
    if (span === undefined) continue;
    names.add(span.name);
    below.spans++;
    below.failed += span.failed ? 1 : 0;
    below.critical += span.critical;
    below.self += span.self;
  }
  const [name = ''] = names;
  return {
    spans: indexes,
    name: names.size === 1 ? name : shapeOf(name),
    parent,
    depth: above === undefined ? 0 : above.depth + 1,
    below,
  };
}

/**
 * Indexes of the groups in the order of what they say about the trace: what leads to failures, then what is
 * longest on the critical path, then what takes longest. A group comes behind all that it is in.
 */
export function mostTellingFirst(groups: readonly SpanGroup[]): number[] {
  const weights = groups.map(({ below }) => [below.failed > 0 ? 1 : 0, below.critical, below.self] as const);
  const compare = (a: number, b: number): number => {
    const [failedA = 0, criticalA = 0, selfA = 0] = weights[a] ?? [];
    const [failedB = 0, criticalB = 0, selfB = 0] = weights[b] ?? [];
    return failedB - failedA || criticalB - criticalA || selfB - selfA || a - b;
  };
  return groups.map((_, i) => i).sort(compare);
}
