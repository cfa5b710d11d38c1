import { log2, log10 } from './go-math.ts';

/** −1, 0 or 1 by the sign; NaN and −0 stay. */
function sign(value: number): number {
  return Number.isNaN(value) || value === 0 ? value : Math.sign(value);
}

/** The functions of one float, by name. */
export const mathFunctions: ReadonlyMap<string, (value: number) => number> = new Map([
  ['abs', Math.abs],
  ['acos', Math.acos],
  ['acosh', Math.acosh],
  ['asin', Math.asin],
  ['asinh', Math.asinh],
  ['atan', Math.atan],
  ['atanh', Math.atanh],
  ['ceil', Math.ceil],
  ['cos', Math.cos],
  ['cosh', Math.cosh],
  ['deg', (value) => (value * 180) / Math.PI],
  ['exp', Math.exp],
  ['floor', Math.floor],
  ['ln', Math.log],
  ['log10', log10],
  ['log2', log2],
  ['rad', (value) => (value * Math.PI) / 180],
  ['sgn', sign],
  ['sin', Math.sin],
  ['sinh', Math.sinh],
  ['sqrt', Math.sqrt],
  ['tan', Math.tan],
  ['tanh', Math.tanh],
]);
