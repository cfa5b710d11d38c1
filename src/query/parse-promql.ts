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
  if (/^[;]/.test(at)) return 'A query has no semicolon at its end';
  if (/^where\b/i.test(at)) return 'Series are chosen by labels between braces: up{job="api"}';
  return undefined;
}
