import { fileURLToPath } from 'node:url';
import { runScript } from './command.ts';

const path = (relative: string) => fileURLToPath(new URL(`../../../shared/${relative}`, import.meta.url));

export const recordingFolder = path('data/trainticket-2023-01-29');
export const recordingFiles = ['logs.jsonl.gz', 'traces.jsonl.gz'].map(
  (file) => `${recordingFolder}/${file}`,
);

/** Posts the recorded logs and traces to an OTLP/HTTP endpoint; `shift` moves them so that they end now. */
export async function sendRecording(otlpUrl: URL | undefined, shift?: 'now'): Promise<void> {
  if (otlpUrl === undefined) throw new Error('OTLP is off');
  const args = [
    recordingFolder,
    otlpUrl.origin,
    '--only',
    'logs,traces',
    ...(shift ? ['--shift', shift] : []),
  ];
  const { code, stdout, stderr } = await runScript(path('tools/send-otlp.mjs'), args, 180_000);
  const complete = /^logs: \d+ requests, 0 records rejected.*\ntraces: \d+ requests, 0 records rejected/;
  if (code !== 0 || !complete.test(stdout))
    throw new Error(`The recording was not taken: ${stdout}${stderr}`);
}
