import type { Expr } from '../promql/ast.ts';
import { parseQuery } from '../promql/parser.ts';
import { InputError } from '../telemetry/input-error.ts';

/** A longer query is no question that anyone asks, and costs as much as many. As for filters. */
const longestQuery = 64 * 1024;

/**
 * Reads a PromQL query.
 *
 * @throws InputError with the place of what is wrong, and what would work
 */
export function parsePromql(text: string): Expr {
  if (Buffer.byteLength(text) > longestQuery) {
    throw new InputError(`The PromQL query is longer than ${longestQuery / 1024} KB. Ask in parts.`);
  }
  try {
    return parseQuery(text);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const hint = hintFor(text, error);
    throw hint === undefined ? error : new InputError(`${error.message}. ${hint}`, error.place);
  }
}

/** What people and models take PromQL for, and what to write instead. */
function hintFor(text: string, { place }: InputError): string | undefined {
  const at = text.slice(place?.start ?? 0);
  const before = text.slice(0, place?.start ?? 0);
  if (/^\|\s*(=|~|json|logfmt|pattern|regexp|unpack|line_format|label_format)/.test(at)) {
    return 'This looks like LogQL: logs are read with search-logs and counted with analyze-logs';
  }
  if (/^\s*(select|show|with)\s/i.test(text)) {
    return 'This looks like SQL: metrics are asked in PromQL, such as sum by (namespace) (rate(http_requests_total[5m]))';
  }
  if (/^[.\-/]\w/.test(at)) {
    const [name = ''] = /[\w:][\w:.\-/]*$/.exec(before) ?? [];
    const rest = /^[\w:.\-/]+/.exec(at)?.[0] ?? '';
    return `A name with other characters than letters, digits, _ and : stands between braces and quotes: {"${name}${rest}"}. Names of OpenTelemetry are usually stored with _ for dots: find them with get-available-metrics`;
  }
  const percentile = /^p(\d{2,3})\s*\(/i.exec(at);
  if (percentile !== null) {
    const quantile = Number(`0.${percentile[1]}`);
    return `Write quantile(${quantile}, …) over series, quantile_over_time(${quantile}, …[5m]) over time, histogram_quantile(${quantile}, …) of a histogram`;
  }
  const rewritten = rewriteOf(text, at, before);
  if (rewritten !== undefined) return rewritten;
  if (/^[;]/.test(at)) return 'A query has no semicolon at its end';
  if (/^where\b/i.test(at)) return 'Series are chosen by labels between braces: up{job="api"}';
  return undefined;
}

/** Names of functions in other languages, and what PromQL has for them. */
const otherFunctions: Readonly<Record<string, string>> = {
  average: 'avg',
  mean: 'avg',
  total: 'sum',
  maximum: 'max',
  minimum: 'min',
  median: 'quantile(0.5, …)',
  percentile: 'quantile(0.99, …) over series, or histogram_quantile(0.99, …) of a histogram',
  count_distinct: 'count(count by (label) (…))',
  distinct: 'count(count by (label) (…))',
  moving_average: 'avg_over_time(…[5m])',
};

/** The place in the query as it would be right. */
function rewriteOf(text: string, at: string, before: string): string | undefined {
  if (text.trim() === '') return 'Write for example sum by (namespace) (rate(http_requests_total[5m]))';
  const [called = ''] = /^[a-z_]\w*(?=\s*\()/i.exec(at) ?? [];
  const other = otherFunctions[called.toLowerCase()];
  if (other !== undefined) return `PromQL has ${other}`;
  const [, span, unit] = /\[(\d+)\s+([a-z]+)\]/i.exec(text) ?? [];
  if (span !== undefined) return `A duration has no space: [${span}${unit?.slice(0, 1)}]`;
  if (/\[\$\w|\[\$\{/.test(text))
    return 'Variables of dashboards are not known here: write a range such as [5m]';
  const [offset] = /\boffset\s+[\w-]+(?=\s+ago\b)/i.exec(text) ?? [];
  if (offset !== undefined) return `An offset looks back by itself: ${offset}`;
  const [, keyword, label] = /\b(by|without|on|ignoring)\s+([a-z_]\w*)/i.exec(text) ?? [];
  if (label !== undefined) return `Labels stand in parentheses: ${keyword} (${label})`;
  const [grouped] = /\bgroup\s+by\b/i.exec(text) ?? [];
  if (grouped !== undefined) return 'Groups are written sum by (namespace) (…), or sum(…) by (namespace)';
  if (isWithinBraces(before)) return braceHint(before + at);
  if (/^\[/.test(at) || /\)\s*\[[^:\]]*\]/.test(text)) {
    return 'A range belongs to a selector, so rate comes before sum: sum(rate(http_requests_total[5m]))';
  }
  if (/^\s*["']/.test(at) || /[=!]=\s*["']/.test(text)) {
    return 'Labels are compared between braces: http_requests_total{namespace="payments"}';
  }
  const [, ranking, , number] =
    /\b(topk|bottomk|quantile|limitk|histogram_quantile)\s*\((.+),\s*([\d.]+)\s*\)/s.exec(text) ?? [];
  if (ranking !== undefined) return `The number comes first: ${ranking}(${number}, …)`;
  if (/^&&/.test(at)) return 'Write and between sets of series';
  if (/^\|\|/.test(at)) return 'Write or between sets of series';
  if (/^!/.test(at)) return 'There is no negation: a unless b gives the series of a that b has not';
  return undefined;
}

const isWithinBraces = (before: string): boolean => before.lastIndexOf('{') > before.lastIndexOf('}');

/** What is wrong within braces: a matcher without quotes, with another operator, or no comma between two. */
function braceHint(text: string): string | undefined {
  const others = text.replaceAll(/\w+\s*(?:=~|!~|!=|=)\s*(?:"[^"]*"|'[^']*')/g, '');
  if (/\s(?:and|or|&&)\b/i.test(others)) {
    return 'Between labels stands a comma: {namespace="payments",pod=~"api-.*"}';
  }
  const [, listed = '', list = ''] = /(\w+)\s+in\s*\(([^()]*)\)?/i.exec(text) ?? [];
  if (listed !== '') {
    const values = list.match(/[\w.\-/]+/g) ?? [];
    return `For several values write a regular expression: ${listed}=~"${values.join('|')}"`;
  }
  const [, label = '', value = ''] = /([a-z_]\w*)\s*(?:==|=|:)\s*"?([\w.\-/]+)"?/i.exec(others) ?? [];
  return label === '' ? undefined : `A label is compared with a value between quotes: ${label}="${value}"`;
}
