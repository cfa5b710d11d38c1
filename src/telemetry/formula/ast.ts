/** Where a part of a formula stands: UTF-16 offsets, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export type BinaryOperator = '+' | '-' | '*' | '/' | '%' | '^';

/** A formula that was read. `label` is the label of another query of the request. */
export type Formula =
  | { readonly kind: 'number'; readonly value: number; readonly span: Span }
  | { readonly kind: 'label'; readonly label: string; readonly span: Span }
  | { readonly kind: 'negation'; readonly operand: Formula; readonly span: Span }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Formula;
      readonly right: Formula;
      readonly span: Span;
    }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly Formula[]; readonly span: Span };

/** The parts that a formula is made of, from left to right. */
export function partsOf(formula: Formula): readonly Formula[] {
  switch (formula.kind) {
    case 'number':
    case 'label':
      return [];
    case 'negation':
      return [formula.operand];
    case 'binary':
      return [formula.left, formula.right];
    case 'call':
      return formula.args;
  }
}

/** Each place where a formula names a label, from left to right. */
export function labelsIn(formula: Formula): readonly (Formula & { readonly kind: 'label' })[] {
  return formula.kind === 'label' ? [formula] : partsOf(formula).flatMap(labelsIn);
}
