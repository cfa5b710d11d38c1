import type { WrongCall } from '../wrong-call.ts';

const orders = 'shop_orders_total';
const cpu = 'container_cpu_time_seconds_total';

const query = (promql: string, says: string, right = says): WrongCall => ({
  tool: 'analyze-metrics',
  args: { promql },
  says,
  right: { promql: right },
});

const taken = (promql: string, says: string): WrongCall => ({
  tool: 'analyze-metrics',
  args: { promql },
  says,
  taken: true,
});

/** Queries that are no PromQL, or find nothing. */
export const wrongPromql: readonly WrongCall[] = [
  query(`rate(${cpu})`, `${cpu}[5m]`, `rate(${cpu}[5m])`),
  taken(`rate(${cpu}[5])`, 'such as [5m]'),
  query(`rate(${cpu}[5 m])`, `[5m]`, `rate(${cpu}[5m])`),
  query(`rate(${cpu}[$__rate_interval])`, '[5m]', `rate(${cpu}[5m])`),
  query(`rate(sum(${cpu})[5m])`, 'sum(rate(', `sum(rate(${cpu}[5m]))`),
  query(`sum by namespace (${orders})`, `by (namespace)`, `sum by (namespace) (${orders})`),
  query(`sum(${orders}) by namespace`, `by (namespace)`, `sum(${orders}) by (namespace)`),
  query(`sum(${orders}) group by namespace`, `by (`, `sum(${orders}) by (namespace)`),
  query(`${orders}{cluster=prod-eu}`, `cluster="prod-eu"`, `${orders}{cluster="prod-eu"}`),
  query(`${orders}{cluster=="prod-eu"}`, `cluster="prod-eu"`, `${orders}{cluster="prod-eu"}`),
  query(`${orders}{cluster:"prod-eu"}`, `cluster="prod-eu"`, `${orders}{cluster="prod-eu"}`),
  query(
    `${orders}{cluster="prod-eu" AND currency="EUR"}`,
    'stands a comma',
    `${orders}{cluster="prod-eu",currency="EUR"}`,
  ),
  query(`${orders}{cluster IN ("prod-eu")}`, 'cluster=~"prod-eu"', `${orders}{cluster=~"prod-eu"}`),
  query(`${orders}{cluster="prod-eu"`, '}', `${orders}{cluster="prod-eu"}`),
  query(`${orders} where cluster = "prod-eu"`, '{', `${orders}{cluster="prod-eu"}`),
  query(`${orders} == "prod-eu"`, '{', `${orders}{cluster="prod-eu"}`),
  query(`${orders} = 5`, '==', `${orders} == 5`),
  query(`${orders} && ${cpu}`, 'and', `${orders} and ${cpu}`),
  query(`${orders} || ${cpu}`, 'or', `${orders} or ${cpu}`),
  query(`!${orders}`, 'unless', `${cpu} unless ${orders}`),
  query(`toppk(5, ${orders})`, 'topk', `topk(5, ${orders})`),
  query(`topk(${orders}, 5)`, 'topk(5, ', `topk(5, ${orders})`),
  query(`percentile(${orders}, 99)`, 'quantile(0.99, ', `quantile(0.99, ${orders})`),
  query(`p99(${orders})`, 'quantile(0.99, ', `quantile(0.99, ${orders})`),
  query(`average(${orders})`, 'avg', `avg(${orders})`),
  query(`mean(${orders})`, 'avg', `avg(${orders})`),
  query(`count_distinct(${orders})`, 'count(', `count(count by (cluster) (${orders}))`),
  query(
    'histogram_quantile(sum by (le) (rate(http_server_request_duration_seconds_bucket[5m])), 0.99)',
    'histogram_quantile(0.99, ',
    'histogram_quantile(0.99, sum by (le) (rate(http_server_request_duration_seconds_bucket[5m])))',
  ),
  query(`avg_over_time(${orders})`, `${orders}[5m]`, `avg_over_time(${orders}[5m])`),
  query(`${orders} offset 5m ago`, 'offset 5m', `${orders} offset 5m`),
  query(`${orders}{cluster=~"["}`, 'missing closing ]', `${orders}{cluster=~"prod.*"}`),
  query('http.server.request.duration', '{"http.server.request.duration"}', orders),
  query('SELECT avg(value) FROM shop_orders', 'sum by (namespace) (rate(', orders),
  query('{namespace="payments"} |= "error"', 'search-logs', orders),
  query('count_over_time({namespace="payments"} |= "error" [5m])', 'analyze-logs', orders),
  query(`sum(rate(${cpu}[5m])`, ')', `sum(rate(${cpu}[5m]))`),
  query(`sum(${orders})) / 2`, ')', `sum(${orders}) / 2`),
  query(`${orders};`, 'semicolon', orders),
  query('', 'sum by (namespace) (rate(', orders),
  query('{}', 'name a metric', `{__name__="${orders}"}`),
  taken('shop_order_total', orders),
  taken('shop_orders', orders),
  taken('http_server_request_duration_secods_count', 'http_server_request_duration_seconds_count'),
  taken(`${orders}{cluster="prod"}`, 'prod-eu'),
  taken(`${orders}{namespce="checkout"}`, 'namespace'),
  taken(`${orders}{k8s_namespace_name="checkout"}`, 'namespace'),
  {
    tool: 'get-metric-labels',
    args: { metric_name: 'shop_order' },
    says: orders,
    right: { metric_name: orders },
  },
  {
    tool: 'get-metric-labels',
    args: { metric_name: 'http.server.request.duration' },
    says: 'http_server_request_duration_seconds',
    right: { metric_name: 'http_server_request_duration_seconds_count' },
  },
  { tool: 'get-metric-labels', args: {}, says: 'metric_name', right: { metric_name: orders } },
  { tool: 'get-available-metrics', args: { keyword: 'memry' }, says: 'memory', taken: true },
  {
    tool: 'get-available-metrics',
    args: { keyword: 'cpu latency' },
    says: 'no metric has "latency"',
    taken: true,
  },
];
