import type { Aggregates } from './aggregates.ts';
import type { Change } from './changes.ts';

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

/** What is worth asking the store for, the strongest change first; for few operations. */
export function attributeQuestions(
  changes: readonly Change[],
  baseline: Aggregates,
  window: Aggregates,
): readonly AttributeQuestion[] {
  void [changes, baseline, window];
  return [];
}

/** The values that are over-represented, strongest first. Rows of all questions together. */
export function overRepresented(rows: readonly AttributeCounts[]): readonly AttributeFinding[] {
  void rows;
  return [];
}
