import { z } from 'zod';
import type { AnalyzeRequest, FieldInput } from '../../query/requests.ts';
import { aggregationFunctions } from '../../telemetry/aggregation.ts';
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
  return z.string().describe(`SQL-like WHERE clause, for example ${example}`).optional();
}

/** A field as a name, or as an object that holds it under `field`; other keys are ignored. */
const fieldName = z.preprocess(nameIn, z.string());

function nameIn(item: unknown): unknown {
  return typeof item === 'object' && item !== null && 'field' in item ? item.field : item;
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
