import fc from 'fast-check';

const one = fc.constantFrom;
const labels = [
  'namespace',
  'cluster',
  'pod',
  'job',
  'instance',
  'code',
  'le',
  'version',
  'node',
  'none',
] as const;
const label = one(...labels);
const counters = ['http_requests_total', 'latency_seconds_bucket'] as const;
const gauges = ['memory_bytes', 'up', 'node_load1', 'cart_only', 'target_info', 'nothing'] as const;
const duration = one('1m', '5m', '20m', '90s');

const matcher = fc.oneof(
  one(
    'namespace="shop"',
    'namespace="shop.eu"',
    'namespace!="shop"',
    'namespace=~"shop.*"',
    'namespace!~"cart|shop"',
    'namespace=""',
    'namespace=~".*"',
    'cluster="west"',
    'cluster!=""',
    '__name__!="up"',
  ),
  one('pod=~".+-a"', 'code="500"', 'le!="+Inf"', 'job=~"a.*"', 'none=""', 'node!="n1"', 'instance=~"0.|1."'),
);
const braces = fc
  .array(matcher, { maxLength: 3 })
  .map((list) => (list.length === 0 ? '' : `{${list.join(', ')}}`));
const times = one(
  '',
  '',
  '',
  ' offset 5m',
  ' offset -2m',
  ' @ 1768045800',
  ' @ end()',
  ' @ start() offset 1m',
);

function selector(names: readonly string[]): fc.Arbitrary<readonly [series: string, times: string]> {
  return fc.tuple(
    fc.tuple(one(...names), braces).map((parts) => parts.join('')),
    times,
  );
}

const instant = selector([...counters, ...gauges, '{__name__=~"up|memory_bytes"}'])
  .filter(([series]) => !/\}\{/.test(series))
  .map((parts) => parts.join(''));
const grouping = fc
  .tuple(one('by', 'without'), fc.uniqueArray(label, { maxLength: 3 }))
  .map(([word, list]) => `${word} (${list.join(', ')})`);
const number = one('0', '1', '2.5', '-3', '1e9');

const range = fc.oneof(
  selector([...counters, ...gauges]).chain(([series, at]) =>
    duration.map((length) => `${series}[${length}]${at}`),
  ),
);

/**
 * Expressions over the series of samples.ts, of every kind that all stores have but those that choose between
 * series of the same value (topk, bottomk, limitk): stores do so by the order in which they have them, and so does
 * VictoriaMetrics where series of count_values meet.
 */
export const randomExpression: fc.Arbitrary<string> = fc.letrec<{ vector: string; scalar: string }>((tie) => {
  const vector = tie('vector');
  const scalar = tie('scalar');
  // `ignoring ()` says nothing in PromQL and is not printed; VictoriaMetrics takes a side without labels for a
  // number where nothing is said.
  const on = fc
    .tuple(one('on', 'ignoring'), fc.uniqueArray(label, { minLength: 1, maxLength: 3 }))
    .map(([word, list]) => `${word} (${list.join(', ')})`);
  const infix = (op: fc.Arbitrary<string>, matching: fc.Arbitrary<string>): fc.Arbitrary<string> =>
    fc
      .tuple(vector, op, matching, vector)
      .map((parts) => parts.join(' '))
      .map((text) => `(${text})`);
  return {
    scalar: fc.oneof(
      { maxDepth: 2 },
      number,
      fc.constant('time()'),
      vector.map((inner) => `scalar(${inner})`),
    ),
    vector: fc.oneof(
      { maxDepth: 4, depthSize: 'small' },
      { weight: 2, arbitrary: instant },
      fc
        .tuple(
          one(
            'rate',
            'increase',
            'max_over_time',
            'avg_over_time',
            'count_over_time',
            'last_over_time',
            'changes',
            'present_over_time',
            'stddev_over_time',
            'deriv',
            'resets',
            'absent_over_time',
          ),
          range,
        )
        .map(([name, inner]) => `${name}(${inner})`),
      fc
        .tuple(one('sum', 'avg', 'count', 'min', 'max', 'group', 'stddev'), grouping, vector)
        .map(([op, by, inner]) => `${op} ${by} (${inner})`),
      fc.tuple(scalar, vector).map(([q, inner]) => `quantile(${q}, ${inner})`),
      fc
        .tuple(one('abs', 'ceil', 'absent', 'sort', '-', 'timestamp', 'sgn', 'exp'), vector)
        .map(([name, inner]) => `${name}(${inner})`),
      scalar.map((inner) => `vector(${inner})`),
      fc.tuple(vector, scalar).map(([inner, least]) => `clamp_min(${inner}, ${least})`),
      fc
        .tuple(vector, label, label)
        .map(([inner, to, from]) => `label_replace(${inner}, "${to}", "x-$1", "${from}", "(.+)")`),
      fc.tuple(one('0.5', '0.9', '2'), vector).map(([q, inner]) => `histogram_quantile(${q}, ${inner})`),
      fc
        .tuple(one('max_over_time', 'sum_over_time', 'count_over_time', 'absent_over_time'), vector, times)
        .map(([name, inner, at]) => `${name}((${inner})[10m:2m]${at})`),
      infix(one('+', '-', '*', '/', '%', '>', '== bool', '<='), fc.oneof(fc.constant(''), on)),
      infix(
        one('*', '-'),
        on.map((text) => `${text} group_left (version)`),
      ),
      infix(one('and', 'or', 'unless'), fc.oneof(fc.constant(''), on)),
      fc.tuple(vector, one('+', '*', '>', '< bool'), scalar).map((parts) => `(${parts.join(' ')})`),
    ),
  };
}).vector;
