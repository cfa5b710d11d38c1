import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { z } from 'zod';

const file = new URL('recorded.json.gz', import.meta.url);

const recordingForm = z.object({
  /** Of the data. */
  seed: z.number(),
  answers: z.array(
    z.object({
      query: z.object({ query: z.string(), start: z.number(), end: z.number(), step: z.number() }),
      answer: z.object({ status: z.number(), body: z.unknown() }),
    }),
  ),
});

/** What a real Prometheus answered. */
export type Recording = z.infer<typeof recordingForm>;

export function readRecording(): Recording {
  return recordingForm.parse(JSON.parse(gunzipSync(readFileSync(file)).toString()));
}

export function writeRecording(recording: Recording): void {
  writeFileSync(file, gzipSync(JSON.stringify(recording), { level: 9 }));
}
