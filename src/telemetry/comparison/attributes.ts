import type { Aggregates, OperationAggregate } from './aggregates.ts';
import { type Change, isWorse } from './changes.ts';
import { heldTests } from './correction.ts';
import { distributionOf, quantileOf } from './distribution.ts';
import { middleOf } from './histogram.ts';
import { compareShares } from './share-test.ts';
import { sum } from './test-result.ts';

/**
 * The second question: of an operation that changed, which attributes are more frequent among its failed or slow spans
 * than among the others? Asked for the window alone.
 */
export interface AttributeQuestion {
  readonly workload: string;
  readonly operation: string;
  readonly outcome: Outcome;
  /** From which duration on a span is slow, ns; 0 for failures. */
  readonly slowFrom: number;
}

/** A span that failed has the status error; one that is slow took `slowFrom` or longer. */
export type Outcome = 'failed' | 'slow';

/**
 * How often spans with one value of an attribute (the span's own or its resource's) had the outcome, and all others of
 * the operation. `hits` ≤ `all`.
 */
export interface AttributeCounts {
  readonly workload: string;
  readonly operation: string;
  readonly outcome: Outcome;
  readonly attribute: string;
  readonly value: string;
  readonly having: { readonly hits: number; readonly all: number };
  readonly others: { readonly hits: number; readonly all: number };
}

/** A value that comes with failed or slow spans. */
export interface AttributeFinding extends AttributeCounts {
  /** Attributes and values of exactly the same counts, as `name=value`: they can't be told apart. */
  readonly same: readonly string[];
  /** Corrected for how many were tested. */
  readonly p: number;
  /** 0 to 1: the part of the difference of the shares that is sure. */
  readonly strength: number;
}

/** For how many questions the store is asked, and what of an answer is told. */
const MOST_QUESTIONS = 6;
const MOST_FINDINGS = 5;

/** Fewer failed spans have nothing in common that chance could not explain. */
const LEAST_FAILED = 3;

/** A span is slow if it took longer than so many of the baseline. */
const SLOW = 0.9;

/** The chance of a single false finding, and by what factor a share has to be greater with a value than without. */
const LEVEL = 0.01;
const LEAST_FACTOR = 1.5;

/** What is worth asking the store for: of the operations that changed for the worse, those with the strongest changes. */
export function attributeQuestions(
  changes: readonly Change[],
  baseline: Aggregates,
  window: Aggregates,
): readonly AttributeQuestion[] {
  const find = (side: Aggregates, { workload, subject }: Change) =>
    side.operations.find((each) => each.workload === workload && each.operation === subject);
  const asked = new Map<string, AttributeQuestion>();
  for (const change of changes.filter(isWorse)) {
    const outcome = OUTCOMES.get(change.kind);
    const now = find(window, change);
    if (outcome === undefined || now === undefined) continue;
    const { workload, operation } = now;
    const failed = sum(now.failed);
    if (outcome === 'failed' && (failed < LEAST_FAILED || failed === sum(now.requests))) continue;
    const slowFrom = outcome === 'failed' ? 0 : slowFromOf(find(baseline, change));
    if (slowFrom === undefined) continue;
    const key = JSON.stringify([workload, operation, outcome]);
    if (!asked.has(key)) asked.set(key, { workload, operation, outcome, slowFrom });
    if (asked.size === MOST_QUESTIONS) break;
  }
  return [...asked.values()];
}

const OUTCOMES: ReadonlyMap<Change['kind'], Outcome> = new Map([
  ['errors', 'failed'],
  ['duration', 'slow'],
  ['own-time', 'slow'],
]);

function slowFromOf(operation: OperationAggregate | undefined): number | undefined {
  const bucket = quantileOf([distributionOf(operation?.duration ?? [])], SLOW);
  // The bucket after the one that holds the quantile.
  return bucket === undefined ? undefined : Math.ceil(middleOf(bucket + 1));
}

/**
 * The values that are more frequent among failed or slow spans, strongest first, at most five of a question: by Fisher's
 * test of each value against all other spans of the operation, corrected for all rows together. Of values with the
 * same counts, which mark the same spans, the one with the shortest name stands for all.
 *
 * @param rows of all questions together, in any order
 */
export function overRepresented(rows: readonly AttributeCounts[]): readonly AttributeFinding[] {
  const alike = new Map<string, AttributeCounts[]>();
  for (const row of rows) {
    const { workload, operation, outcome, having, others } = row;
    const key = JSON.stringify([
      workload,
      operation,
      outcome,
      having.hits,
      having.all,
      others.hits,
      others.all,
    ]);
    alike.set(key, [...(alike.get(key) ?? []), row]);
  }
  const groups = [...alike.values()].flatMap((group) => {
    const [first, ...rest] = group.sort(byName);
    return first === undefined
      ? []
      : [{ first, same: rest.map(({ attribute, value }) => `${attribute}=${value}`) }];
  });
  const tests = groups.map(({ first: { having, others } }) =>
    compareShares({ hits: [others.hits, having.hits], of: [others.all, having.all] }, undefined, 'more'),
  );
  const held = heldTests(tests, LEVEL);
  const found = groups.flatMap(({ first, same }, i): AttributeFinding[] => {
    const test = tests[i];
    const { having, others } = first;
    if (test === undefined || !held[i] || test.strength <= 0) return [];
    if (having.hits / having.all < (LEAST_FACTOR * others.hits) / others.all) return [];
    return [{ ...first, same, p: Math.min(1, test.p * groups.length), strength: test.strength }];
  });
  const told = new Map<string, number>();
  return found
    .sort((a, b) => b.strength - a.strength || a.p - b.p || byName(a, b))
    .filter(({ workload, operation, outcome }) => {
      const key = JSON.stringify([workload, operation, outcome]);
      told.set(key, (told.get(key) ?? 0) + 1);
      return (told.get(key) ?? 0) <= MOST_FINDINGS;
    });
}

const byName = (a: AttributeCounts, b: AttributeCounts): number =>
  a.attribute.length - b.attribute.length || (nameOf(a) < nameOf(b) ? -1 : 1);

const nameOf = ({ attribute, value, workload, operation, outcome }: AttributeCounts): string =>
  JSON.stringify([attribute, value, workload, operation, outcome]);
