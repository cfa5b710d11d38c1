/**
 * The questions, with `m` for the counters of a size, `b` for its buckets and `i` for its info series. Each is
 * asked over all the time there is, with a step of 1 min, or once at the end.
 */
export const queries = [
  { name: 'rate', text: 'rate(m[5m])', most: 2000 },
  { name: 'sum of rates', text: 'sum(rate(m[5m]))' },
  { name: 'sum by', text: 'sum by (namespace) (rate(m[5m]))' },
  { name: 'increase', text: 'sum by (pod) (increase(m[10m])) > 1e9' },
  { name: 'avg_over_time', text: 'avg by (namespace) (avg_over_time(m[5m]))' },
  { name: 'quantile_over_time', text: 'max by (namespace) (quantile_over_time(0.9, m[5m]))' },
  { name: 'histogram_quantile', text: 'histogram_quantile(0.99, sum by (le, namespace) (rate(b[5m])))' },
  { name: 'topk', text: 'topk(5, rate(m[5m]))', ranked: true },
  {
    name: 'group_left',
    text: 'sum by (node) (rate(m[5m]) * on (namespace, pod) group_left (node) i)',
  },
  { name: 'subquery', text: 'max_over_time(sum by (namespace) (rate(m[5m]))[30m:1m])' },
  { name: 'absent', text: 'absent(m{pod="none"})' },
  {
    name: 'label_replace',
    text: 'count by (digit) (label_replace(m, "digit", "$1", "pod", ".*-([0-9a-z])[0-9a-z]*"))',
  },
  { name: 'instant sum', text: 'sum by (namespace) (rate(m[5m]))', instant: true },
  { name: 'instant series', text: 'm{code="500"}', instant: true },
];

/** The parameters of a question about one size of data. */
export function requestOf({ text, instant = false }, { name }, start, end) {
  const metrics = { m: `${name}_requests_total`, b: `${name}_latency_seconds_bucket`, i: `${name}_pod_info` };
  const query = text.replace(/\b[mbi]\b(?=[[{,)]|$)/g, (letter) => metrics[letter]);
  return instant
    ? { path: '/api/v1/query', parameters: { query, time: String(end / 1000) } }
    : {
        path: '/api/v1/query_range',
        parameters: { query, start: String(start / 1000), end: String(end / 1000), step: '60' },
      };
}
