import type { BinaryOperator } from './ast.ts';

/** Operations on two numbers, by operator or function name. */
export const binaryOperations = {
  '+': (a: number, b: number) => a + b,
  '-': (a: number, b: number) => a - b,
  '*': (a: number, b: number) => a * b,
  '/': (a: number, b: number) => a / b,
  /** The remainder has the sign of the dividend, as in PromQL. */
  '%': (a: number, b: number) => a % b,
  '^': (a: number, b: number) => a ** b,
  min: (a: number, b: number) => Math.min(a, b),
  max: (a: number, b: number) => Math.max(a, b),
} as const satisfies Readonly<Record<BinaryOperator | 'min' | 'max', (a: number, b: number) => number>>;

export type BinaryOperation = keyof typeof binaryOperations;

/** Operations on one number. */
export const unaryOperations = {
  negation: (a: number) => -a,
  abs: Math.abs,
  ceil: Math.ceil,
  floor: Math.floor,
  /** Halves are rounded up, as in PromQL. */
  round: Math.round,
  sqrt: Math.sqrt,
  ln: Math.log,
  log2: Math.log2,
  log10: Math.log10,
  exp: Math.exp,
} as const;

export type UnaryOperation = keyof typeof unaryOperations;

interface Signature {
  readonly least: number;
  readonly most: number;
  /** The valid call, for errors and documentation. */
  readonly example: string;
  readonly description: string;
}

const one = (example: string, description: string): Signature => ({
  least: 1,
  most: 1,
  example,
  description,
});

/** The functions of formulas. */
export const functions: ReadonlyMap<string, Signature> = new Map([
  ['abs', one('abs(A - B)', 'without the sign')],
  ['ceil', one('ceil(A)', 'the next whole number up')],
  ['floor', one('floor(A)', 'the next whole number down')],
  ['round', one('round(A)', 'the nearest whole number, halves up')],
  ['sqrt', one('sqrt(A)', 'square root')],
  ['ln', one('ln(A)', 'natural logarithm')],
  ['log2', one('log2(A)', 'logarithm to base 2')],
  ['log10', one('log10(A)', 'logarithm to base 10')],
  ['exp', one('exp(A)', 'e to the power')],
  [
    'min',
    { least: 2, most: 10, example: 'min(A, B)', description: 'the least of two or more, value by value' },
  ],
  [
    'max',
    { least: 2, most: 10, example: 'max(A, 0)', description: 'the greatest of two or more, value by value' },
  ],
  [
    'clamp',
    {
      least: 3,
      most: 3,
      example: 'clamp(A, 0, 100)',
      description: 'not below the second, not above the third',
    },
  ],
  [
    'default',
    { least: 2, most: 2, example: 'default(A, 0)', description: 'the number wherever there is no value' },
  ],
]);

/** Functions of other languages, and what to write. */
export const functionGuesses: ReadonlyMap<string, string> = new Map([
  ['log', 'ln(A), log2(A) or log10(A)'],
  ['pow', 'A ^ 2'],
  ['power', 'A ^ 2'],
  ['mod', 'A % 10'],
  ['coalesce', 'default(A, 0)'],
  ['ifnull', 'default(A, 0)'],
  ['fill', 'default(A, 0)'],
  ['fillna', 'default(A, 0)'],
  ['default_zero', 'default(A, 0)'],
  ['clamp_min', 'max(A, 0)'],
  ['clamp_max', 'min(A, 100)'],
  ['least', 'min(A, B)'],
  ['greatest', 'max(A, B)'],
  ['percent', '(A / B) * 100'],
  ['ratio', 'A / B'],
  ['div', 'A / B'],
  ['divide', 'A / B'],
]);

/** Functions that add up series or time: queries do that, formulas don't. */
export const aggregatingNames: ReadonlySet<string> = new Set([
  'sum',
  'avg',
  'mean',
  'count',
  'rate',
  'increase',
  'quantile',
  'topk',
  'total',
]);
