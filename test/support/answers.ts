import { expect } from 'vitest';
import { z } from 'zod';
import type { Assistant } from './assistants.ts';

const windowSchema = z.object({ from: z.string(), to: z.string() });

/** CONTRACT section 4, `format`, search. A column is its name, or an object that has it. */
const searchSchema = z.object({
  window: windowSchema,
  filter: z.string(),
  matched: z.number().int(),
  returned: z.number().int(),
  columns: z.array(z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)])),
  rows: z.array(z.array(z.union([z.string(), z.number(), z.null()]))),
  next_cursor: z.string().nullable(),
  notes: z.array(z.string()),
});

const value = z.number().nullable();

const summarySchema = z.object({
  min: value,
  max: value,
  avg: value,
  latest: value,
  total: value.optional(),
  count: z.number().optional(),
});

/** CONTRACT section 4, `format`, analyze. */
const analysisSchema = z.object({
  window: windowSchema,
  query_type: z.enum(['instant', 'range']),
  step_s: z.number().nullable(),
  filter: z.string(),
  groups_total: z.number().int(),
  groups_shown: z.number().int(),
  share_shown: z.number(),
  series: z.array(
    z.object({
      labels: z.record(z.string(), z.string()),
      value: value.optional(),
      points: z.array(z.tuple([z.number(), value])).optional(),
      summary: summarySchema.optional(),
    }),
  ),
  notes: z.array(z.string()),
});

/** CONTRACT section 4, `format`, analyze-telemetry. */
const telemetrySchema = z.object({
  window: windowSchema,
  query_type: z.enum(['instant', 'range']),
  step_s: z.number().nullable(),
  queries: z.record(
    z.string(),
    analysisSchema.extend({
      expression: z.string().optional(),
      join: z
        .object({
          joined: z.number(),
          left_alone: z.number(),
          right_alone: z.number(),
          divided_by_zero: z.number(),
        })
        .optional(),
    }),
  ),
  notes: z.array(z.string()),
});

/** CONTRACT section 4, `format`, discovery. */
const fieldsSchema = z.object({
  window: windowSchema,
  fields: z.array(
    z.object({
      name: z.string(),
      type: z.string(),
      unit: z.string().nullish(),
      kind: z.enum(['builtin', 'attribute']),
      description: z.string().nullish(),
      example_values: z.array(z.union([z.string(), z.number()])),
      coverage: z.number(),
    }),
  ),
  notes: z.array(z.string()),
});

export type SearchAnswer = z.output<typeof searchSchema>;
export type Analysis = z.output<typeof analysisSchema>;
export type TelemetryAnswer = z.output<typeof telemetrySchema>;
export type FieldsAnswer = z.output<typeof fieldsSchema>;
type Arguments = Readonly<Record<string, unknown>>;

/** Asks for JSON with the largest budget, so that nothing is cut to save tokens. */
const json = { format: 'json', max_tokens: 25_000 };

async function ask<T>(assistant: Assistant, tool: string, args: Arguments, schema: z.ZodType<T>): Promise<T> {
  const { text, isError } = await assistant.call(tool, { ...json, ...args });
  if (isError) throw new Error(`${tool} ${JSON.stringify(args)}: ${text}`);
  return schema.parse(JSON.parse(text));
}

export function search(assistant: Assistant, tool: string, args: Arguments): Promise<SearchAnswer> {
  return ask(assistant, tool, args, searchSchema);
}

export function analyze(assistant: Assistant, tool: string, args: Arguments): Promise<Analysis> {
  return ask(assistant, tool, args, analysisSchema);
}

export function telemetry(assistant: Assistant, args: Arguments): Promise<TelemetryAnswer> {
  return ask(assistant, 'analyze-telemetry', args, telemetrySchema);
}

export function describeFields(assistant: Assistant, args: Arguments): Promise<FieldsAnswer> {
  return ask(assistant, 'get-trace-or-log-fields', args, fieldsSchema);
}

/** The number of matching records: an instant analysis without groups. */
export async function count(
  assistant: Assistant,
  tool: string,
  args: Arguments,
): Promise<number | null | undefined> {
  const { series } = await analyze(assistant, tool, { queryType: 'instant', ...args });
  expect(series).toHaveLength(1);
  return series[0]?.value;
}

/** The text of a tool error; a call that is answered fails the test. */
export async function toolError(assistant: Assistant, tool: string, args: Arguments): Promise<string> {
  const { text, isError } = await assistant.call(tool, args);
  if (!isError) throw new Error(`${tool} ${JSON.stringify(args)} was answered: ${text}`);
  return text;
}

/** A text answer, which must be no error. */
export async function compact(assistant: Assistant, tool: string, args: Arguments): Promise<string> {
  const { text, isError } = await assistant.call(tool, args);
  if (isError) throw new Error(`${tool} ${JSON.stringify(args)}: ${text}`);
  return text;
}

/** Rows as objects by column. */
export function rowsOf({ columns, rows }: SearchAnswer): Record<string, string | number | null>[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, i) => [column, row[i] ?? null])));
}

/** Nanoseconds since the epoch of an ISO 8601 text in UTC with any number of fractional digits up to nine. */
export function nanoseconds(text: string): bigint {
  const match = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.(\d{1,9}))?(?:Z|\+00:00)$/.exec(text);
  if (match === null) throw new Error(`${text} is no time in UTC`);
  const [, date, time, fraction = ''] = match;
  return BigInt(Date.parse(`${date}T${time}Z`)) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

/** Equal but for the last bits of a floating-point number. */
export function expectNumber(actual: number | null | undefined, expected: number | null, what: string): void {
  const tolerance = Math.abs(expected ?? 0) * 1e-12;
  const near =
    actual === expected ||
    (typeof actual === 'number' && Math.abs(actual - (expected ?? Number.NaN)) <= tolerance);
  expect(near, `${what}: ${actual} instead of ${expected}`).toBe(true);
}
