import { fieldsOf } from '../telemetry/fields.ts';

/** What other tools call a parameter, folded, to the parameters it may be here; the first that the tool has. */
const otherNames: Readonly<Record<string, readonly string[]>> = {
  query: ['filters', 'promql', 'queries', 'keyword'],
  querystring: ['filters', 'promql'],
  where: ['filters', 'promql'],
  condition: ['filters'],
  expression: ['promql', 'filters'],
  expr: ['promql', 'expression'],
  metric: ['promql', 'metric_name', 'keyword'],
  metricname: ['promql', 'keyword'],
  start: ['from_time'],
  starttime: ['from_time'],
  startdate: ['from_time'],
  begin: ['from_time'],
  from: ['from_time'],
  since: ['from_time'],
  after: ['from_time'],
  timerange: ['from_time'],
  timewindow: ['from_time'],
  window: ['from_time'],
  range: ['from_time'],
  lookback: ['from_time'],
  last: ['from_time'],
  end: ['to_time'],
  endtime: ['to_time'],
  enddate: ['to_time'],
  to: ['to_time'],
  until: ['to_time'],
  before: ['to_time'],
  time: ['to_time'],
  windowstart: ['from_time'],
  windowend: ['to_time'],
  baseline: ['baseline_from'],
  baselinestart: ['baseline_from'],
  baselineend: ['baseline_to'],
  comparewith: ['baseline_from'],
  compareto: ['baseline_from'],
  sort: ['order'],
  sortby: ['order'],
  sortorder: ['order'],
  orderby: ['order'],
  direction: ['order'],
  columns: ['fields'],
  select: ['fields'],
  attributes: ['fields'],
  size: ['limit'],
  count: ['limit'],
  top: ['limit'],
  max: ['limit'],
  rows: ['limit'],
  pagesize: ['limit'],
  maxresults: ['limit'],
  page: ['cursor'],
  offset: ['cursor'],
  after_cursor: ['cursor'],
  by: ['groupBy'],
  group: ['groupBy'],
  facet: ['groupBy'],
  dimensions: ['groupBy'],
  breakdown: ['groupBy'],
  agg: ['aggregation'],
  aggregate: ['aggregation'],
  function: ['aggregation'],
  interval: ['step'],
  resolution: ['step'],
  granularity: ['step'],
  bucket: ['step'],
  type: ['queryType'],
  mode: ['queryType'],
  signal: ['datasource'],
  source: ['datasource'],
  kind: ['datasource'],
  table: ['datasource'],
  name: ['search', 'metric_name'],
  pattern: ['search', 'keyword'],
};

/** What to do about a parameter that a tool has not, where its name tells. */
export function otherParameter(
  sent: string,
  value: unknown,
  parameters: readonly string[],
): { readonly parameter?: string; readonly advice?: string } {
  const folded = sent.toLowerCase().replaceAll(/[\s_-]/g, '');
  const parameter = otherNames[folded]?.find((name) => parameters.includes(name));
  if (parameter !== undefined) return { parameter };
  const label = typeof value === 'string' && /^[\w.\-/ ]{1,60}$/.test(value) ? value : '…';
  if (parameters.includes('filters') && isField(sent)) {
    return { advice: `To filter by it write "filters": ${sent} = "${label}".` };
  }
  if (parameters.includes('promql')) {
    if (/^(?:groupby|by)$/.test(folded)) {
      const labels = [value].flat().filter((one) => typeof one === 'string' && /^\w{1,60}$/.test(one));
      return { advice: `Groups are part of the PromQL: sum by (${labels.join(', ') || 'namespace'}) (…).` };
    }
    if (/^filters?$/.test(folded))
      return { advice: 'Filters are part of the PromQL: up{namespace="payments"}.' };
    if (folded === 'aggregation')
      return { advice: 'Aggregation is part of the PromQL: avg(…), sum by (pod) (…).' };
  }
  if (!parameters.includes('groupBy') && /^(?:groupby|aggregation|querytype|step)$/.test(folded)) {
    return { advice: 'analyze-logs and analyze-traces group and aggregate.' };
  }
  return {};
}

const isField = (name: string): boolean =>
  [...fieldsOf('logs'), ...fieldsOf('traces')].some(
    (field) => field.name === name || field.aliases.includes(name),
  );
