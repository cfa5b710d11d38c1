import { parseFloatText } from '../../promql/go-float.ts';
import { StoreError } from '../store-error.ts';

/** A number as the API writes it: `1.5`, `1e+20`, `NaN`, `+Inf`. @throws StoreError where the text is none */
export function numberOf(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && text !== '') return value;
  const special = parseFloatText(text);
  if (special === undefined)
    throw new StoreError('internal', `no number in the answer: ${text.slice(0, 50)}`);
  return special;
}

/** Milliseconds since the epoch of a time in seconds, which the API gives with up to three decimals. */
export function millisecondsOf(seconds: number): number {
  return Math.round(seconds * 1000);
}

/** A time for the API, in seconds. */
export function secondsText(milliseconds: number): string {
  return (milliseconds / 1000).toFixed(3);
}
