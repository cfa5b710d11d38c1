import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { recordingFolder } from '../support/recording.ts';
import type { TelemetryRequest } from './world.ts';

/** 2023-01-29T08:56:00Z, ns since the epoch: behind an incident of ts-contacts-service, before which all was well. */
export const recordingClock = BigInt(Date.UTC(2023, 0, 29, 8, 56)) * 1_000_000n;

const parts = [
  ['logs', /"timeUnixNano":"(\d+)/],
  ['traces', /"startTimeUnixNano":"(\d+)/],
  ['metrics', /"timeUnixNano":"(\d+)/],
] as const;

/** What was recorded from 08:47 on, until the clock: a line is a request, in order of time. */
export async function* recordingRequests(): AsyncGenerator<TelemetryRequest> {
  const from = BigInt(Date.UTC(2023, 0, 29, 8, 47)) * 1_000_000n;
  for (const [signal, time] of parts) {
    const file = createReadStream(`${recordingFolder}/${signal}.jsonl.gz`).pipe(createGunzip());
    for await (const body of createInterface({ input: file })) {
      const first = BigInt(time.exec(body)?.[1] ?? 0);
      if (first >= recordingClock) break;
      if (first >= from) yield { signal, body };
    }
  }
}
