import type { z } from 'zod';
import type { Note } from '../query/results.ts';
import { InputError } from '../telemetry/input-error.ts';
import { nearest } from '../telemetry/nearest.ts';
import { otherParameter } from './other-parameters.ts';

/** The part of JSON Schema that tools' parameters use. */
export type JsonSchema = z.core.JSONSchema.JSONSchema;

export interface ReadArguments<Input> {
  readonly input: Input;
  /** What was not taken as it was sent. */
  readonly notes: readonly Note[];
}

/** Other spellings of parameters, to the parameter. */
export type Aliases = Readonly<Record<string, string>>;

/**
 * Reads the arguments of a call as models send them: `null` is absent, numbers and lists may come as text,
 * a list of one without its brackets, a number past its ceiling is lowered with a note. Everything else
 * that the schema does not take, unknown parameters first of all, is an `InputError` that says what would
 * work.
 */
export function readArguments<Input>(
  schema: z.ZodType<Input>,
  json: JsonSchema,
  aliases: Aliases,
  args: unknown,
): ReadArguments<Input> {
  if (!isRecord(args)) throw new InputError('the arguments have to be an object');
  const notes: string[] = [];
  const known = withKnownNames(args, Object.keys(json.properties ?? {}), aliases);
  const coerced = coerceProperties(known, json, '', notes);
  const parsed = schema.safeParse(coerced);
  if (parsed.success) return { input: parsed.data, notes };
  const problems = new Set(parsed.error.issues.map((issue) => problemAt(issue, coerced, json)));
  throw new InputError([...problems].join('; '));
}

/** The arguments under the tool's own names of parameters. */
function withKnownNames(
  args: Readonly<Record<string, unknown>>,
  parameters: readonly string[],
  aliases: Aliases,
): Record<string, unknown> {
  const known: Record<string, unknown> = {};
  for (const [sent, value] of Object.entries(args)) {
    const name = Object.hasOwn(aliases, sent) ? aliases[sent] : sent;
    if (name === undefined || !parameters.includes(name))
      throw unknownParameter(sent, value, parameters, aliases);
    if (value === null || value === undefined) continue;
    if (name in known) throw new InputError(`"${name}" is given twice, once as "${sent}"`);
    known[name] = value;
  }
  return known;
}

function unknownParameter(
  sent: string,
  value: unknown,
  parameters: readonly string[],
  aliases: Aliases,
): InputError {
  const { parameter, advice } = otherParameter(sent, value, parameters);
  const closest =
    parameter ??
    (advice === undefined ? nearest(sent, [...parameters, ...Object.keys(aliases)], 1)[0] : undefined);
  const suggestion = closest === undefined ? '' : ` Did you mean "${closest}"?`;
  return new InputError(
    `there is no parameter ${quoted(sent)}.${advice === undefined ? suggestion : ` ${advice}`} The parameters are ${parameters.join(', ')}`,
  );
}

function coerceProperties(
  value: Readonly<Record<string, unknown>>,
  schema: JsonSchema,
  path: string,
  notes: string[],
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== null && item !== undefined)
      .map(([name, item]) => {
        const property = propertyOf(schema, name);
        return [name, property === undefined ? item : coerce(item, property, path + name, notes)];
      }),
  );
}

function coerce(value: unknown, schema: JsonSchema, path: string, notes: string[]): unknown {
  switch (schema.type) {
    case 'array': {
      const list = asList(value);
      const items =
        typeof schema.items === 'object' && !Array.isArray(schema.items) ? schema.items : undefined;
      return Array.isArray(list) && items !== undefined
        ? list.map((item, i) => coerce(item, items, `${path}[${i}]`, notes))
        : list;
    }
    case 'object': {
      const object = typeof value === 'string' ? (parseJson(value) ?? value) : value;
      return isRecord(object) ? coerceProperties(object, schema, `${path}.`, notes) : object;
    }
    case 'integer':
      return lowered(asNumber(value), schema, path, notes);
    case 'string':
      return asText(value, schema, path, notes);
    default:
      return value;
  }
}

