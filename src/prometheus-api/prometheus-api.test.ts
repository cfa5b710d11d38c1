import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type FixtureApi, startFixtureApi } from '../../test/prometheus-api/fixture-api.ts';
import { MemoryQueries } from '../../test/prometheus-api/memory-queries.ts';
import { bucketsFrom, createHistogram } from '../promql/histogram.ts';
import { StoreError } from '../store/store-error.ts';

let memory: MemoryQueries;
let api: FixtureApi;

beforeEach(async () => {
  memory = new MemoryQueries();
  memory.add({ __name__: 'up', job: 'api', 'service.name': 'shop "1"' }, [
    { timestamp: 0, value: 1 },
    { timestamp: 60_000, value: 0.1 },
    { timestamp: 120_500, value: -0 },
  ]);
  memory.add({ __name__: 'up', job: 'web' }, [{ timestamp: 60_000, value: 1e-7 }]);
  memory.add({ __name__: 'latency', job: 'api' }, [
    {
      timestamp: 60_000,
      value: 0,
      histogram: createHistogram({
        count: 9,
        sum: 12.5,
        zeroThreshold: 0.001,
        zeroCount: 2,
        positive: bucketsFrom(1, [4, 0, 2]),
        negative: bucketsFrom(1, [1]),
      }),
    },
  ]);
  api = await startFixtureApi(memory.queries);
});
afterEach(() => api.stop());

describe('query', () => {
  test('a vector', async () => {
    const answer = await api.get('/query', { query: 'up', time: '60.5' });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.text).toBe(
      '{"status":"success","data":{"resultType":"vector","result":[' +
        '{"metric":{"__name__":"up","job":"api","service.name":"shop \\"1\\""},"value":[60.500,"0.1"]},' +
        '{"metric":{"__name__":"up","job":"web"},"value":[60.500,"1e-07"]}]}}',
    );
  });

  test('a scalar, a string, an empty vector, a range vector', async () => {
    const dataOf = async (query: string) => {
      const { text } = await api.get('/query', { query, time: '1970-01-01T00:02:00.5Z' });
      return text.replace(/^\{"status":"success","data":(.*)\}$/, '$1');
    };
    expect(await dataOf('1/3')).toBe('{"resultType":"scalar","result":[120.5,"0.3333333333333333"]}');
    expect(await dataOf('1e22')).toBe('{"resultType":"scalar","result":[120.5,"10000000000000000000000"]}');
    expect(await dataOf('"a<\\n"')).toBe('{"resultType":"string","result":[120.5,"a<\\n"]}');
    expect(await dataOf('none')).toBe('{"resultType":"vector","result":[]}');
    expect(await dataOf('up{job="api"}[2m]')).toBe(
      '{"resultType":"matrix","result":[{"metric":{"__name__":"up","job":"api","service.name":"shop \\"1\\""},' +
        '"values":[[60,"0.1"],[120.500,"-0"]]}]}',
    );
  });

  test('a native histogram, without its empty buckets', async () => {
    const { text } = await api.get('/query', { query: 'latency', time: '60' });
    expect(JSON.parse(text).data.result).toEqual([
      {
        metric: { __name__: 'latency', job: 'api' },
        histogram: [
          60,
          {
            count: '9',
            sum: '12.5',
            buckets: [
              [1, '-2', '-1', '1'],
              [3, '-0.001', '0.001', '2'],
              [0, '1', '2', '4'],
              [0, '4', '8', '2'],
            ],
          },
        ],
      },
    ]);
  });

  test('values at the ends of what floats hold', async () => {
    const query =
      'label_replace(vector(1e21), "n", "1", "", "") or label_replace(vector(-Inf), "n", "2", "", "") or ' +
      'label_replace(vector(NaN), "n", "3", "", "") or label_replace(vector(123456789012345680000), "n", "4", "", "") ' +
      'or label_replace(vector(-2.5e-10), "n", "5", "", "") or label_replace(vector(0.000001), "n", "6", "", "")';
    const { text } = await api.get('/query', { query, time: '0' });
    const values = JSON.parse(text).data.result.map(({ value }: { value: string[] }) => value[1]);
    expect(values).toEqual(['1e+21', '-Inf', 'NaN', '123456789012345680000', '-2.5e-10', '0.000001']);
  });

  test('now, where no time is given, and the other parameters', async () => {
    await api.get('/query', { query: 'up', timeout: '2s', lookback_delta: '90' });
    const now = Date.UTC(2026, 10, 23, 8);
    expect(memory.asked).toEqual([{ start: now, end: now, step: 0, lookback: 90_000, timeout: 2000 }]);
  });

  test('a form, whose parameters come before those of the address', async () => {
    const answer = await api.request('/query?query=none&time=60', {
      method: 'POST',
      body: new URLSearchParams({ query: 'up{job="web"}' }),
    });
    expect(JSON.parse(answer.text).data.result).toEqual([
      { metric: { __name__: 'up', job: 'web' }, value: [60, '1e-07'] },
    ]);
  });

  test('warnings, infos, and the limit', async () => {
    const warned = await api.get('/query', { query: 'quantile(2, up)', time: '60' });
    expect(JSON.parse(warned.text).warnings).toEqual([
      'PromQL warning: quantile value should be between 0 and 1, got 2 (1:10)',
    ]);
    const informed = await api.get('/query', { query: 'rate(up[2m])', time: '60' });
    expect(JSON.parse(informed.text).infos).toEqual([
      'PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "up" (1:6)',
    ]);
    const limited = JSON.parse((await api.get('/query', { query: 'up', time: '60', limit: '1' })).text);
    expect(limited.data.result.map((one: { metric: object }) => one.metric)).toEqual([
      { __name__: 'up', job: 'api', 'service.name': 'shop "1"' },
    ]);
    expect(limited.warnings).toEqual(['results truncated due to limit']);
    const whole = JSON.parse((await api.get('/query', { query: 'up', time: '60', limit: '2' })).text);
    expect(whole.warnings).toBeUndefined();
  });

  test('no more than ten warnings, and how many were left out', async () => {
    const sum = Array.from({ length: 12 }, (_, i) => `quantile(${i + 2}, up)`).join(' + ');
    const { text } = await api.get('/query', { query: sum, time: '60' });
    const { warnings } = JSON.parse(text);
    expect(warnings).toHaveLength(11);
    expect(warnings[10]).toBe('2 more warning annotations omitted');
  });
});

