import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { analyze, search, toolError } from '../support/answers.ts';
import { type Assistant, connect } from '../support/assistants.ts';
import { createKey } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';
import { type SampleLog, type SampleSpan, send } from '../support/sample.ts';

let product: Product;
let assistant: Assistant;

beforeAll(async () => {
  product = await startProduct();
  const time = BigInt(Date.now() - 60_000) * 1_000_000n;
  const log = (namespace: string, deployment: string, i: number): SampleLog => ({
    time: time + BigInt(i),
    level: 'INFO',
    body: `line ${i}`,
    service: deployment,
    namespace,
    deployment,
    attributes: { route: '/pay', size: i % 2 === 0 ? String(i) : 'n/a' },
  });
  const logs = [...Array(6).keys()].map((i) =>
    log(i < 4 ? 'shop' : 'jobs', i < 4 ? 'payments' : 'nightly', i),
  );
  const span: SampleSpan = { time, duration: 1000, name: 'pay', kind: 'server', service: 'payments' };
  await send(product.otlpUrl, { logs, spans: [span] });
  assistant = await connect('modern', product.mcpUrl, await createKey(product.dataDir));
}, 60_000);
afterAll(async () => {
  await assistant.close();
  expect(await product.stop()).toEqual({ code: 0, signal: null });
});

const notesOf = async (tool: 'search-logs' | 'search-traces', filters: string): Promise<string> =>
  (await search(assistant, tool, { filters })).notes.join('\n');

describe('zero rows are diagnosed', () => {
  test('with the counts without each term, all others counting, however many there are', async () => {
    const others = [...Array(13).keys()].map((i) => `body != 'x${i}'`).join(' AND ');
    const notes = await notesOf('search-logs', `level = INFO AND namespace = shopp AND ${others}`);
    expect(notes).toContain("without namespace = 'shopp' match 6");
    expect(notes).toContain("without level = 'INFO' match 0");
    expect(notes).toContain('3 more terms were not left out in turn');
  });

  test('with the nearest values of each, also where two terms are wrong', async () => {
    const notes = await notesOf('search-logs', 'namespace = shopp AND workload = paymnts');
    expect(notes).toContain("values of namespace here: 'shop'");
    expect(notes).toContain("values of workload here: 'payments'");
  });

  test('with the values there are where none is near', async () => {
    expect(await notesOf('search-logs', 'namespace = production')).toContain(
      "values of namespace here: 'shop', 'jobs'",
    );
  });

  test('with a field that no record has', async () => {
    const notes = await notesOf('search-traces', 'return_code >= 500');
    expect(notes).toContain('none of them has a value of return_code');
    expect(notes).toContain('the window holds 1 spans');
  });
});

describe('an attribute that no record has is named', () => {
  const missing = 'no record in the window has @rout; near it there is @route';

  test('in a filter, also where it matches', async () => {
    const answer = await search(assistant, 'search-logs', { filters: "@rout != '/pay'" });
    expect(answer.matched).toBe(6);
    expect(answer.notes.join('\n')).toContain(missing);
  });

  test('as a group and as what is added up', async () => {
    const instant = { queryType: 'instant' };
    const grouped = await analyze(assistant, 'analyze-logs', { ...instant, groupBy: ['@rout'] });
    expect(grouped.notes.join('\n')).toContain(missing);
    const aggregation = { function: 'sum', field: '@rout' };
    const sum = await analyze(assistant, 'analyze-logs', { ...instant, aggregation });
    expect(sum.notes.join('\n')).toContain(missing);
  });
});

test('texts that are no number are counted, in searches and in analyses', async () => {
  const filters = '@size >= 0';
  const note = '3 rows have text that is no number';
  expect((await search(assistant, 'search-logs', { filters })).notes.join('\n')).toContain(note);
  const answer = await analyze(assistant, 'analyze-logs', { filters, queryType: 'instant' });
  expect(answer.series[0]?.value).toBe(3);
  expect(answer.notes.join('\n')).toContain(note);
});

test.each([
  ['count_distinct', 'unique_count'],
  ['median', 'p50'],
  ['p999', 'p99'],
])('instead of the function %s, %s is offered', async (name, offered) => {
  const aggregation = { function: name, field: 'body_length' };
  expect(await toolError(assistant, 'analyze-logs', { queryType: 'instant', aggregation })).toContain(
    `did you mean ${offered}? There are row_count`,
  );
});

test('a step that plays no part is not ignored in silence', async () => {
  const answer = await analyze(assistant, 'analyze-logs', { queryType: 'instant', step: '5m' });
  expect(answer.notes.join('\n')).toContain('step plays no part in an instant query');
});

test('a repeated key is one key', async () => {
  const answer = await analyze(assistant, 'analyze-logs', {
    queryType: 'instant',
    groupBy: ['level', 'severity', 'level'],
  });
  expect(answer.series.map(({ labels }) => labels)).toEqual([{ level: 'INFO' }]);
});
