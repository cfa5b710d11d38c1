import { afterAll, beforeAll, expect, test } from 'vitest';
import { functions } from '../../src/promql/functions.ts';
import { aggregations } from '../../src/promql/keywords.ts';
import { ask } from './ask.ts';
import { difference } from './compare.ts';
import { readRecording } from './recorded.ts';
import { startTarget, type Target } from './target.ts';
import { generateSeries } from './test-data.ts';

const { seed, answers } = readRecording();
let target: Target;

beforeAll(async () => {
  target = await startTarget(generateSeries(seed));
});
afterAll(() => target.stop());

test('answers are those that a real Prometheus gave', async () => {
  const differing: string[] = [];
  for (const { query, answer } of answers) {
    const ours = await ask(target.url, query, target.headers);
    const found = difference(query.query, answer, ours);
    if (found !== undefined) differing.push(`${JSON.stringify(query)}: ${found}`);
  }
  expect(differing).toEqual([]);
});

test('the recording holds every function and aggregation, and enough of each kind of answer', () => {
  const texts = answers.map(({ query }) => query.query).join('\n');
  // Of start_timestamp(): remote write 1.0 has no start timestamps.
  const expected = [...functions.keys(), ...aggregations.keys()].filter((name) => name !== 'start_timestamp');
  expect(expected.filter((name) => !new RegExp(`\\b${name}\\b`).test(texts))).toEqual([]);
  expect(answers.length).toBeGreaterThanOrEqual(300);
  const bodies = answers.map(({ answer }) => JSON.stringify(answer.body));
  const share = (pattern: RegExp): number =>
    bodies.filter((body) => pattern.test(body)).length / bodies.length;
  expect(share(/"status":"success".*"result":\[./)).toBeGreaterThan(0.6);
  expect(share(/"status":"error"/)).toBeGreaterThan(0);
  expect(share(/"histograms?":/)).toBeGreaterThan(0.05);
  expect(share(/"warnings":/)).toBeGreaterThan(0.02);
  expect(share(/"infos":/)).toBeGreaterThan(0.02);
});