describe('query_range', () => {
  test('a matrix of floats and histograms', async () => {
    const query = '{__name__=~"up|latency", job="api"}';
    const answer = await api.get('/query_range', { query, start: '60', end: '120.75', step: '30.25' });
    expect(answer.text).toBe(
      '{"status":"success","data":{"resultType":"matrix","result":[' +
        '{"metric":{"__name__":"latency","job":"api"},"histograms":[' +
        [60, '90.250', '120.500'].map((time) => `[${time},${histogramJson}]`).join(',') +
        ']},{"metric":{"__name__":"up","job":"api","service.name":"shop \\"1\\""},' +
        '"values":[[60,"0.1"],[90.250,"0.1"],[120.500,"-0"]]}]}}',
    );
  });

  const histogramJson =
    '{"count":"9","sum":"12.5","buckets":[[1,"-2","-1","1"],[3,"-0.001","0.001","2"],[0,"1","2","4"],[0,"4","8","2"]]}';

  test('an answer of many pieces is whole', async () => {
    for (let i = 0; i < 200; i++) {
      const samples = Array.from({ length: 400 }, (_, at) => ({ timestamp: at * 1000, value: i + at / 3 }));
      memory.add({ __name__: 'many', i: String(i), name: 'é' }, samples);
    }
    const { text } = await api.get('/query_range', { query: 'many', start: '0', end: '399', step: '1' });
    const { result } = JSON.parse(text).data;
    expect(result).toHaveLength(200);
    for (const { metric, values } of result) {
      const expected = Array.from({ length: 400 }, (_, at) => [at, String(Number(metric.i) + at / 3)]);
      expect(values).toEqual(expected);
    }
  });

  test.each([
    [{ start: '0', end: '11000', step: '1' }, 400],
    [{ start: '0', end: '10999', step: '1' }, 200],
    [{ start: '0', end: '11000', step: '1.0001' }, 400],
  ])('%o is a %i', async (parameters, status) => {
    expect((await api.get('/query_range', { query: '1', ...parameters })).status).toBe(status);
  });
});

