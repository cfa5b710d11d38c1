import type { CallGraph } from './call-graph.ts';
import { bestOf, type Change } from './changes.ts';

/** A place that accounts for calls that take longer, or fail, between the two ends. */
export interface LinkPlace {
  readonly workload: string;
  /** The other end, where only the calls between two workloads changed; empty otherwise. */
  readonly peer: string;
  readonly score: number;
  readonly evidence: readonly Change[];
}

/** With fewer calls a link could hardly show what its ends suffer. */
const TELLING_CALLS = 10;

/** How much likelier an end is that shows something else too. */
const SUSPECT = 2;

/**
 * The fewest places that account for the links that changed: at each step the end with most of its links among them, as
 * whatever delays a pod, its network or its processor, delays all that it sends and reads. Of a link
 * that is alone, both ends are named; the first is the one with the greater part of its links changed, the called one
 * where they are equal.
 *
 * @param suspects workloads with changes of another kind, which are the likelier ends.
 */
export function linkPlaces(
  changes: readonly Change[],
  { links }: CallGraph,
  suspects: ReadonlySet<string>,
): readonly LinkPlace[] {
  const places: LinkPlace[] = [];
  let left = changes;
  while (left.length > 0) {
    const here = left;
    const ends = [...new Set(here.flatMap(({ workload, peer }) => [workload, peer]))].filter(
      (end) => end !== '',
    );
    const ranked = ends
      .map((end) => {
        const evidence = here.filter((change) => touches(end, change.workload, change.peer));
        const changed = new Set(evidence.map(({ workload, peer }) => JSON.stringify([workload, peer])));
        const even = links.filter(
          ({ client, server, calls }) =>
            touches(end, client, server) &&
            calls >= TELLING_CALLS &&
            !changed.has(JSON.stringify([client, server])),
        ).length;
        const share = changed.size / Math.max(1, changed.size + even);
        const isCalled = evidence.some(({ peer }) => peer === end);
        const weight = share * Math.sqrt(changed.size) * (suspects.has(end) ? SUSPECT : 1);
        return { end, evidence, changed: changed.size, share, weight, isCalled };
      })
      .sort(
        (a, b) => b.weight - a.weight || Number(b.isCalled) - Number(a.isCalled) || (a.end < b.end ? -1 : 1),
      );
    const [top] = ranked;
    const [only] = top?.evidence ?? [];
    if (top === undefined || only === undefined) break;
    const other = only.workload === top.end ? only.peer : only.workload;
    places.push({
      workload: top.end,
      peer: top.changed === 1 && !suspects.has(top.end) ? other : '',
      // Where a part of the links is as ever, the place is less sure; a link by itself is what it is.
      score: bestOf(top.evidence) * (top.changed === 1 ? 1 : Math.min(1, top.share + 0.2)),
      evidence: top.evidence,
    });
    left = here.filter((change) => !top.evidence.includes(change));
  }
  return places;
}

const touches = (end: string, one: string, other: string): boolean => (one === end) !== (other === end);
