import { randomInt } from 'node:crypto';
import { expect, test } from 'vitest';
import { functions } from '../../src/promql/functions.ts';
import { aggregations } from '../../src/promql/keywords.ts';
import { startPrometheus } from '../support/metric-servers.mjs';
import { remoteWrite } from '../support/remote-write.mjs';
import { ask } from './ask.ts';
import { difference } from './compare.ts';
import { generateQuery } from './expressions.ts';
import { Random } from './random.ts';
import { type Recording, writeRecording } from './recorded.ts';
import { startTarget } from './target.ts';
import { generateSeries } from './test-data.ts';

/** Other queries each time, unless a seed is given. */
const seed = Number(process.env.QUERY_SEED ?? randomInt(2 ** 31));
const count = Number(process.env.QUERY_COUNT ?? 6000);
const records = process.env.KUBESENSE_TEST_PROMETHEUS_RECORD === '1';

test('random queries are answered as by a real Prometheus', { timeout: 3_600_000 }, async () => {
  const series = generateSeries(seed);
  const random = new Random(seed);
  const differing: string[] = [];
  const agreed: Recording['answers'] = [];
  const theirs = await startPrometheus();
  const ours = await startTarget(series);
  try {
    await remoteWrite(`${theirs.url}/api/v1/write`, series);
    for (let i = 0; i < count; i++) {
      const query = generateQuery(random);
      const [answer, own] = await Promise.all([
        ask(`${theirs.url}/api/v1`, query),
        ask(ours.url, query, ours.headers),
      ]);
      const found = difference(query.query, answer, own);
      if (found === undefined) agreed.push({ query, answer });
      else differing.push(`${JSON.stringify(query)}\n    ${found}`);
    }
  } finally {
    await Promise.all([ours.stop(), theirs.stop()]);
  }
  console.log(differing.join('\n'));
  console.log(`evaluation, seed ${seed}: ${agreed.length} agreed, ${differing.length} differed`);
  if (records) writeRecording({ seed, answers: sample(agreed) });
  expect(differing).toEqual([]);
});

/** Three hundred short answers, and the first ones of each function and aggregation. */
function sample(all: Recording['answers']): Recording['answers'] {
  const short = all.filter(({ answer }) => JSON.stringify(answer.body).length < 6000);
  const names = [...functions.keys(), ...aggregations.keys()];
  const first = names.map((name) => short.find(({ query }) => new RegExp(`\\b${name}\\b`).test(query.query)));
  const withResult = short.filter(({ answer }) => !/"result":\[\]/.test(JSON.stringify(answer.body)));
  return [...new Set([...first.filter((one) => one !== undefined), ...withResult])].slice(0, 300);
}