describe('discovery', () => {
  test('series of several selectors', async () => {
    const answer = await api.get('/series', {
      'match[]': ['up{job="web"}', 'latency'],
      start: '1',
      end: '2',
    });
    expect(answer.text).toBe(
      '{"status":"success","data":[{"__name__":"latency","job":"api"},{"__name__":"up","job":"web"}]}',
    );
    expect(memory.asked).toMatchObject([{ start: 1000, end: 2000 }]);
  });

  test('names of labels, and their limit', async () => {
    expect((await api.get('/labels')).text).toBe(
      '{"status":"success","data":["__name__","job","service.name"]}',
    );
    const limited = await api.request('/labels', {
      method: 'POST',
      body: new URLSearchParams({ 'match[]': 'up', limit: '2' }),
    });
    expect(JSON.parse(limited.text)).toEqual({
      status: 'success',
      data: ['__name__', 'job'],
      warnings: ['results truncated due to limit'],
    });
  });

  test.each(['service.name', 'U__service_2e_name'])('values of %s', async (name) => {
    const { text } = await api.get(`/label/${name}/values`);
    expect(JSON.parse(text).data).toEqual(['shop "1"']);
  });

  test('the whole of time, as clients of Prometheus write it', async () => {
    const start = '-292273086-05-16T16:47:06Z';
    const end = '292277025-08-18T07:12:54.999999999Z';
    await api.get('/series', { 'match[]': 'up', start, end });
    expect(memory.asked).toMatchObject([{ start: undefined, end: undefined }]);
  });

  test('metadata', async () => {
    memory.metadata.set('up', [{ type: 'gauge', unit: '', help: 'Whether it is "up".' }]);
    const answer = await api.get('/metadata', { metric: 'up', limit: '5', limit_per_metric: '1' });
    expect(answer.text).toBe(
      '{"status":"success","data":{"up":[{"type":"gauge","unit":"","help":"Whether it is \\"up\\"."}]}}',
    );
    expect(memory.asked).toEqual([{ metric: 'up', limit: 5, limitPerMetric: 1 }]);
    expect((await api.get('/metadata', { limit: '0' })).text).toBe('{"status":"success","data":{}}');
  });

  test('what a client asks before all else', async () => {
    const { data } = JSON.parse((await api.get('/status/buildinfo')).text);
    expect(data).toMatchObject({ version: '3.15.0', revision: 'kubesense-mcp 1.2.3' });
    expect((await api.get('/query_exemplars', { query: 'up' })).text).toBe('{"status":"success","data":[]}');
    expect((await api.get('/format_query', { query: 'sum  by(a)(x)' })).text).toBe(
      '{"status":"success","data":"sum by (a) (x)"}',
    );
  });
});

