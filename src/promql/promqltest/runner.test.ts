import { describe, expect, test } from 'vitest';
import { runScript } from './runner.ts';

const load = `
load 1m
  a{x="1"} 1+1x10
  a{x="2"} 10 20 30 40 50 60 70 80 90 100 110
  h {{schema:0 sum:4 count:4 buckets:[1 2 1]}}x10
`;

async function failures(evaluation: string): Promise<readonly (string | undefined)[]> {
  const outcomes = await runScript(`${load}\n${evaluation}`);
  return outcomes.map(({ failure }) => failure);
}

describe('what is right passes', () => {
  test.each([
    'eval instant at 5m a\n  a{x="1"} 6\n  a{x="2"} 60',
    'eval instant at 5m sum(a)\n  {} 66.00001',
    'eval instant at 5m sort_desc(a)\n  expect ordered\n  a{x="2"} 60\n  a{x="1"} 6',
    'eval instant at 5m h\n  h {{schema:0 sum:4 count:4 buckets:[1 2 1]}}',
    'eval instant at 5m h\n  h {{schema:0 sum:4 count:4 offset:-1 buckets:[0 1 2 1 0]}}',
    'eval instant at 5m 1 + 1\n  2',
    'eval instant at 5m "s"\n  expect string "s"',
    'eval instant at 2m a{x="1"}[2m]\n  expect range vector from 1m to 2m step 1m\n  a{x="1"} 2 3',
    'eval range from 0 to 3m step 1m a{x="1"} > 2\n  a{x="1"} _ _ 3 4',
    'eval instant at 5m none',
    'eval instant at 5m rate(a\n  expect fail regex: Line 1, column 7',
    'eval instant at 5m a * on () a\n  expect fail',
    'eval instant at 5m histogram_quantile(2, h)\n  expect warn regex: quantile value should be between 0 and 1\n  {} Inf',
  ])('%s', async (evaluation) => {
    expect(await failures(evaluation)).toEqual([undefined]);
  });
});

describe('what is wrong fails, and the failure says how', () => {
  test.each([
    ['eval instant at 5m a\n  a{x="1"} 6\n  a{x="2"} 61', 'expected 61, got 60'],
    ['eval instant at 5m a\n  a{x="1"} 6', 'unexpected series'],
    ['eval instant at 5m a{x="1"}\n  a{x="1"} 6\n  b 1', 'missing series'],
    ['eval instant at 5m sort(a)\n  expect ordered\n  a{x="2"} 60\n  a{x="1"} 6', 'at position 1'],
    ['eval instant at 5m sum(a)\n  {} 66.001', 'expected 66.001, got 66'],
    ['eval instant at 5m h\n  h 4', 'expected 4, got'],
    ['eval instant at 5m h\n  h {{schema:0 sum:4 count:4 offset:1 buckets:[1 2 1]}}', 'expected {count:4'],
    [
      'eval instant at 5m h\n  h {{schema:0 sum:4 count:4 buckets:[1 2 1] counter_reset_hint:gauge}}',
      'gauge',
    ],
    ['eval instant at 5m a{x="1"}\n  a{x="1"} {{count:6}}', 'got 6'],
    ['eval instant at 5m 1 + 1\n  3', 'expected 3, got 2'],
    ['eval instant at 5m 1 + 1\n  {} 2', 'got scalar 2'],
    ['eval instant at 5m "s"\n  expect string "t"', 'expected t, got s'],
    ['eval range from 0 to 3m step 1m a{x="1"}\n  a{x="1"} 1 2 _ 4', 'no point at'],
    ['eval range from 0 to 3m step 1m a{x="1"}\n  a{x="1"} 1 2 3', 'unexpected point at 180000'],
    ['eval range from 0 to 3m step 1m a{x="1"}\n  a{x="1"} 1 2 3 4 5', 'more than the query has steps'],
    ['eval instant at 5m rate(a\n  a 1', 'Line 1, column 7'],
    ['eval instant at 5m a\n  expect fail', 'expected an error'],
    ['eval instant at 5m rate(a\n  expect fail msg: no', 'expected the error no'],
    ['eval instant at 5m 1\n  expect warn\n  1', 'expected warning'],
    ['eval instant at 5m histogram_quantile(2, h)\n  expect no_warn\n  {} Inf', 'unexpected warning'],
    ['eval instant at 5m histogram_quantile(2, h)\n  expect warn msg: no\n  {} Inf', 'expected warning no'],
  ])('%s', async (evaluation, message) => {
    const [failure, ...others] = await failures(evaluation);
    expect(failure).toContain(message);
    expect(others).toEqual([]);
  });

  test('an outcome has its line, also that of a load', async () => {
    const script = 'load_with_nhcb 1m\n  a_bucket{le="1"} 2\n  a_count 1\n\neval instant at 0 1\n  2';
    expect(await runScript(script)).toMatchObject([
      { line: 1, query: 'load', failure: expect.stringContaining('a classic histogram') },
      { line: 5, query: '1', failure: 'expected 2, got 1' },
    ]);
  });
});

test('classic histograms become native ones', async () => {
  const script = `
load_with_nhcb 1m
  d_bucket{le="0.5", x="1"} 1 2
  d_bucket{le="+Inf", x="1"} 3 5
  d_sum{x="1"} 4 9
  d_count{x="1"} 3 5

eval instant at 1m d
  d{x="1"} {{schema:-53 sum:9 count:5 custom_values:[0.5] buckets:[2 3]}}
`;
  expect(await runScript(script)).toMatchObject([{ failure: undefined }]);
});
