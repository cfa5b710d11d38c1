import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { formatTime } from '../../src/telemetry/time.ts';
import { analyze, describeFields, search, toolError } from '../support/answers.ts';
import { type Assistant, connect } from '../support/assistants.ts';
import { createKey } from '../support/command.ts';
import { type Product, startProduct } from '../support/product.ts';
import { type SampleLog, type SampleSpan, send } from '../support/sample.ts';

let product: Product;
let assistant: Assistant;
/** Sees the namespace jobs alone. */
let limited: Assistant;
const newest = BigInt(Date.now() - 60_000) * 1_000_000n;

beforeAll(async () => {
  product = await startProduct();
  const time = newest - 5n;
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
  const key = await createKey(product.dataDir, '--namespace', 'jobs');
  limited = await connect('modern', product.mcpUrl, key);
});
afterAll(async () => {
  await assistant.close();
  await limited.close();
  expect(await product.stop()).toEqual({ code: 0, signal: null });
});

const notesOf = async (
  tool: 'search-logs' | 'search-traces',
  filters: string,
  from: Assistant = assistant,
): Promise<string> => (await search(from, tool, { filters })).notes.join('\n');

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

describe('what was nearly right is said', () => {
  test.each([
    ["namespace LIKE 'SHOP%'", "with namespace ILIKE 'SHOP%' in its place match 4"],
    ["body LIKE 'ine'", "with body LIKE '%ine%' in its place match 6"],
    ["body LIKE 'INE'", "with body ILIKE '%INE%' in its place match 6"],
    ["body =~ 'LINE [0-3]'", "with body =~ '(?i)LINE [0-3]' in its place match 4"],
    ["body = 'line'", "with body LIKE '%line%' in its place match 6"],
    ['workload = pay AND namespace = shop', "with workload LIKE '%pay%' in its place match 4"],
    ["workload =~ '^paymnts'", "values of workload here: 'payments', …"],
    ['workload = nightli OR service = paymentz', "values of service here: 'payments', …"],
    ['body_length > 100', 'body_length here lies between 6 and 6'],
    ['@size > 100', '@size here lies between 0 and 4'],
  ])('%s', async (filters, note) => {
    expect(await notesOf('search-logs', filters)).toContain(note);
  });

  test('durations have units', async () => {
    expect(await notesOf('search-traces', 'duration > 1h')).toContain(
      'duration here lies between 1us and 1us',
    );
  });

  test('values that a test rules out, and ids, are not listed', async () => {
    const notes = await notesOf('search-logs', "namespace != shop AND namespace != jobs AND trace_id = 'a'");
    expect(notes).not.toContain('values of');
  });
});

test('an empty window says where the data next to it is', async () => {
  const notes = async (from_time: string, to_time: string, from = assistant) =>
    (await search(from, 'search-logs', { from_time, to_time })).notes.join('\n');
  const at = (offset: bigint) => String(newest + offset);
  // Logs stand at -5 to 0 ns; those of jobs are the last two.
  expect(await notes(at(-100n), at(-50n))).toMatch(/the window holds no logs; the first after it at /);
  expect(await notes(at(1n), at(50n))).toMatch(/the window holds no logs; the last before it at /);
  const before = await notes(at(-100n), at(-5n), limited);
  const first = formatTime(newest - 1n);
  expect(before).toContain(`the window holds no logs; the first after it at ${first}`);
  expect(await notes(at(-5n), at(-2n), limited)).toContain(`the first after it at ${first}`);
});

describe('a key with limits learns nothing of what it does not see', () => {
  test('neither values nor counts', async () => {
    const notes = await notesOf('search-logs', "workload = paymnts AND body LIKE '%LINE%'", limited);
    expect(notes).toContain('without the filter the window holds 2 logs');
    expect(notes).toContain("without workload = 'paymnts' match 0");
    expect(notes).toContain("values of workload here: 'nightly'");
    expect(notes).not.toMatch(/payments|shop|\b[46]\b/);
  });

  test('nor that there is another signal', async () => {
    expect(await notesOf('search-traces', 'status = error', limited)).toMatch(/\nthere are no spans at all$/);
  });
});

test('a search for a field that there is not names those near it', async () => {
  const notes = async (datasource: 'logs' | 'traces', text: string) => {
    const { fields, notes: found } = await describeFields(assistant, { datasource, search: text });
    expect(fields).toEqual([]);
    return found.join('\n');
  };
  expect(await notes('logs', 'rouet')).toContain('near it there is @route');
  expect(await notes('logs', 'worklaod')).toContain('near it there is workload');
  expect(await notes('logs', 'duration')).toContain('traces have duration, duration_ms');
  expect(await notes('traces', 'xyzzy')).toContain('search "" lists them');
});

test('rows without a value of what is aggregated are counted', async () => {
  const aggregation = { function: 'unique_count', field: 'node_name' };
  const { notes } = await analyze(assistant, 'analyze-logs', { queryType: 'instant', aggregation });
  expect(notes).toContain('6 of 6 rows have no node_name: they play no part in unique_count');
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
