import { type BinaryOperation, binaryOperations, type UnaryOperation, unaryOperations } from './functions.ts';

/** Computes single values, and counts those that there are not. NaN stands for no value. */
export class Arithmetic {
  /** Values that were left out because a divisor was 0. */
  dividedByZero = 0;
  /** Values that were left out because they are no number: roots of negative ones, overflow. */
  undefinedValues = 0;

  map(operation: UnaryOperation, a: number): number {
    return Number.isNaN(a) ? a : this.#checked(unaryOperations[operation](a), Number.isFinite(a));
  }

  combine(operation: BinaryOperation, a: number, b: number): number {
    if (Number.isNaN(a) || Number.isNaN(b)) return Number.NaN;
    if (divides(operation, a, b)) {
      this.dividedByZero++;
      return Number.NaN;
    }
    return this.#checked(binaryOperations[operation](a, b), Number.isFinite(a) && Number.isFinite(b));
  }

  /** What is computed of finite numbers has to be one; infinite ones come from metrics, and may stay. */
  #checked(value: number, fromFinite: boolean): number {
    if (Number.isFinite(value) || (!fromFinite && !Number.isNaN(value))) return value;
    this.undefinedValues++;
    return Number.NaN;
  }
}

/** Whether the operation is a division by zero. */
function divides(operation: BinaryOperation, a: number, b: number): boolean {
  if (operation === '/' || operation === '%') return b === 0;
  return operation === '^' && a === 0 && b < 0;
}
