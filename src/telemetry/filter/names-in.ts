import type { Expression, Name } from './syntax.ts';

/** The names on the left of operators, in the order of the text. */
export function namesIn(expression: Expression): Name[] {
  switch (expression.kind) {
    case 'and':
    case 'or':
      return expression.terms.flatMap(namesIn);
    case 'not':
      return namesIn(expression.term);
    case 'predicate':
      return [expression.name];
  }
}

/** Those that are no `@name`. */
export const bareNamesIn = (expression: Expression): Name[] =>
  namesIn(expression).filter(({ attribute }) => !attribute);
