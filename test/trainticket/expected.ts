import { readFileSync } from 'node:fs';
import { z } from 'zod';

const value = z.number().nullable();

const seriesSchema = z.object({
  labels: z.record(z.string(), z.string()),
  value: value.optional(),
  points: z.array(z.tuple([z.number(), value])).optional(),
  summary: z
    .object({ min: value, max: value, avg: value, latest: value, total: value.optional() })
    .optional(),
});

const analysisSchema = z.object({
  groups_total: z.number(),
  groups_shown: z.number(),
  share_shown: z.number(),
  step_s: z.number().optional(),
  series: z.array(seriesSchema),
});

const rowsSchema = z.object({
  matched: z.number(),
  returned: z.number(),
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))),
});

const caseSchema = z.object({
  name: z.string(),
  tool: z.string(),
  arguments: z.record(z.string(), z.unknown()),
  expected: z.union([analysisSchema, rowsSchema]),
});

const coverageSchema = z.record(z.string(), z.object({ coverage: z.number(), values: z.number() }));

const fileSchema = z.object({
  records: z.object({ logs: z.number(), traces: z.number() }),
  fields: z.object({ logs: coverageSchema, traces: coverageSchema }),
  cases: z.array(caseSchema),
});

export type ExpectedCase = z.output<typeof caseSchema>;
export type ExpectedAnalysis = z.output<typeof analysisSchema>;
export type ExpectedRows = z.output<typeof rowsSchema>;

/** What `expectations.mjs` computed from the recording: see there. */
export const expected = fileSchema.parse(
  JSON.parse(readFileSync(new URL('expected.json', import.meta.url), 'utf8')),
);

/** The case of that name. */
export function expectedCase(name: string): ExpectedCase {
  const found = expected.cases.find((one) => one.name === name);
  if (found === undefined) throw new Error(`There is no case "${name}"`);
  return found;
}

export function isAnalysis(answer: ExpectedCase['expected']): answer is ExpectedAnalysis {
  return 'series' in answer;
}
