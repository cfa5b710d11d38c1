import type { ArithmeticOp, BinaryOp, ComparisonOp } from '../ast.ts';
import { addHistograms, type Combined, subtractHistograms } from '../histogram/sum.ts';
import { trimHistogram } from '../histogram/trim.ts';
import { compact, divide, type Histogram, histogramsEqual, multiply, withHint } from '../histogram.ts';
import type { Severity } from './annotations.ts';
import { power } from './go-math.ts';
import * as messages from './messages.ts';

/** Arithmetic of floats, by operator. */
export const arithmetic: Readonly<Record<ArithmeticOp, (left: number, right: number) => number>> = {
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
  '%': (left, right) => left % right,
  '^': power,
  atan2: Math.atan2,
};

/** Comparisons of floats, by operator. */
export const comparisons: Readonly<Record<ComparisonOp, (left: number, right: number) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '>': (left, right) => left > right,
  '<': (left, right) => left < right,
  '>=': (left, right) => left >= right,
  '<=': (left, right) => left <= right,
};

/** Whether an operator computes with floats. */
export function isArithmetic(op: BinaryOp): op is ArithmeticOp {
  return op in arithmetic;
}

/** Whether an operator compares. */
export function isComparison(op: BinaryOp): op is ComparisonOp {
  return op in comparisons;
}

/** Something to be said about one operation. */
export interface Note {
  readonly severity: Severity;
  readonly text: string;
}

/** What an operation gave. */
export interface ElementResult {
  /** Undefined where the operator doesn't take such operands: then there is no result at all, only a note. */
  readonly value: number | Histogram | undefined;
  /** Whether a comparison holds; always true for other operators. */
  readonly holds: boolean;
  readonly note: Note | undefined;
}

type Operand = number | Histogram;

/** An operation of two elements of which one or both are histograms, or that is none of floats. */
export function combineElements(op: BinaryOp, left: Operand, right: Operand): ElementResult {
  if (typeof left === 'number') {
    if (typeof right === 'number') return combineFloats(op, left, right);
    if (op === '*') return result(compact(multiply(right, left)));
    return mismatch('float', op, 'histogram');
  }
  if (typeof right === 'number') return combineWithFloat(op, left, right);
  switch (op) {
    case '+':
      return combined(op, addHistograms(left, right), 'addition');
    case '-': {
      const difference = subtractHistograms(left, right);
      const histogram = withHint(difference.histogram, 'gauge');
      return combined(op, { ...difference, histogram }, 'subtraction');
    }
    case '==':
      return { value: left, holds: histogramsEqual(left, right), note: undefined };
    case '!=':
      return { value: left, holds: !histogramsEqual(left, right), note: undefined };
    default:
      return mismatch('histogram', op, 'histogram');
  }
}

function combineFloats(op: BinaryOp, left: number, right: number): ElementResult {
  if (isArithmetic(op)) return result(arithmetic[op](left, right));
  if (isComparison(op)) return { value: left, holds: comparisons[op](left, right), note: undefined };
  return mismatch('float', op, 'float');
}

function combineWithFloat(op: BinaryOp, left: Histogram, right: number): ElementResult {
  switch (op) {
    case '*':
      return result(compact(multiply(left, right)));
    case '/':
      return result(compact(divide(left, right)));
    case '</':
      return result(trimHistogram(left, right, 'below'));
    case '>/':
      return result(trimHistogram(left, right, 'above'));
    default:
      return mismatch('histogram', op, 'float');
  }
}

function result(value: Operand): ElementResult {
  return { value, holds: true, note: undefined };
}

function mismatch(left: string, op: BinaryOp, right: string): ElementResult {
  return failed({ severity: 'info', text: messages.incompatibleTypes(left, op, right) });
}

function combined(
  op: BinaryOp,
  { histogram, incompatible, collision, reconciled }: Combined,
  operation: 'addition' | 'subtraction',
): ElementResult {
  if (incompatible) return failed({ severity: 'warning', text: messages.incompatibleBucketLayout(op) });
  if (collision) return failed({ severity: 'warning', text: messages.counterResetCollision(operation) });
  const note: Note = { severity: 'info', text: messages.reconciledBounds(operation) };
  return { value: compact(histogram), holds: true, note: reconciled ? note : undefined };
}

function failed(note: Note): ElementResult {
  return { value: undefined, holds: false, note };
}
