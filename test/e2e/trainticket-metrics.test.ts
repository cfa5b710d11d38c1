import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Assistant, assistantKinds, connect } from '../support/assistants.ts';
import { createKey } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';
import { sendRecordedMetrics } from '../support/recording.ts';
import { expectedMetrics, type MetricCase } from '../trainticket/metrics/expected.ts';

const answerSchema = z.object({
  series: z.array(
    z.object({
      labels: z.record(z.string(), z.string()),
      value: z.number().nullish(),
      points: z.array(z.tuple([z.number(), z.number().nullable()])).optional(),
    }),
  ),
});

/** What analyze-metrics answers to a case, with the values that it shows alone. */
async function answerTo(assistant: Assistant, one: MetricCase): Promise<MetricCase['series']> {
  const { from_time, to_time, step, promql } = one;
  const queryType = step === undefined ? 'instant' : 'range';
  const args = { from_time, to_time, promql, queryType, ...(step && { step }), format: 'json' };
  const { text, isError } = await assistant.call('analyze-metrics', { ...args, max_tokens: 25_000 });
  if (isError) throw new Error(text);
  return answerSchema
    .parse(JSON.parse(text))
    .series.map(({ labels, value, points }) =>
      points === undefined
        ? { labels, value: value ?? Number.NaN }
        : { labels, points: points.map(([time, at]): [number, number] => [time, at ?? Number.NaN]) },
    );
}

/** The recorded metrics, posted to the OTLP endpoint of the embedded product. */
describe('the recorded metrics over OTLP', () => {
  let product: Product;
  let key: string;

  beforeAll(async () => {
    product = await startProduct();
    key = await createKey(product.dataDir, '--role', 'query');
    await sendRecordedMetrics(product.otlpUrl);
  }, 240_000);

  afterAll(async () => {
    expect(await product?.stop()).toEqual({ code: 0, signal: null });
  });

  describe.each(assistantKinds)('asked through the client %s', (kind) => {
    let assistant: Assistant;
    beforeAll(async () => {
      assistant = await connect(kind, product.mcpUrl, key);
    });
    afterAll(() => assistant?.close());

    test.each(expectedMetrics.cases)('$name', async (one) => {
      expect(await answerTo(assistant, one)).toEqual(one.series);
    });
  });

  test('a key of another namespace sees none of them', async () => {
    const other = await createKey(product.dataDir, '--role', 'query', '--namespace', 'other');
    const assistant = await connect('modern', product.mcpUrl, other);
    for (const one of expectedMetrics.cases.slice(0, 3)) expect(await answerTo(assistant, one)).toEqual([]);
    await assistant.close();
  });
});
