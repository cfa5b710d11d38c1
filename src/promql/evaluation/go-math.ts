// Where Go's math package, and so Prometheus, differs from JavaScript's Math.

/** The larger of two floats; +Infinity beats NaN, which beats the rest. */
export function maxOf(a: number, b: number): number {
  if (a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY) return Number.POSITIVE_INFINITY;
  return Math.max(a, b);
}

/** The smaller of two floats; −Infinity beats NaN, which beats the rest. */
export function minOf(a: number, b: number): number {
  if (a === Number.NEGATIVE_INFINITY || b === Number.NEGATIVE_INFINITY) return Number.NEGATIVE_INFINITY;
  return Math.min(a, b);
}

/** `base` to the power of `exponent`; 1 to whatever power is 1, and so is −1 to an infinite one. */
export function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1;
  return base ** exponent;
}

/** The logarithm to base 2, exact for powers of two; else rounded as in Go. */
export function log2(value: number): number {
  if (!(value > 0) || value === Number.POSITIVE_INFINITY) return Math.log2(value);
  let exponent = Math.floor(Math.log2(value)) + 1;
  let fraction = value / 2 ** exponent;
  // The estimate may be off by one, and a very small value has no such power.
  while (fraction < 0.5) {
    fraction *= 2;
    exponent--;
  }
  while (fraction >= 1) {
    fraction /= 2;
    exponent++;
  }
  return fraction === 0.5 ? exponent - 1 : Math.log(fraction) * Math.LOG2E + exponent;
}

const LOG10_OF_2 = Math.log10(2);

/** The logarithm to base 10, rounded as in Go. */
export function log10(value: number): number {
  return log2(value) * LOG10_OF_2;
}
