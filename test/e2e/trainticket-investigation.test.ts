import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import { compact } from '../support/answers.ts';
import { type Assistant, connect } from '../support/assistants.ts';
import { createKey, runScript } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';
import { sendRecordedMetrics, sendRecording } from '../support/recording.ts';
import { testComparison } from '../trainticket/comparison/comparison-tests.ts';

const window = { from_time: '2023-01-29T08:40:00Z', to_time: '2023-01-29T10:30:00Z' };
const exact = { format: 'json', max_tokens: 25_000 };

const counts = z.record(z.string(), z.number());
const expectedSchema = z.object({
  edges: counts,
  trace: z.object({
    traceId: z.string(),
    duration: z.number(),
    roots: z.number(),
    logs: z.number(),
    self: counts,
  }),
  workloads: counts,
});

describe('traces and calls of the recording', () => {
  let product: Product;
  let assistant: Assistant;
  let expected: z.output<typeof expectedSchema>;

  beforeAll(async () => {
    const script = fileURLToPath(new URL('../trainticket/investigation.mjs', import.meta.url));
    const { stdout } = await runScript(script, [], 60_000);
    expected = expectedSchema.parse(JSON.parse(stdout));
    product = await startProduct();
    await sendRecording(product.otlpUrl);
    await sendRecordedMetrics(product.otlpUrl);
    assistant = await connect('modern', product.mcpUrl, await createKey(product.dataDir));
  }, 240_000);

  afterAll(async () => {
    await assistant?.close();
    expect(await product?.stop()).toEqual({ code: 0, signal: null });
  });

  const json = async <T>(tool: string, args: object, schema: z.ZodType<T>): Promise<T> =>
    schema.parse(JSON.parse(await compact(assistant, tool, { ...window, ...args, ...exact })));

  test('get-trace: the slowest, with the self times that intervals give', async () => {
    const trace = await json(
      'get-trace',
      {},
      z.object({
        trace_id: z.string(),
        picked: z.object({ candidates: z.number(), duration_ns: z.number() }),
        spans_total: z.number(),
        self_total_ns: z.number(),
        logs_total: z.number(),
        spans: z.array(
          z.object({
            span_id: z.string(),
            count: z.number().optional(),
            self_ns: z.number(),
            critical_ns: z.number(),
          }),
        ),
      }),
    );
    const { traceId, duration, roots, logs, self } = expected.trace;
    expect(trace).toMatchObject({
      trace_id: traceId,
      picked: { candidates: roots, duration_ns: duration },
      spans_total: Object.keys(self).length,
      self_total_ns: Object.values(self).reduce((sum, ns) => sum + ns, 0),
      logs_total: logs,
    });
    const single = trace.spans.filter(({ count }) => count === undefined);
    expect(single.length).toBeGreaterThan(50);
    for (const { span_id, self_ns } of single) expect([span_id, self_ns]).toEqual([span_id, self[span_id]]);
    expect(trace.spans.reduce((sum, { critical_ns }) => sum + critical_ns, 0)).toBeLessThanOrEqual(duration);
  });

  test('get-service-map: as many calls as serving spans have foreign parents', async () => {
    const node = z.object({ workload: z.string() });
    const map = await json(
      'get-service-map',
      { limit: 200 },
      z.object({ calls: z.array(z.object({ client: node, server: node, count: z.number() })) }),
    );
    expect(
      Object.fromEntries(
        map.calls.map(({ client, server, count }) => [`${client.workload} > ${server.workload}`, count]),
      ),
    ).toEqual(expected.edges);
  });

  test('get-field-values: every workload with its spans', async () => {
    const { values } = await json(
      'get-field-values',
      { datasource: 'traces', field: 'workload', limit: 200 },
      z.object({ values: z.array(z.object({ value: z.string(), count: z.number() })) }),
    );
    expect(Object.fromEntries(values.map(({ value, count }) => [value, count]))).toEqual(expected.workloads);
  });

  test.each([
    [
      'get-trace',
      {
        pick: 'typical',
        filters: "operation_name = '/api/v1/assuranceservice/assurances/{typeIndex}/{orderId}'",
      },
    ],
    ['get-trace', { max_tokens: 2000 }],
    ['get-service-map', { workload: 'ts-order-service' }],
    ['get-service-map', { limit: 10 }],
    ['get-field-values', { datasource: 'traces', field: 'clustered_resource', search: 'order', limit: 5 }],
    ['get-field-values', { datasource: 'logs', field: 'level' }],
  ] as const)('the whole answer: %s %j', async (tool, args) => {
    const text = await compact(assistant, tool, { ...window, ...args });
    expect(text.replaceAll(/untrusted-\d+/g, 'untrusted-MARK')).toMatchSnapshot();
  });

  describe('compare-windows', () => testComparison(() => ({ product, assistant })));
});
