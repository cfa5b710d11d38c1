import type { AggregateOp, BinaryOp } from './ast.ts';

/** The aggregations, and the type of the parameter that comes before their vector. */
export const aggregations: ReadonlyMap<
  string,
  { readonly op: AggregateOp; readonly param?: 'scalar' | 'string' }
> = new Map([
  ['sum', { op: 'sum' }],
  ['avg', { op: 'avg' }],
  ['count', { op: 'count' }],
  ['min', { op: 'min' }],
  ['max', { op: 'max' }],
  ['group', { op: 'group' }],
  ['stddev', { op: 'stddev' }],
  ['stdvar', { op: 'stdvar' }],
  ['topk', { op: 'topk', param: 'scalar' }],
  ['bottomk', { op: 'bottomk', param: 'scalar' }],
  ['quantile', { op: 'quantile', param: 'scalar' }],
  ['limitk', { op: 'limitk', param: 'scalar' }],
  ['limit_ratio', { op: 'limit_ratio', param: 'scalar' }],
  ['count_values', { op: 'count_values', param: 'string' }],
]);

/** How tightly a minus or plus sign binds: as `*`, so that `-2^2` is −4 and `-a * b` is `(-a) * b`. */
export const signPrecedence = 5;

/** The binary operators, from the loosest to the tightest; `^` alone groups to the right. */
export const binaryOperators: ReadonlyMap<string, { readonly op: BinaryOp; readonly precedence: number }> =
  new Map([
    ['or', { op: 'or', precedence: 1 }],
    ['and', { op: 'and', precedence: 2 }],
    ['unless', { op: 'unless', precedence: 2 }],
    ['==', { op: '==', precedence: 3 }],
    ['!=', { op: '!=', precedence: 3 }],
    ['<', { op: '<', precedence: 3 }],
    ['<=', { op: '<=', precedence: 3 }],
    ['>', { op: '>', precedence: 3 }],
    ['>=', { op: '>=', precedence: 3 }],
    ['</', { op: '</', precedence: 3 }],
    ['>/', { op: '>/', precedence: 3 }],
    ['+', { op: '+', precedence: 4 }],
    ['-', { op: '-', precedence: 4 }],
    ['*', { op: '*', precedence: signPrecedence }],
    ['/', { op: '/', precedence: signPrecedence }],
    ['%', { op: '%', precedence: signPrecedence }],
    ['atan2', { op: 'atan2', precedence: signPrecedence }],
    ['^', { op: '^', precedence: 6 }],
  ]);

const comparisons: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=']);
const setOperators: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

/** Whether the operator compares. */
export function isComparison(op: BinaryOp): boolean {
  return comparisons.has(op);
}

/** Whether the operator joins sets of series. */
export function isSetOperator(op: BinaryOp): boolean {
  return setOperators.has(op);
}

/** Words that can't be a metric's name without quotes, in lower case. */
export const wordsThatAreNoMetric: ReadonlySet<string> = new Set([
  'atan2',
  'bool',
  'group_left',
  'group_right',
  'ignoring',
  'on',
]);

/** Words that can't be a label in `by (…)`, `on (…)` and their like without quotes, in lower case. */
export const wordsThatAreNoLabel: ReadonlySet<string> = new Set(['inf', 'nan', 'without']);
