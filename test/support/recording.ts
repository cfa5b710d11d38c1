import { fileURLToPath } from 'node:url';
import { runScript } from './command.ts';

const path = (relative: string) => fileURLToPath(new URL(`../../../shared/${relative}`, import.meta.url));

export const recordingFolder = path('data/trainticket-2023-01-29');
export const recordingFiles = ['logs.jsonl.gz', 'traces.jsonl.gz'].map(
  (file) => `${recordingFolder}/${file}`,
);

/** Posts the recorded logs and traces to an OTLP/HTTP endpoint; `shift` moves them so that they end now. */
export async function sendRecording(otlpUrl: URL | undefined, shift?: 'now'): Promise<void> {
  await send(otlpUrl, ['logs', 'traces'], shift ? ['--shift', shift] : []);
}

/** Posts the recorded metrics. */
export async function sendRecordedMetrics(otlpUrl: URL | undefined): Promise<void> {
  await send(otlpUrl, ['metrics'], []);
}

async function send(
  otlpUrl: URL | undefined,
  signals: readonly string[],
  options: readonly string[],
): Promise<void> {
  if (otlpUrl === undefined) throw new Error('OTLP is off');
  const args = [recordingFolder, otlpUrl.origin, '--only', signals.join(','), ...options];
  const { code, stdout, stderr } = await runScript(path('tools/send-otlp.mjs'), args, 180_000);
  const complete = signals.every((signal) =>
    new RegExp(`^${signal}: \\d+ requests, 0 records rejected`, 'm').test(stdout),
  );
  if (code !== 0 || !complete) throw new Error(`The recording was not taken: ${stdout}${stderr}`);
}
