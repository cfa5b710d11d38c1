import { readFileSync } from 'node:fs';
import { z } from 'zod';

const value = z.number().nullable();

const caseSchema = z.object({
  name: z.string(),
  from_time: z.string(),
  to_time: z.string(),
  step: z.string().optional(),
  /** The one under C is the formula whose series are expected. */
  queries: z.record(z.string(), z.record(z.string(), z.unknown())),
  join: z.object({
    joined: z.number(),
    left_alone: z.number(),
    right_alone: z.number(),
    divided_by_zero: z.number(),
  }),
  series: z.array(
    z.object({
      labels: z.record(z.string(), z.string()),
      value: value.optional(),
      points: z.array(z.tuple([z.number(), value])).optional(),
    }),
  ),
});

export type TelemetryCase = z.output<typeof caseSchema>;

/** What `expectations.mjs` computed from the recording: see there. */
export const expectedTelemetry = z
  .array(caseSchema)
  .parse(JSON.parse(readFileSync(new URL('expected.json', import.meta.url), 'utf8')));
