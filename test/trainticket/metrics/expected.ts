import { readFileSync } from 'node:fs';
import { z } from 'zod';

const seriesSchema = z.object({
  labels: z.record(z.string(), z.string()),
  value: z.number().optional(),
  /** Seconds since the epoch, and the value. */
  points: z.array(z.tuple([z.number(), z.number()])).optional(),
});

const caseSchema = z.object({
  name: z.string(),
  from_time: z.string(),
  to_time: z.string(),
  step: z.string().optional(),
  promql: z.string(),
  series: z.array(seriesSchema),
});

const fileSchema = z.object({ points: z.number(), cases: z.array(caseSchema) });

export type MetricCase = z.output<typeof caseSchema>;

/** What `expectations.mjs` computed from the recording: see there. */
export const expectedMetrics = fileSchema.parse(
  JSON.parse(readFileSync(new URL('expected.json', import.meta.url), 'utf8')),
);
