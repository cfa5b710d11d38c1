import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compact, expectNumber, telemetry } from '../support/answers.ts';
import { type Assistant, connect } from '../support/assistants.ts';
import { createKey, runScript } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';
import { sendRecordedMetrics, sendRecording } from '../support/recording.ts';
import { expectedTelemetry, type TelemetryCase } from '../trainticket/telemetry/expected.ts';

const here = (file: string) => fileURLToPath(new URL(`../trainticket/telemetry/${file}`, import.meta.url));

test('the committed expectations are what the recording gives', async () => {
  const { code, stdout, stderr } = await runScript(here('expectations.mjs'), [], 60_000);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(JSON.parse(readFileSync(here('expected.json'), 'utf8'))).toEqual(JSON.parse(stdout));
});

describe('formulas over the recording', () => {
  let product: Product;
  let assistant: Assistant;

  beforeAll(async () => {
    product = await startProduct();
    await sendRecording(product.otlpUrl);
    await sendRecordedMetrics(product.otlpUrl);
    assistant = await connect('modern', product.mcpUrl, await createKey(product.dataDir));
  }, 240_000);

  afterAll(async () => {
    await assistant?.close();
    expect(await product?.stop()).toEqual({ code: 0, signal: null });
  });

  test.each(expectedTelemetry)('$name', async (one) => {
    const { queries } = await telemetry(assistant, { ...argumentsOf(one), limit: 200 });
    const { series = [], join, groups_total } = queries.C ?? {};
    expect(groups_total).toBe(one.series.length);
    expect(join).toMatchObject(one.join);
    expect(series.map(({ labels }) => labels)).toEqual(one.series.map(({ labels }) => labels));
    for (const [i, expected] of one.series.entries()) {
      const name = JSON.stringify(expected.labels);
      if (expected.points === undefined) expectNumber(series[i]?.value, expected.value ?? null, name);
      for (const [j, [time, value]] of expected.points?.entries() ?? []) {
        expect(series[i]?.points?.[j]?.[0]).toBe(time);
        expectNumber(series[i]?.points?.[j]?.[1], value, `${name} at ${time}`);
      }
    }
  });

  test('limit cuts what is shown, and nothing else', async () => {
    const one = caseOf('errors in percent of the logs of each service');
    const { queries } = await telemetry(assistant, { ...argumentsOf(one), limit: 3 });
    expect(queries.C).toMatchObject({ groups_total: one.series.length, groups_shown: 3, join: one.join });
    expect(queries.C?.series.map(({ labels }) => labels)).toEqual(
      one.series.slice(0, 3).map(({ labels }) => labels),
    );
    expect(queries.B).toMatchObject({ groups_total: 27, groups_shown: 3 });
  });

  test.each([
    'errors in percent of the logs of each service',
    'errors for each gigabyte of memory of each pod',
    'error rates of two workloads side by side',
    'errors in percent of all logs, every 10 minutes',
  ])('the whole answer: %s', async (name) => {
    const text = await compact(assistant, 'analyze-telemetry', { ...argumentsOf(caseOf(name)), limit: 5 });
    expect(text.replaceAll(/untrusted-\d+/g, 'untrusted-MARK')).toMatchSnapshot();
  });
});

const argumentsOf = ({ from_time, to_time, step, queries }: TelemetryCase) => ({
  from_time,
  to_time,
  queries,
  ...(step === undefined ? {} : { queryType: 'range', step }),
});

function caseOf(name: string): TelemetryCase {
  const found = expectedTelemetry.find((one) => one.name === name);
  if (found === undefined) throw new Error(`there is no case ${name}`);
  return found;
}
