import { expect, test } from 'vitest';
import {
  analyzeResult,
  call,
  instantSeries,
  mark,
  rangeSeries,
  stubQueries,
} from '../../../test/mcp/stub-queries.ts';
import { InputError } from '../../telemetry/input-error.ts';
import { analyzeTraces } from './analyze-traces.ts';

const aggregation = { function: 'p99', field: 'duration' } as const;

test('a percentile of durations in groups', async () => {
  const series = [
    instantSeries({ workload: 'ts-basic-service' }, 1_240_400_000),
    instantSeries({ workload: 'ts-food-service' }, 1_240_300_000),
    instantSeries({ workload: 'ts-seat-service' }, 33_000_000),
    instantSeries({ workload: 'ts-idle-service' }, null),
  ];
  const result = analyzeResult('traces', series, { aggregation, unit: 'ns', rowsMatched: 178_710 });
  const text = await analyzeTraces(stubQueries({ analyze: result })).answer({}, call(), mark);
  expect(text).toMatchInlineSnapshot(`
    "p99(duration) by workload; 4 groups of 178710 spans; highest first; 2023-01-29 08:41:00 to 10:30:00 UTC
    <untrusted-483920>
    workload	p99(duration)
    ts-basic-service	1.2404 s
    ts-food-service	1.2403 s
    ts-seat-service	33 ms
    ts-idle-service	-
    </untrusted-483920>"
  `);
});

test('a percentile of durations over time', async () => {
  const series = [
    rangeSeries({ role: 'server' }, 1_674_981_600, 300, [1_240_400_000, 33_000_000, null, 512]),
  ];
  const result = analyzeResult('traces', series, { aggregation, unit: 'ns', queryType: 'range', step: 300 });
  const text = await analyzeTraces(stubQueries({ analyze: result })).answer({}, call(), mark);
  expect(text).toMatchInlineSnapshot(`
    "p99(duration) by role every 5m; 1 group of 921 spans; 2023-01-29 08:41:00 to 10:30:00 UTC
    <untrusted-483920>
    row:	role=server
    #	min	max	avg	latest	total
    1	512 ns	1.24 s	424 ms	512 ns	1.27 s
    bucket start (values in s)	#1
    2023-01-29 08:40	1.24
    08:45	0.033
    08:50	-
    08:55	5.12e-7
    </untrusted-483920>
    note: values are rounded to 3 or more significant digits; format "json" has them exact"
  `);
});

test.each([
  [{ aggregation: { function: 'p99', field: 'duration' } }],
  [{ aggregation: { function: 'p99', fields: [{ field: 'duration', type: 'float' }] } }],
  [{ aggregation: { function: 'p99', fields: ['duration'] } }],
  [{ aggregation: { function: 'p99', fields: 'duration' } }],
  [{ aggregation: '{"function":"p99","fields":[{"field":"duration"}]}' }],
  [{ aggregation: { function: 'P99', field: { field: 'duration', type: 'number' }, fields: null } }],
])('%j asks for the 99th percentile of duration', async (args) => {
  const queries = stubQueries({ analyze: analyzeResult('traces', []) });
  await analyzeTraces(queries).answer(args, call(), mark);
  expect(queries.requests).toMatchObject([
    { aggregation: { function: 'p99', field: { field: 'duration' } } },
  ]);
});

test('row_count needs no field, in no form', async () => {
  const queries = stubQueries({ analyze: analyzeResult('traces', []) });
  await analyzeTraces(queries).answer({ aggregation: { function: 'row_count', fields: [] } }, call(), mark);
  await analyzeTraces(queries).answer({ aggregation: { function: 'count' } }, call(), mark);
  await analyzeTraces(queries).answer({}, call(), mark);
  expect(queries.requests.map((request) => 'aggregation' in request && request.aggregation)).toEqual([
    { function: 'row_count', field: undefined },
    { function: 'count', field: undefined },
    undefined,
  ]);
});

test.each([
  [{ function: 'p99', fields: ['duration', 'body_length'] }, 2],
  [{ function: 'p99', field: 'duration', fields: [{ field: '@a' }, '@b', 'duration'] }, 3],
  ['{"function":"avg","fields":["@a","@b"]}', 2],
])('%j has too many fields', async (aggregation, count) => {
  const answer = analyzeTraces(stubQueries({})).answer({ aggregation }, call(), mark);
  await expect(answer).rejects.toThrow(
    new InputError(`"aggregation" takes one field, got ${count}; make one call for each`),
  );
});

test('the unit of a field stands in the head of its column of labels', async () => {
  const labels = ['5', '7'].map((duration) => ({ duration, duration_ms: '0', '@duration': duration }));
  const series = labels.map((label) => instantSeries(label, 1));
  const result = analyzeResult('traces', series);
  const text = await analyzeTraces(stubQueries({ analyze: result })).answer({}, call(), mark);
  expect(text).toContain('\nall rows:\tduration_ms (ms)=0\nduration (ns)\t@duration\trow_count\n5\t5\t1\n');
  expect(text).toContain('row_count by duration, duration_ms, @duration; ');
  const json = await analyzeTraces(stubQueries({ analyze: result })).answer({ format: 'json' }, call(), mark);
  expect(JSON.parse(json).series.map((group: { labels: unknown }) => group.labels)).toEqual(labels);
});

test('everything that is asked reaches the query', async () => {
  const queries = stubQueries({ analyze: analyzeResult('traces', []) });
  await analyzeTraces(queries).answer(
    {
      from_time: 1_674_981_660,
      to_time: '2023-01-29T10:30:00Z',
      queryType: 'range',
      filters: 'role = server',
      groupBy: '[{"field":"workload","type":"string"},"@http.route"]',
      step: '60',
      limit: 7.0,
    },
    call(),
    mark,
  );
  await analyzeTraces(queries).answer({ queryType: 'range', step: '5m' }, call(), mark);
  expect(queries.requests).toMatchObject([
    {
      signal: 'traces',
      fromTime: '1674981660',
      toTime: '2023-01-29T10:30:00Z',
      queryType: 'range',
      filters: 'role = server',
      groupBy: [{ field: 'workload' }, { field: '@http.route' }],
      step: 60,
      limit: 7,
    },
    { step: '5m', limit: 20 },
  ]);
});
