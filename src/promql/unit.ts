import type { Expr } from './ast.ts';

/** Base units of Prometheus whose values read better scaled, and what `rate` makes of them. */
export type MetricUnit = 'seconds' | 'bytes' | 'bytes per second' | 'ratio' | 'percent';

/**
 * The unit of a query's values, from the metrics' names, which end with the base unit
 * (https://prometheus.io/docs/practices/naming/), and from what is computed of them. Undefined where that
 * does not say it, and for points in time (`process_start_time_seconds`).
 */
export function unitOf(expr: Expr): MetricUnit | undefined {
  switch (expr.kind) {
    case 'number':
    case 'string':
      return undefined;
    case 'vectorSelector':
      return unitOfName(expr.name ?? '');
    case 'matrixSelector':
      return unitOf(expr.selector);
    case 'subquery':
    case 'paren':
    case 'unary':
      return unitOf(expr.expr);
    case 'aggregate':
      return keepingAggregates.has(expr.op) ? unitOf(expr.expr) : undefined;
    case 'call':
      return unitOfCall(expr.name, expr.args);
    case 'binary':
      return unitOfBinary(expr);
  }
}

const keepingAggregates: ReadonlySet<string> = new Set([
  'sum',
  'avg',
  'min',
  'max',
  'topk',
  'bottomk',
  'quantile',
  'stddev',
  'limitk',
  'limit_ratio',
]);

/** By what each name ends with; the parts of a histogram but its sum are counts. */
function unitOfName(name: string): MetricUnit | undefined {
  if (/_(bucket|count)$/.test(name)) return undefined;
  const base = name.replace(/_(sum|total)$/, '');
  if (/(^|_)(time|timestamp|created|boot|date)_seconds$/.test(base)) return undefined;
  const [, unit] = /_(seconds|bytes|ratio|percent)$/.exec(base) ?? [];
  return unit === 'seconds' || unit === 'bytes' || unit === 'ratio' || unit === 'percent' ? unit : undefined;
}

/** Values stay what they are, but for their size. */
const keepingCall =
  /^(increase|delta|idelta|abs|ceil|floor|round|clamp|clamp_min|clamp_max|sort|sort_desc|sort_by_label|sort_by_label_desc|label_replace|label_join|scalar|vector|last_over_time|first_over_time|avg_over_time|min_over_time|max_over_time|sum_over_time|stddev_over_time|mad_over_time)$/;

function unitOfCall(name: string, args: readonly Expr[]): MetricUnit | undefined {
  const [first, second] = args;
  if (first === undefined) return undefined;
  if (/^(rate|irate|deriv)$/.test(name)) return unitOf(first) === 'bytes' ? 'bytes per second' : undefined;
  if (name === 'quantile_over_time') return second && unitOf(second);
  if (name === 'histogram_quantile') return second && unitOfBuckets(second);
  return keepingCall.test(name) ? unitOf(first) : undefined;
}

/** The unit of the bounds of a classic histogram, whatever rates and sums of its buckets are taken. */
function unitOfBuckets(expr: Expr): MetricUnit | undefined {
  switch (expr.kind) {
    case 'vectorSelector':
      return unitOfName((expr.name ?? '').replace(/_bucket$/, ''));
    case 'matrixSelector':
      return unitOfBuckets(expr.selector);
    case 'paren':
    case 'subquery':
    case 'aggregate':
      return unitOfBuckets(expr.expr);
    case 'call':
      return expr.args[0] && unitOfBuckets(expr.args[0]);
    default:
      return undefined;
  }
}

function unitOfBinary(expr: Expr & { kind: 'binary' }): MetricUnit | undefined {
  const left = unitOf(expr.left);
  switch (expr.op) {
    case '+':
    case '-':
    case 'or':
      return left === unitOf(expr.right) ? left : undefined;
    case 'and':
    case 'unless':
      return left;
    case '==':
    case '!=':
    case '>':
    case '<':
    case '>=':
    case '<=':
      // A comparison with a number on the left filters the series on the right.
      return expr.returnBool ? undefined : expr.left.type === 'vector' ? left : unitOf(expr.right);
    default:
      return undefined;
  }
}
