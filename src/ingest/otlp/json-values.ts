import type { Attributes } from '../../store/rows/record.ts';
import { InputError } from '../../telemetry/input-error.ts';
import { type AnyValue, asString, deepestValue, tooDeep } from './any-value.ts';
import { withoutRepeatedKeys } from './attributes.ts';

export type JsonObject = Readonly<Record<string, unknown>>;

/** What is being read. */
export interface JsonPlace {
  /** The path to it, for errors: `resourceLogs[0].scopeLogs[2]`. Made only when it is needed. */
  path(): string;
  /** The first reason why the record can't be stored. */
  defect: string | undefined;
}

/** A value that stands for no field of OTLP has as many digits as no valid id has. */
const noId = 'invalid';

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An error about a field: `name` is its path within `place`. */
export function wrongField(place: JsonPlace, name: string, expected: string): InputError {
  return new InputError(`${place.path()}.${name} is not ${expected}`);
}

/** As in all of protobuf's JSON, null stands for a field that is not there. */
export const isAbsent = (value: unknown): value is null | undefined => value === undefined || value === null;

export function object(place: JsonPlace, parent: JsonObject, name: string): JsonObject {
  const value = parent[name];
  if (isObject(value)) return value;
  if (isAbsent(value)) return {};
  throw wrongField(place, name, 'an object');
}

export function list(place: JsonPlace, parent: JsonObject, name: string): readonly JsonObject[] {
  const value = parent[name];
  if (isAbsent(value)) return [];
  if (Array.isArray(value) && value.every(isObject)) return value;
  throw wrongField(place, name, 'an array of objects');
}

/** Reads each object of an array; what is wrong with one of them is wrong with the record. */
export function each<T>(
  place: JsonPlace,
  parent: JsonObject,
  name: string,
  read: (place: JsonPlace, json: JsonObject) => T,
): readonly T[] {
  return list(place, parent, name).map((json, index) => {
    const inner: JsonPlace = { path: () => `${place.path()}.${name}[${index}]`, defect: undefined };
    const value = read(inner, json);
    place.defect ??= inner.defect;
    return value;
  });
}

export function text(place: JsonPlace, parent: JsonObject, name: string): string {
  const value = parent[name];
  if (typeof value === 'string') return value;
  if (isAbsent(value)) return '';
  throw wrongField(place, name, 'a string');
}

/** A 64-bit integer: a string of digits, or a number. */
export function integer64(place: JsonPlace, parent: JsonObject, name: string): bigint {
  const value = parent[name];
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value);
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value);
  if (isAbsent(value)) return 0n;
  throw wrongField(place, name, 'a 64-bit integer');
}

export function integer32(place: JsonPlace, parent: JsonObject, name: string): number {
  const value = parent[name];
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  if (isAbsent(value)) return 0;
  throw wrongField(place, name, 'an integer');
}

/** A double: a number, or one of the texts that stand for what JSON has no number for; undefined where it is absent. */
export function double(place: JsonPlace, parent: JsonObject, name: string): number | undefined {
  const value = parent[name];
  if (isAbsent(value)) return undefined;
  const number = doubleOf(value);
  if (number !== undefined) return number;
  throw wrongField(place, name, 'a number, "NaN", "Infinity" or "-Infinity"');
}

/** An array of doubles. */
export function doubles(place: JsonPlace, parent: JsonObject, name: string): readonly number[] {
  return numbers(place, parent, name, doubleOf, 'an array of numbers');
}

/** A 64-bit integer that is not negative, as a double. */
export function count(place: JsonPlace, parent: JsonObject, name: string): number {
  const value = parent[name];
  if (isAbsent(value)) return 0;
  const number = countOf(value);
  if (number !== undefined) return number;
  throw wrongField(place, name, 'an unsigned 64-bit integer');
}

/** An array of 64-bit integers that are not negative, as doubles. */
export function counts(place: JsonPlace, parent: JsonObject, name: string): readonly number[] {
  return numbers(place, parent, name, countOf, 'an array of unsigned 64-bit integers');
}

function numbers(
  place: JsonPlace,
  parent: JsonObject,
  name: string,
  read: (value: unknown) => number | undefined,
  expected: string,
): readonly number[] {
  const value = parent[name];
  if (isAbsent(value)) return [];
  if (!Array.isArray(value)) throw wrongField(place, name, expected);
  return value.map((element: unknown) => {
    const number = read(element);
    if (number === undefined) throw wrongField(place, name, expected);
    return number;
  });
}

function doubleOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (value === 'NaN') return Number.NaN;
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  return Number.isNaN(number) ? undefined : number;
}

function countOf(value: unknown): number | undefined {
  if (typeof value === 'number') return Number.isInteger(value) && value >= 0 ? value : undefined;
  return typeof value === 'string' && /^\d{1,20}$/.test(value) ? Number(value) : undefined;
}

/** A boolean; false where it is absent. */
export function boolean(place: JsonPlace, parent: JsonObject, name: string): boolean {
  const value = parent[name];
  if (isAbsent(value)) return false;
  if (typeof value === 'boolean') return value;
  throw wrongField(place, name, 'true or false');
}

/** An enum: its number; its name too, though OTLP/JSON does not allow that. */
export function enumeration(
  place: JsonPlace,
  parent: JsonObject,
  name: string,
  names: readonly string[],
): number {
  const value = parent[name];
  if (typeof value !== 'string') return integer32(place, parent, name);
  const number = names.indexOf(value);
  if (number >= 0) return number;
  throw wrongField(place, name, `a number or one of ${names.join(', ')}`);
}

/** A trace or span id in lower case. What is not hexadecimal comes out as a text that has the length of no id. */
export function id(place: JsonPlace, parent: JsonObject, name: string): string {
  const value = text(place, parent, name);
  return /^[0-9a-fA-F]*$/.test(value) ? value.toLowerCase() : noId;
}

export function attributes(place: JsonPlace, parent: JsonObject, name = 'attributes'): Attributes {
  const pairs: string[] = [];
  for (const pair of list(place, parent, name)) {
    pairs.push(text(place, pair, 'key'), valueText(place, pair, 'value'));
  }
  return withoutRepeatedKeys(pairs);
}

/** An AnyValue as text. */
export function valueText(place: JsonPlace, parent: JsonObject, name: string): string {
  const value = parent[name];
  if (isObject(value) && typeof value.stringValue === 'string') return value.stringValue;
  return asString(anyValue(place, value, name, 0));
}

function anyValue(place: JsonPlace, value: unknown, name: string, depth: number): AnyValue {
  if (isAbsent(value)) return null;
  if (!isObject(value)) throw wrongField(place, name, 'an AnyValue, such as {"stringValue":"…"}');
  if (!isAbsent(value.stringValue)) return text(place, value, 'stringValue');
  if (!isAbsent(value.boolValue)) return boolean(place, value, 'boolValue');
  if (!isAbsent(value.intValue)) return integer(place, value);
  if (!isAbsent(value.doubleValue)) return double(place, value, 'doubleValue') ?? 0;
  if (!isAbsent(value.bytesValue)) return bytes(place, value);
  if (isAbsent(value.arrayValue) && isAbsent(value.kvlistValue)) return null;
  if (depth >= deepestValue) {
    place.defect ??= tooDeep;
    return null;
  }
  return isAbsent(value.arrayValue) ? mapValue(place, value, depth + 1) : arrayValue(place, value, depth + 1);
}

function arrayValue(place: JsonPlace, value: JsonObject, depth: number): AnyValue {
  const values = object(place, value, 'arrayValue').values;
  if (isAbsent(values)) return [];
  if (!Array.isArray(values)) throw wrongField(place, 'arrayValue.values', 'an array');
  return values.map((element: unknown) => anyValue(place, element, 'arrayValue.values', depth));
}

function mapValue(place: JsonPlace, value: JsonObject, depth: number): AnyValue {
  const values = new Map<string, AnyValue>();
  for (const pair of list(place, object(place, value, 'kvlistValue'), 'values')) {
    values.set(text(place, pair, 'key'), anyValue(place, pair.value, 'value', depth));
  }
  return values;
}

function integer(place: JsonPlace, parent: JsonObject): bigint {
  const value = integer64(place, parent, 'intValue');
  if (BigInt.asIntN(64, value) === value) return value;
  throw wrongField(place, 'intValue', 'a signed 64-bit integer');
}

function bytes(place: JsonPlace, parent: JsonObject): Uint8Array {
  const value = text(place, parent, 'bytesValue');
  if (/^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) return Buffer.from(value, 'base64');
  throw wrongField(place, 'bytesValue', 'base64');
}
