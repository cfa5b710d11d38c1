import type { ComparisonOperator, Span } from './ast.ts';

/** What a filter says, before its names and values are looked up. */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly terms: readonly Expression[] }
  | { readonly kind: 'not'; readonly term: Expression }
  | Predicate;

/** One condition on one field. */
export interface Predicate {
  readonly kind: 'predicate';
  readonly name: Name;
  readonly test: Test;
  readonly span: Span;
}

/** `@name`, or a bare name that may be a built-in field, an alias or an attribute. */
export interface Name {
  readonly text: string;
  readonly attribute: boolean;
  readonly span: Span;
}

/** A value: the text of a string in quotes, or a bare word as it was written. */
export interface Literal {
  readonly text: string;
  readonly quoted: boolean;
  readonly span: Span;
}

export type Test =
  | { readonly kind: 'comparison'; readonly operator: ComparisonOperator; readonly value: Literal }
  | { readonly kind: 'in'; readonly values: readonly Literal[]; readonly negated: boolean }
  | { readonly kind: 'between'; readonly low: Literal; readonly high: Literal; readonly negated: boolean }
  | {
      readonly kind: 'like';
      readonly pattern: Literal;
      readonly ignoreCase: boolean;
      readonly negated: boolean;
    }
  | { readonly kind: 'match'; readonly pattern: Literal; readonly negated: boolean }
  | { readonly kind: 'missing'; readonly negated: boolean };
