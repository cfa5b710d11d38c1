import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { runScript } from '../support/command.ts';
import { type ExpectedAnalysis, expectedCase, isAnalysis } from './expected.ts';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

test('the committed expectations are what the recording gives', async () => {
  const { code, stdout, stderr } = await runScript(here('expectations.mjs'), [], 60_000);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(readFileSync(here('expected.json'), 'utf8'))).toEqual(JSON.parse(stdout));
});

test('the counts that are known from elsewhere are among them', () => {
  expect(values('logs: all')).toEqual([93_436]);
  expect(values('traces: all')).toEqual([178_710]);
  expect(values('logs: by level')).toEqual([88_928, 3_587, 921]);
  expect(analysis('logs: services with the most errors').series).toEqual([
    { labels: { service: 'ts-basic-service' }, value: 220 },
    { labels: { service: 'ts-food-service' }, value: 184 },
    { labels: { service: 'ts-travel2-service' }, value: 128 },
  ]);
  expect(values('logs: failed routes of ts-basic-service')).toEqual([77]);
  expect(values('logs: errors of one pod')).toEqual([19]);
});

function analysis(name: string): ExpectedAnalysis {
  const { expected } = expectedCase(name);
  if (!isAnalysis(expected)) throw new Error(`${name} is no analysis`);
  return expected;
}

function values(name: string): (number | null | undefined)[] {
  return analysis(name).series.map(({ value }) => value);
}
