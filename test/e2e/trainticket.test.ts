import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyze, compact, count, describeFields, nanoseconds, search } from '../support/answers.ts';
import { type Assistant, assistantKinds, connect, connectStdio } from '../support/assistants.ts';
import { createKey } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';
import { sendRecording } from '../support/recording.ts';
import { checkCase } from '../trainticket/check.ts';
import { expected, expectedCase } from '../trainticket/expected.ts';
import { keyCases } from '../trainticket/key-cases.ts';

const whole = { from_time: '2023-01-29T08:40:00Z', to_time: '2023-01-29T10:30:00Z' };
const newestRecorded = 1_674_988_089_190_317_595n;

/** The recording, posted to the OTLP endpoint of the embedded product as its README says. */
describe('the recording over OTLP', () => {
  let product: Product;
  let key: string;
  let assistant: Assistant;

  beforeAll(async () => {
    product = await startProduct();
    key = await createKey(product.dataDir, '--role', 'query');
    await sendRecording(product.otlpUrl);
    assistant = await connect('modern', product.mcpUrl, key);
  }, 240_000);

  afterAll(async () => {
    await assistant?.close();
    expect(await product?.stop()).toEqual({ code: 0, signal: null });
  });

  test.each(expected.cases)('$name', async (one) => checkCase(assistant, one));

  describe.each(assistantKinds)('through the client %s', (kind) => {
    let other: Assistant;
    beforeAll(async () => {
      other = await connect(kind, product.mcpUrl, key);
    });
    afterAll(() => other?.close());

    test.each(keyCases)('%s', async (name) => checkCase(other, expectedCase(name)));
  });

  describe('through stdio, beside the running server', () => {
    let other: Assistant;
    beforeAll(async () => {
      other = await connectStdio({ KUBESENSE_DATA_DIR: product.dataDir, KUBESENSE_API_KEY: key });
    });
    afterAll(() => other?.close());

    test.each(keyCases)('%s', async (name) => checkCase(other, expectedCase(name)));
  });

  test.each(['logs', 'traces'] as const)(
    'fields of %s, with how many records have them',
    async (datasource) => {
      const { fields } = await describeFields(assistant, { datasource, ...whole });
      const known = new Map(fields.map((field) => [field.name, field]));
      for (const [name, { coverage, values }] of Object.entries(expected.fields[datasource])) {
        // A resource attribute that is a built-in field need not be listed a second time.
        if (name.startsWith('@k8s.') && !known.has(name)) continue;
        if (name === '@service.name' && !known.has(name)) continue;
        const field = known.get(name);
        expect(field?.coverage, `coverage of ${name}`).toBeCloseTo(coverage, 6);
        expect(field?.kind).toBe(name.startsWith('@') ? 'attribute' : 'builtin');
        expect(field?.example_values.length).toBeGreaterThan(values === 0 ? -1 : 0);
        expect(field?.example_values.length).toBeLessThanOrEqual(values);
      }
    },
  );

  test('a step that is left out gives at most 60 buckets, which hold every record', async () => {
    const { series, step_s } = await analyze(assistant, 'analyze-logs', { ...whole, queryType: 'range' });
    const points = series[0]?.points ?? [];
    expect(points.length).toBeLessThanOrEqual(60);
    expect(points.length).toBeGreaterThan(20);
    expect(points.every(([time]) => time % (step_s ?? 0) === 0)).toBe(true);
    expect(points.reduce((sum, [, value]) => sum + (value ?? 0), 0)).toBe(93_436);
  });

  test('compact answers hold the same numbers', async () => {
    const services = await compact(assistant, 'analyze-logs', {
      ...expectedCase('logs: services with the most errors').arguments,
    });
    expect(services).toMatch(
      /ts-basic-service\b.*\b220\b.*ts-food-service\b.*\b184\b.*ts-travel2-service\b.*\b128\b/s,
    );
    const logs = await compact(assistant, 'search-logs', { ...whole, filters: 'level = ERROR', limit: 3 });
    expect(logs).toMatch(/\b3 of 921\b/);
  });

  test('what does not change from row to row stands once', async () => {
    const text = await compact(assistant, 'search-logs', {
      ...whole,
      filters: "workload = 'ts-seat-service'",
    });
    expect(text.split('ts-seat-service-').length - 1).toBe(1);
  });

  test('a pod that does not exist is diagnosed', async () => {
    const { matched, notes } = await search(assistant, 'search-logs', {
      ...whole,
      filters: "service = 'ts-basic-service' AND pod_name = 'ts-basic-servcie-7d9d6c9b9d-aaaaa'",
    });
    expect(matched).toBe(0);
    expect(notes.join('\n')).toMatch(/16[, ]?060/);
  });
});

/** Moved so that it ends when it is sent, as a collector's data would. */
describe('the recording, moved to now', () => {
  let product: Product;
  let assistant: Assistant;

  beforeAll(async () => {
    product = await startProduct();
    const key = await createKey(product.dataDir);
    await sendRecording(product.otlpUrl, 'now');
    assistant = await connect('legacy', product.mcpUrl, key);
  }, 240_000);

  afterAll(async () => {
    await assistant?.close();
    expect(await product?.stop()).toEqual({ code: 0, signal: null });
  });

  test.each(['-3h', 'now-3h', '3h', 'now-180m'])(
    'everything is in the last three hours: %s',
    async (from_time) => {
      expect(await count(assistant, 'analyze-logs', { from_time })).toBe(93_436);
      expect(await count(assistant, 'analyze-traces', { from_time, to_time: 'now' })).toBe(178_710);
    },
  );

  test('a window that ends in a pause of the recording', async () => {
    const newest = await search(assistant, 'search-logs', { from_time: '-3h', limit: 1 });
    const moved = nanoseconds(String(newest.rows[0]?.[newest.columns.indexOf('timestamp')])) - newestRecorded;
    // From 10:14:33 to 10:19 nothing was recorded; the middle of that is this long ago.
    const secondsAgo = (now: bigint) => (now - moved - nanoseconds('2023-01-29T10:17:00Z')) / 1_000_000_000n;
    const from_time = `now-${secondsAgo(BigInt(Date.now()) * 1_000_000n)}s`;
    const since = expectedCase('logs: since the last pause').expected;
    expect(await count(assistant, 'analyze-logs', { from_time })).toBe(
      'series' in since ? since.series[0]?.value : NaN,
    );
  });

  test('without times it is the last hour', async () => {
    const { window } = await search(assistant, 'search-traces', {});
    const [from, to] = [nanoseconds(window.from), nanoseconds(window.to)];
    expect(to - from).toBe(3_600_000_000_000n);
    expect(Math.abs(Number(to / 1_000_000n) - Date.now())).toBeLessThan(60_000);
  });

  test('the error logs of the last two hours', async () => {
    expect(
      await count(assistant, 'analyze-logs', {
        from_time: '-2h',
        filters: 'namespace = ts AND level = ERROR',
      }),
    ).toBe(921);
    const text = await compact(assistant, 'search-logs', {
      from_time: '2h',
      filters: 'namespace = "ts" AND level = ERROR',
    });
    expect(text).toMatch(/\b10 of 921\b/);
  });
});
