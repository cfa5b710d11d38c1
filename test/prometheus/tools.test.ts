import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { type Assistant, connect } from '../support/assistants.ts';
import { createKey } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';
import type { StoreName } from './binaries.ts';
import { end, sampleSeries, start } from './samples.ts';
import { openTarget, recordedLimit, type Target } from './target.ts';

const times = { from_time: new Date(start).toISOString(), to_time: new Date(end).toISOString() };

const listAnswer = z.object({ metrics: z.array(z.object({ name: z.string() })), matched: z.number() });
const labelsAnswer = z.object({
  series: z.number(),
  labels: z.array(
    z.object({ name: z.string(), values_total: z.number(), example_values: z.array(z.string()) }),
  ),
});
const valuesAnswer = z.object({
  groups_total: z.number(),
  series: z.array(
    z.object({ labels: z.record(z.string(), z.string()), value: z.number().nullable().optional() }),
  ),
  notes: z.array(z.string()),
});

describe.each<StoreName>(['prometheus', 'victoria-metrics'])('the tools on %s', (name) => {
  let target: Target;
  let product: Product;
  let everyone: Assistant;
  let shop: Assistant;
  const call = (assistant: Assistant, tool: string, args: object) =>
    assistant.call(tool, { ...args, format: 'json' });
  async function ask<T>(assistant: Assistant, tool: string, args: object, answer: z.ZodType<T>): Promise<T> {
    const { text, isError } = await call(assistant, tool, args);
    if (isError) throw new Error(text);
    return answer.parse(JSON.parse(text));
  }

  beforeAll(async () => {
    target = await openTarget(name, 'tools', sampleSeries);
    product = await startProduct({
      settings: { KUBESENSE_PROMETHEUS_URL: target.url.href, ...recordedLimit },
    });
    everyone = await connect('modern', product.mcpUrl, await createKey(product.dataDir));
    shop = await connect('modern', product.mcpUrl, await createKey(product.dataDir, '--namespace', 'shop'));
  }, 600_000);
  afterAll(async () => {
    await everyone?.close();
    await shop?.close();
    await product?.stop();
    await target?.close();
  });

  test('get-available-metrics lists what the key may see', async () => {
    const named = async (assistant: Assistant, keyword: string) =>
      (await ask(assistant, 'get-available-metrics', { keyword }, listAnswer)).metrics.map(
        (metric) => metric.name,
      );
    expect(await named(everyone, 'LOAD')).toEqual(['node_load1']);
    expect(await named(everyone, 'requests total')).toEqual(['http_requests_total']);
    expect(await named(shop, 'load')).toEqual([]);
    expect(await named(shop, 'requests')).toEqual(['http_requests_total']);
  });

  test('get-metric-labels counts what the key may see', async () => {
    const args = { metric_name: 'http_requests_total', ...times };
    const all = await ask(everyone, 'get-metric-labels', args, labelsAnswer);
    expect(all.series).toBe(12);
    expect(all.labels.find((label) => label.name === 'namespace')).toMatchObject({ values_total: 3 });
    const seen = await ask(shop, 'get-metric-labels', args, labelsAnswer);
    expect(seen.series).toBe(4);
    expect(JSON.stringify(seen)).not.toMatch(/cart|shop\.eu/);
  });

  test('analyze-metrics evaluates on what the key may see', async () => {
    const promql = 'sum by (namespace) (rate(http_requests_total{code="200"}[5m]))';
    const of = async (assistant: Assistant) => {
      const { series } = await ask(assistant, 'analyze-metrics', { promql, ...times }, valuesAnswer);
      return series.map(({ labels, value }) => [labels.namespace, value?.toFixed(9)]);
    };
    // Both pods of namespace n grow by 100 n and 200 n every 15 s; the highest comes first.
    expect(await of(everyone)).toEqual([
      ['shop.eu', '60.000000000'],
      ['cart', '40.000000000'],
      ['shop', '20.000000000'],
    ]);
    expect(await of(shop)).toEqual([['shop', '20.000000000']]);
  });

  test('an empty answer is explained without what the key may not see', async () => {
    const promql = 'up{namespace="cart"}';
    const { text, isError } = await call(shop, 'analyze-metrics', { promql, ...times });
    expect(isError).toBe(false);
    expect(valuesAnswer.parse(JSON.parse(text)).groups_total).toBe(0);
    expect(text.replaceAll('namespace=\\"cart\\"', '')).not.toMatch(/cart|shop\.eu|node/);
  });

  test('an error of the store says what was wrong, and nothing of the store', async () => {
    const failed = await call(shop, 'analyze-metrics', { promql: 'up * on (job) up', ...times });
    expect(failed.isError).toBe(true);
    expect(failed.text).toMatch(/duplicate (time )?series/);
    expect(failed.text).not.toMatch(/=~|127\.0\.0\.1|error when executing|cart/);
  });
});
