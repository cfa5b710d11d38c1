import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { runScript } from '../../support/command.ts';

const counts = z.object({ baseline: z.number(), window: z.number() });
const period = z.object({ from: z.string(), to: z.string() });

const answerSchema = z.object({
  window: period,
  baseline: period.extend({ chosen_of: z.number().nullable(), passed_over: z.array(z.unknown()) }),
  spans: counts,
  logs: counts,
  one_trace_in: z.number(),
  stretch_s: z.number(),
  causes: z.array(z.object({ kind: z.string(), workload: z.string(), since: z.string().optional() })),
  changes_total: z.number(),
  changes: z.array(
    z.looseObject({
      number: z.number(),
      kind: z.string(),
      unit: z.string(),
      workload: z.string(),
      before: z.number(),
      after: z.number(),
      quantile: z.number().optional(),
      samples: counts,
      since: z.string(),
    }),
  ),
});

/** An answer of compare-windows as JSON. */
export type Comparison = z.output<typeof answerSchema>;

export const readComparison = (text: string): Comparison => answerSchema.parse(JSON.parse(text));

const recountSchema = z.object({
  stretch_s: z.number(),
  spans: counts,
  logs: counts,
  /** Earlier times that could be the baseline, and the one to choose. */
  candidates: z.number(),
  chosen: period.optional(),
  /** For each change of the answer. */
  changes: z.array(
    z.object({
      before: z.number(),
      after: z.number(),
      samples: counts,
      /** The stretch of the window in which it began. */
      since: z.number(),
    }),
  ),
});

export type Recount = z.output<typeof recountSchema>;

/** What `recount.mjs` counts in the recorded files for each of the answers: see there. */
export async function recount(answers: readonly Comparison[]): Promise<Recount[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kubesense-recount-'));
  try {
    const file = join(folder, 'answers.json');
    await writeFile(file, JSON.stringify(answers));
    const script = fileURLToPath(new URL('recount.mjs', import.meta.url));
    const { code, stdout, stderr } = await runScript(script, [file], 120_000);
    if (code !== 0) throw new Error(stderr);
    return z.array(recountSchema).parse(JSON.parse(stdout));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