describe('errors', () => {
  test.each<[string, Record<string, string>, string]>([
    ['/query', { query: 'up{' }, 'invalid parameter "query": Line 1, column 4: '],
    [
      '/query',
      { query: 'up', time: 'noon' },
      'invalid parameter "time": cannot parse "noon" to a valid timestamp',
    ],
    ['/query', { query: 'up', time: '2026-02-30T00:00:00Z' }, 'invalid parameter "time": cannot parse'],
    ['/query', { query: 'up', limit: '-1' }, 'invalid parameter "limit": limit must be non-negative'],
    ['/query', { query: 'up', limit: '1.5' }, 'invalid parameter "limit": '],
    ['/query_range', { query: 'up' }, 'invalid parameter "start": cannot parse "" to a valid timestamp'],
    [
      '/query_range',
      { query: 'up', start: '2', end: '1' },
      'invalid parameter "end": end timestamp must not be',
    ],
    ['/query_range', { query: 'up', start: '1', end: '2' }, 'invalid parameter "step": cannot parse ""'],
    [
      '/query_range',
      { query: 'up', start: '1', end: '2', step: '0' },
      'invalid parameter "step": zero or negative',
    ],
    [
      '/query',
      { query: 'rate(up[step()])' },
      'invalid parameter "query": Line 1, column 9: this duration comes out',
    ],
    ['/query', { query: 'up offset (1m ^ 99)' }, 'invalid parameter "query": Line 1, column 11: '],
    [
      '/query',
      { query: 'up[1h:(1m / step())]' },
      'invalid parameter "query": Line 1, column 8: this duration is divided by 0',
    ],
    ...['up[5m]', '"text"'].map((query): [string, Record<string, string>, string] => [
      '/query_range',
      { query, start: '1', end: '2', step: '1' },
      'for range query, must be Scalar or instant Vector',
    ]),
    ['/series', {}, 'no match[] parameter provided'],
    ['/series', { 'match[]': '{job=~".*"}' }, 'invalid parameter "match[]": Line 1, column 1: '],
    ['/label/%ff/values', {}, 'The name of the label in the path'],
  ])('%s with %o', async (path, parameters, message) => {
    const { status, text } = await api.get(path, parameters);
    expect(JSON.parse(text)).toEqual({
      status: 'error',
      errorType: 'bad_data',
      error: expect.stringContaining(message),
    });
    expect(status).toBe(400);
  });

  test('a query that can not be evaluated is a 422', async () => {
    const { status, text } = await api.get('/query', { query: 'up + on () up', time: '60' });
    expect(status).toBe(422);
    expect(JSON.parse(text)).toMatchObject({ status: 'error', errorType: 'execution' });
  });

  test('no time at all is a 503', async () => {
    const { status, text } = await api.get('/query', { query: 'up', timeout: '-1' });
    expect([status, JSON.parse(text).errorType]).toEqual([503, 'timeout']);
  });

  test.each<[StoreError['kind'], number, string]>([
    ['timeout', 503, 'timeout'],
    ['busy', 503, 'unavailable'],
    ['unavailable', 503, 'unavailable'],
    ['memory', 422, 'execution'],
    ['internal', 500, 'internal'],
  ])('of the store: %s', async (kind, status, errorType) => {
    const failed = await startFixtureApi({
      ...memory.queries,
      promql: () => Promise.reject(new StoreError(kind, 'SELECT secret FROM tables')),
    });
    try {
      const answer = await failed.get('/query', { query: 'up' });
      expect(answer.status).toBe(status);
      expect(JSON.parse(answer.text)).toMatchObject({ status: 'error', errorType });
      expect(answer.text).not.toContain('secret');
    } finally {
      await failed.stop();
    }
  });

  test('paths and methods that are not served', async () => {
    const unknown = await api.get('/admin/tsdb/snapshot');
    expect([unknown.status, JSON.parse(unknown.text).errorType]).toEqual([404, 'not_found']);
    const wrong = await api.request('/metadata', { method: 'POST', body: new URLSearchParams() });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, OPTIONS']);
    const options = await api.request('/query', { method: 'OPTIONS' });
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'GET, POST, OPTIONS']);
  });

  test('bodies that are no form, or too large', async () => {
    const json = await api.request('/query', {
      method: 'POST',
      body: '{}',
      headers: { 'content-type': 'application/json' },
    });
    expect(json.status).toBe(415);
    const large = await api.request('/query', {
      method: 'POST',
      body: new URLSearchParams({ query: 'x'.repeat(1 << 20) }),
    });
    expect(large.status).toBe(413);
  });
});

describe('access', () => {
  test('without a key, with a wrong one, without the role', async () => {
    api.keys.add('sender', { roles: ['ingest'] });
    const asked = async (headers: Record<string, string>) => {
      const { status, headers: answered, text } = await api.request('/query?query=up', { headers });
      return [status, answered.get('www-authenticate'), JSON.parse(text).errorType];
    };
    expect(await asked({ authorization: '' })).toEqual([
      401,
      expect.stringMatching(/^Bearer /),
      'unauthorized',
    ]);
    expect(await asked({ authorization: 'Bearer nobody' })).toEqual([
      401,
      expect.stringContaining('invalid_token'),
      'unauthorized',
    ]);
    expect(await asked({ authorization: 'Bearer sender' })).toEqual([
      403,
      expect.stringContaining('insufficient_scope'),
      'forbidden',
    ]);
    expect(memory.asked).toEqual([]);
  });

  test('a web page of another origin is refused', async () => {
    const answer = await api.request('/query?query=up', { headers: { origin: 'https://evil.example' } });
    expect([answer.status, JSON.parse(answer.text).errorType]).toEqual([403, 'forbidden']);
  });
});
