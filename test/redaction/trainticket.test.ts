import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { createGunzip } from 'node:zlib';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { findSecrets } from '../../src/mcp/redaction/find-secrets.ts';
import { recordingFolder } from '../support/recording.ts';

const request = z.object({
  resourceLogs: z.array(
    z.object({
      scopeLogs: z.array(
        z.object({ logRecords: z.array(z.object({ body: z.object({ stringValue: z.string() }) })) }),
      ),
    }),
  ),
});

test('of the recorded logs, the tokens of logins are redacted and nothing else', async () => {
  const lines = createInterface({
    input: createReadStream(`${recordingFolder}/logs.jsonl.gz`).pipe(createGunzip()),
  });
  let bodies = 0;
  const found = new Map<string, number>();
  for await (const line of lines) {
    const records = request
      .parse(JSON.parse(line))
      .resourceLogs.flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords));
    for (const { body } of records) {
      bodies++;
      for (const { kind, start } of findSecrets(body.stringValue)) {
        const name = `${kind} after ${body.stringValue.slice(0, start).slice(-12)}`;
        found.set(name, (found.get(name) ?? 0) + 1);
      }
    }
  }
  expect(bodies).toBe(93_436);
  // `grep -c 'USER TOKEN'` of the recording says 215, too.
  expect(Object.fromEntries(found)).toEqual({ 'jwt after USER TOKEN: ': 215 });
});
