import { z } from 'zod';
import type { AnalyzeRequest, FieldInput } from '../../query/requests.ts';
import { aggregationAliases, aggregationFunctions } from '../../telemetry/aggregation.ts';
import { conditionOfJson } from '../../telemetry/filter/suggestion/json-condition.ts';
import { maxTokensCeiling } from '../render/answer.ts';

/** How every tool's answer is given. */
export const presentation = {
  format: z
    .enum(['compact', 'json'])
    .default('compact')
    .describe('compact text to read, or JSON for programs'),
  max_tokens: z
    .int()
    .min(1000)
    .max(maxTokensCeiling)
    .default(6000)
    .describe('size of the answer; what is cut is said'),
};

export const window = {
  from_time: z
    .string()
    .describe(
      'Start: ISO 8601 (UTC unless it has a zone), epoch, or relative: "now-15m". Default: 1 h before to_time',
    )
    .optional(),
  to_time: z.string().describe('End, exclusive. Default: now').optional(),
};

/** How long a filter may be is the filter language's to say. */
export function filters(example: string) {
  const text = z.string().describe(`SQL-like WHERE clause, for example ${example}`);
  return z.preprocess(asText, text).optional();
}

/** The filter of a record of what was asked; none where there was none. */
export function normalisedFilter(text: string): { readonly filters?: string } {
  return text === '' ? {} : { filters: text };
}

/** A filter as an object or a list is refused with the text that it would be. */
function asText(value: unknown, context: z.RefinementCtx): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const condition = conditionOfJson(value);
  const written = condition === undefined ? '' : `. Write: ${condition}`;
  const message = `takes text, not ${Array.isArray(value) ? 'a list' : 'an object'}${written}`;
  context.addIssue({ code: 'custom', message, input: value });
  return value;
}

/** A field as a name, or as an object that holds it under `field` (or `name`); other keys are ignored. */
export const fieldName = z.preprocess(nameIn, z.string());

function nameIn(item: unknown): unknown {
  if (typeof item !== 'object' || item === null) return item;
  if ('field' in item) return item.field;
  return 'name' in item ? item.name : item;
}

export function fieldList(most: number, description: string) {
  return z.array(fieldName).max(most).describe(description).optional();
}

/** Both forms: `{"function", "field"}`, and `{"function", "fields": [{"field"}]}` with one field. */
export function aggregation(example: string) {
  const object = z
    .object({ function: z.string().meta({ enum: [...aggregationFunctions] }), field: fieldName.optional() })
    .describe(`For example ${example}. Default: row_count, which takes no field`);
  return z.preprocess(withOneField, object).optional();
}

function withOneField(value: unknown, context: z.RefinementCtx): unknown {
  const written = writtenOut(value);
  if (written !== undefined) {
    context.addIssue({
      code: 'custom',
      message: `takes an object: ${JSON.stringify(written)}`,
      input: value,
    });
  }
  if (typeof value !== 'object' || value === null || !('fields' in value)) return value;
  const { fields, ...rest } = value;
  const names = new Set([...('field' in rest ? [rest.field] : []), ...[fields].flat()].map(nameIn));
  if (names.size > 1) {
    const message = `takes one field, got ${names.size}; make one call for each`;
    context.addIssue({ code: 'custom', message, input: value });
  }
  const [first] = names;
  return first === undefined ? rest : { ...rest, field: first };
}

/** The object that is meant by `"avg(duration)"`, `{"avg":"duration"}` or `{"type":"avg","field":"duration"}`. */
function writtenOut(value: unknown): object | undefined {
  if (typeof value === 'string') {
    const [, name, field] = /^\s*(\w+)\s*(?:\(\s*([\w@.*]*)\s*\))?\s*$/.exec(value) ?? [];
    return name === undefined ? undefined : withField(name, field === '*' ? undefined : field || undefined);
  }
  if (typeof value !== 'object' || value === null || 'function' in value) return undefined;
  for (const [key, named] of Object.entries(value)) {
    if (typeof named !== 'string') continue;
    if (isFunction(key)) return withField(key, named);
    if (isFunction(named)) return withField(named, 'field' in value ? String(value.field) : undefined);
  }
  return undefined;
}

const isFunction = (name: string): boolean =>
  aggregationAliases.has(name.toLowerCase()) || aggregationFunctions.some((fn) => fn === name.toLowerCase());

function withField(name: string, field: string | undefined): object {
  const needsField = !/^(?:row_)?count$/i.test(name);
  return { function: name, ...(needsField && { field: field ?? 'duration' }) };
}

/** An aggregation as queries take it. */
export function aggregationInput(
  sent: { readonly function: string; readonly field?: string | undefined } | undefined,
): AnalyzeRequest['aggregation'] {
  if (sent === undefined) return undefined;
  return { function: sent.function, field: sent.field === undefined ? undefined : { field: sent.field } };
}

export function fieldInputs(names: readonly string[] | undefined): FieldInput[] | undefined {
  return names?.map((field) => ({ field }));
}

/** A number of seconds may come as text. */
export function stepOf(text: string | undefined): string | number | undefined {
  return text !== undefined && /^\d+(\.\d+)?$/.test(text) ? Number(text) : text;
}
