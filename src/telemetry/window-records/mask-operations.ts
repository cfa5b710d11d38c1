import { valuePattern, wildcard } from '../log-pattern/shape.ts';
import type { Texts } from './texts.ts';

/** From how many names of one workload on that differ in values alone they are names of one operation. */
const MANY = 10;

const values = new RegExp(valuePattern, 'g');

/** A name with what looks like an id or a number masked, as in log patterns. */
export const maskedOperation = (name: string): string => name.replace(values, wildcard);

/** The columns of spans that are looked at; `operation` is changed in place. */
export interface NamedSpans {
  readonly rows: number;
  readonly place: Uint32Array;
  readonly operation: Uint32Array;
  readonly operations: Texts;
}

/**
 * Gives spans whose names have ids in them (`GET /orders/8f3a…`) a name without (`GET /orders/<*>`), where one workload
 * has many names that differ in nothing else: each by itself would be a rare operation, new or gone. All names of that
 * workload with that mask are changed, or none.
 */
export function maskOperations({ rows, place, operation, operations }: NamedSpans): void {
  const width = operations.all.length;
  const named = new Map<number, Set<number>>();
  for (let row = 0; row < rows; row++) {
    const own = named.get(place[row] ?? 0);
    if (own === undefined) named.set(place[row] ?? 0, new Set([operation[row] ?? 0]));
    else own.add(operation[row] ?? 0);
  }
  const masks = new Map<number, number>();
  for (const [at, own] of named) {
    if (own.size < MANY) continue;
    const alike = new Map<string, number[]>();
    for (const number of own) {
      const name = operations.all[number] ?? '';
      const mask = maskedOperation(name);
      if (mask === name) continue;
      const numbers = alike.get(mask);
      if (numbers === undefined) alike.set(mask, [number]);
      else numbers.push(number);
    }
    for (const [mask, numbers] of alike) {
      if (numbers.length < MANY) continue;
      const masked = operations.numberOf(mask);
      for (const number of numbers) masks.set(at * width + number, masked);
    }
  }
  if (masks.size === 0) return;
  for (let row = 0; row < rows; row++) {
    const masked = masks.get((place[row] ?? 0) * width + (operation[row] ?? 0));
    if (masked !== undefined) operation[row] = masked;
  }
}