/** A list, a list as JSON text, one item, or items parted by commas (that are not in quotes). */
function asList(value: unknown): unknown {
  if (Array.isArray(value)) return value;
  if (isRecord(value)) return [value];
  if (typeof value !== 'string') return value;
  const parsed = value.trimStart().startsWith('[') ? parseJson(value) : undefined;
  if (Array.isArray(parsed)) return parsed;
  return (value.match(/(?:"[^"]*"|'[^']*'|[^,])+/g) ?? []).map((item) => item.trim()).filter(Boolean);
}

function asNumber(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?\s*$/i.test(value)) return value;
  return Number(value);
}

function lowered(value: unknown, schema: JsonSchema, path: string, notes: string[]): unknown {
  if (typeof value !== 'number' || schema.maximum === undefined || value <= schema.maximum) return value;
  notes.push(`${path} ${value} was lowered to ${schema.maximum}, the most there is`);
  return schema.maximum;
}

function asText(value: unknown, schema: JsonSchema, path: string, notes: string[]): unknown {
  if (typeof value === 'number') {
    if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
      notes.push(`${path} has more digits than a JSON number keeps: send it as a string to have it exact`);
    }
    return String(value);
  }
  if (typeof value !== 'string' || schema.enum === undefined) return value;
  return schema.enum.find((allowed) => String(allowed) === value.trim().toLowerCase()) ?? value;
}

/** A custom issue says itself what is wrong with its value, behind the value's name. */
function problemAt({ path, code, message }: z.core.$ZodIssue, args: unknown, json: JsonSchema): string {
  let schema: JsonSchema | undefined = json;
  let value: unknown = args;
  let name = '';
  for (const key of path) {
    if (schema === undefined) break;
    const part = String(key);
    const isIndex = typeof key === 'number';
    schema = isIndex
      ? typeof schema.items === 'object' && !Array.isArray(schema.items)
        ? schema.items
        : undefined
      : propertyOf(schema, part);
    value = Array.isArray(value) || isRecord(value) ? Reflect.get(value, key) : undefined;
    name += isIndex ? `[${part}]` : name === '' ? part : `.${part}`;
  }
  if (code === 'custom') return `"${name}" ${message}`;
  const takes = schema === undefined ? '' : ` takes ${describe(schema)}`;
  if (value === undefined) return `"${name}" is required; it${takes}`;
  const sent = schema?.type === 'array' && Array.isArray(value) ? value.length : quoted(value);
  return `"${name}"${takes}, not ${sent}${suggestionFor(value, schema)}`;
}

/** What a parameter takes, in words. */
function describe(schema: JsonSchema): string {
  const description = schema.description === undefined ? '' : ` (${schema.description})`;
  if (schema.enum !== undefined)
    return `${schema.enum.map((value) => `"${value}"`).join(' or ')}${description}`;
  switch (schema.type) {
    case 'integer':
      return `a whole number from ${schema.minimum} to ${schema.maximum}`;
    case 'array':
      return `a list of at most ${schema.maxItems} names${description}`;
    case 'object':
      return `an object${description}`;
    default:
      return `text${description}`;
  }
}

function suggestionFor(value: unknown, schema: JsonSchema | undefined): string {
  if (typeof value !== 'string' || schema?.enum === undefined) return '';
  const [closest] = nearest(value, schema.enum.map(String), 1);
  return closest === undefined ? '' : `. Did you mean "${closest}"?`;
}

function propertyOf(schema: JsonSchema, name: string): JsonSchema | undefined {
  const property = Object.hasOwn(schema.properties ?? {}, name) ? schema.properties?.[name] : undefined;
  return typeof property === 'object' ? property : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const longestQuote = 80;

/** A value as an error shows it. Lists and objects are not written out: they may be of any size and depth. */
function quoted(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'an object';
  const text = String(value);
  const short = text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
  return typeof value === 'string' ? JSON.stringify(short) : short;
}
