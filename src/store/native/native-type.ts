import { NativeFormatError } from './native-column.ts';

/** How a column's bytes are laid out. */
export type NativeType =
  | { readonly kind: 'numbers'; readonly name: NumberType }
  | { readonly kind: 'bytes' }
  | { readonly kind: 'dictionary'; readonly values: NativeType }
  | { readonly kind: 'lists'; readonly items: NativeType }
  | { readonly kind: 'maps'; readonly keys: NativeType; readonly values: NativeType };

export type NumberType =
  | 'UInt8'
  | 'UInt16'
  | 'UInt32'
  | 'UInt64'
  | 'Int8'
  | 'Int16'
  | 'Int32'
  | 'Int64'
  | 'Float32'
  | 'Float64';

const numberTypes: ReadonlyMap<string, NumberType> = new Map<string, NumberType>([
  ['UInt8', 'UInt8'],
  ['UInt16', 'UInt16'],
  ['UInt32', 'UInt32'],
  ['UInt64', 'UInt64'],
  ['Int8', 'Int8'],
  ['Int16', 'Int16'],
  ['Int32', 'Int32'],
  ['Int64', 'Int64'],
  ['Float32', 'Float32'],
  ['Float64', 'Float64'],
  ['Bool', 'UInt8'],
  ['Date', 'UInt16'],
  ['Date32', 'Int32'],
  ['DateTime', 'UInt32'],
  ['DateTime64', 'Int64'],
]);

/**
 * Reads the name of a type, such as `Map(LowCardinality(String), String)`.
 *
 * @throws NativeFormatError for a type that can't be decoded
 */
export function parseNativeType(name: string): NativeType {
  const [, outer = '', inner = ''] = /^(\w+)(?:\((.*)\))?$/s.exec(name) ?? [];
  if (outer === 'String') return { kind: 'bytes' };
  const number = numberTypes.get(outer);
  if (number !== undefined) return { kind: 'numbers', name: number };
  const [first = '', second, third] = splitArguments(inner);
  if (second === undefined && outer === 'LowCardinality') {
    const values = parseNativeType(first);
    if (values.kind === 'numbers' || values.kind === 'bytes') return { kind: 'dictionary', values };
  }
  if (second === undefined && outer === 'Array') return { kind: 'lists', items: parseNativeType(first) };
  if (second !== undefined && third === undefined) {
    if (outer === 'Map') {
      return { kind: 'maps', keys: parseNativeType(first), values: parseNativeType(second) };
    }
    // Values of these are stored as plain ones.
    if (outer === 'SimpleAggregateFunction') return parseNativeType(second);
  }
  throw new NativeFormatError(`a column of a result has the type ${name}, which can't be decoded`);
}

/** Splits at the commas outside of parentheses. */
function splitArguments(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '(') depth++;
    else if (text[i] === ')') depth--;
    else if (text[i] === ',' && depth === 0) {
      parts.push(text.slice(start, i).trim());
      start = i + 1;
    }
  }
  parts.push(text.slice(start).trim());
  return parts;
}
