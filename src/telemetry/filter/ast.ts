import type { Field } from '../fields.ts';

/** A range of the filter's text: UTF-16 offsets, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type ComparisonOperator = '=' | '!=' | '<' | '<=' | '>' | '>=';

/**
 * A filter whose fields are known and whose values have the type in which they compare.
 *
 * Logic has two values: a missing value is the empty string, so a negated test (`!=`, `NOT IN`,
 * `NOT LIKE`, `!~`) matches a record that lacks the field, and `not` is plain negation.
 */
export type Filter =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Filter[] }
  | { readonly kind: 'not'; readonly term: Filter }
  | Comparison
  | Membership
  | Between
  | Like
  | Match
  | Missing;

/** What a value is compared as. Times are nanoseconds since the epoch. */
export type Value =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'number'; readonly value: number }
  | { readonly type: 'time'; readonly value: bigint };

/**
 * `=` and the orderings never match a missing value (but `= ''` does). A number compares with the
 * field's text read as a number, and text that is none doesn't match (it matches `!=`). On a field
 * with `ignoreCase` the case of letters is ignored; on an `ordered` one the orderings go by the place
 * of both sides in the field's `values`.
 */
export interface Comparison {
  readonly kind: 'comparison';
  readonly field: Field;
  readonly operator: ComparisonOperator;
  readonly value: Value;
  readonly span: Span;
}

/** `IN` and `NOT IN`; each value compares as in `=`. */
export interface Membership {
  readonly kind: 'in';
  readonly field: Field;
  readonly values: readonly Value[];
  readonly negated: boolean;
  readonly span: Span;
}

/** `BETWEEN` and `NOT BETWEEN`: what `>= low AND <= high` matches. Both bounds have the same type. */
export interface Between {
  readonly kind: 'between';
  readonly field: Field;
  readonly low: Value;
  readonly high: Value;
  readonly negated: boolean;
  readonly span: Span;
}

/** One piece of a LIKE pattern: text as it is, `%` (any run of characters) or `_` (one character). */
export type LikePart = { readonly literal: string } | '%' | '_';

/**
 * `LIKE` and `ILIKE` over the field's text: the whole text has to match, and a missing value never does.
 * No two literals and no two `%` stand side by side, and no literal is empty.
 */
export interface Like {
  readonly kind: 'like';
  readonly field: Field;
  readonly parts: readonly LikePart[];
  /** Unicode case folding, as RE2's `(?i)`: ILIKE, and every LIKE on a field with `ignoreCase`. */
  readonly ignoreCase: boolean;
  readonly negated: boolean;
  readonly span: Span;
}

/**
 * `=~` and `!~`: RE2, unanchored, `.` matches a newline; a missing value never matches. `pattern` is the
 * RE2 syntax itself.
 */
export interface Match {
  readonly kind: 'match';
  readonly field: Field;
  readonly pattern: string;
  readonly ignoreCase: boolean;
  readonly negated: boolean;
  readonly span: Span;
}

/** `IS NULL` and `IS NOT NULL`: the value is missing or empty. */
export interface Missing {
  readonly kind: 'missing';
  readonly field: Field;
  readonly negated: boolean;
  readonly span: Span;
}
