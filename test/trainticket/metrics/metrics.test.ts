import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { evaluate } from '../../../src/promql/engine.ts';
import { MemorySource } from '../../../src/promql/memory-source.ts';
import { translate } from '../../ingest/translated.ts';
import { runScript } from '../../support/command.ts';
import { expectedMetrics, type MetricCase } from './expected.ts';

const here = (file: string) => fileURLToPath(new URL(file, import.meta.url));

test('the committed expectations are what the recording gives', async () => {
  const { code, stdout, stderr } = await runScript(here('expectations.mjs'), [], 60_000);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(readFileSync(here('expected.json'), 'utf8'))).toEqual(JSON.parse(stdout));
  expect(expectedMetrics.points).toBe(81_457);
});

const source = new MemorySource();
let accepted = 0;

beforeAll(() => {
  const file = here('../../../../shared/data/trainticket-2023-01-29/metrics.jsonl.gz');
  for (const line of gunzipSync(readFileSync(file)).toString().split('\n')) {
    if (line === '') continue;
    const translated = translate(JSON.parse(line));
    accepted += translated.accepted;
    for (const { labels, samples } of translated.series) source.add(labels, samples);
  }
});

test('every recorded point becomes a sample', () => {
  expect(accepted).toBe(expectedMetrics.points);
});

test.each(expectedMetrics.cases)('PromQL tells $name', async (one) => {
  expect(await answerTo(one)).toEqual(one.series);
});

test('info() adds what target_info knows', async () => {
  const time = Date.parse('2023-01-29T09:20:00Z');
  const query = 'info(k8s_pod_cpu_usage{workload="ts-order-service"}, {k8s_deployment_name=~".+"})';
  const answer = await evaluate(query, { source, start: time, end: time, step: 0 });
  if (answer.type !== 'vector') throw new Error('no vector');
  expect(answer.result.map(({ labels }) => labels.get('k8s_deployment_name'))).toEqual(['ts-order-service']);
});

async function answerTo({ from_time, to_time, step, promql }: MetricCase): Promise<MetricCase['series']> {
  const end = Date.parse(to_time);
  const minutes = Number(step?.slice(0, -1) ?? 0);
  const start = minutes === 0 ? end : Date.parse(from_time);
  const answer = await evaluate(promql, { source, start, end, step: minutes * 60_000 });
  switch (answer.type) {
    case 'vector':
      return answer.result.map(({ labels, value }) => ({ labels: labels.toObject(), value }));
    case 'matrix':
      return answer.result.map(({ labels, timestamps, values }) => ({
        labels: labels.toObject(),
        points: Array.from(timestamps, (time, i): [number, number] => [time / 1000, values[i] ?? Number.NaN]),
      }));
    default:
      throw new Error(`the answer is a ${answer.type}`);
  }
}
