/** A query and what it answers. */
export const promqlExamples: readonly (readonly [query: string, answers: string])[] = [
  ['sum by (namespace) (rate(http_requests_total[5m]))', 'requests a second of each namespace'],
  [
    'sum by (service) (rate(http_requests_total{code=~"5.."}[5m])) / sum by (service) (rate(http_requests_total[5m]))',
    'share of failed requests; services without failures have no value',
  ],
  [
    'histogram_quantile(0.95, sum by (le, service) (rate(http_request_duration_seconds_bucket[5m])))',
    '95th percentile of a classic histogram: `le` has to stay',
  ],
  [
    'histogram_quantile(0.95, sum by (service) (rate(http_request_duration_seconds[5m])))',
    'the same of a native histogram',
  ],
  [
    'topk(5, max_over_time(container_memory_working_set_bytes[1h]))',
    'pods with the highest memory of an hour',
  ],
  ['count by (pod) (up == 0)', 'what is down: a comparison keeps the series that meet it'],
  ['increase(kube_pod_container_status_restarts_total[1h]) > 0', 'restarts in the last hour'],
  ['http_requests_total offset 1d', 'the same a day ago'],
  ['max_over_time(sum(rate(http_requests_total[5m]))[1h:1m])', 'a subquery: the peak of a rate'],
  ['absent_over_time(up{job="api"}[10m])', '1 where nothing reported'],
  [
    'sum by (version) (rate(http_requests_total[5m]) * on (job, instance) group_left (version) target_info)',
    'labels of target_info; info(rate(http_requests_total[5m]), {version=~".+"}) does the same',
  ],
  ['{"http.server.requests"}', 'a name that is not letters, digits, _ and : alone'],
];

export const promqlHelp = `# PromQL

\`analyze-metrics\` evaluates PromQL as Prometheus 3 does: its grammar, types, functions and warnings. What Prometheus has behind flags is on: experimental functions (\`limitk\`, \`limit_ratio\`, \`info\`, \`sort_by_label\`, \`mad_over_time\`, …), durations as expressions (\`[5m * 2]\`, \`step()\`, \`range()\`), \`anchored\` and \`smoothed\` ranges, \`fill\` modifiers, native histograms.

Get names first: \`get-available-metrics\` finds metrics, \`get-metric-labels\` labels and values.

## What is asked when

| queryType | evaluated | an answer has |
|---|---|---|
| instant | at \`to_time\` | a value for each series |
| range | at the multiples of \`step\` from \`from_time\` to \`to_time\`, both included; by itself at most 60 points, at most 1,000 | points, min, max, avg, latest and total for each series |

- A selector finds the latest sample of the last 5 minutes. A range such as \`[5m]\` is open at its start, and holds the samples of the last 5 minutes.
- A counter only grows: ask its \`rate\` or \`increase\`, over four times the scrape interval or more. \`rate\` first, then \`sum\`.
- \`=~\` and \`!~\` are RE2 and match the whole value.
- Series are ordered by value, the highest first (range: by maximum), unless \`sort\` or a sibling of it is around the whole query. \`limit\` cuts what is shown, \`topk\` what is computed.
- A range vector (\`up[5m]\`) in an instant query gives the samples themselves.
- In JSON, \`null\` is no value at a step; NaN and infinite values are the strings "NaN", "+Inf" and "-Inf".
- A series of native histograms has its count of observations as value, and \`histogram\` with count, sum, avg and quantiles of the latest one. For others use \`histogram_quantile\`, \`histogram_avg\`, \`histogram_fraction\`.
- An answer without series says which metric, label, time or operation leaves all out. Notes say which labels no series has, and when a step is longer than what each point looks at.

## Examples

| query | |
|---|---|
${promqlExamples.map(([query, answers]) => `| \`${query.replaceAll('|', '\\|')}\` | ${answers} |`).join('\n')}
`;
