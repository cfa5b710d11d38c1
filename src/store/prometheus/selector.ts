import type { Matcher } from '../../promql/ast.ts';
import { METRIC_NAME } from '../../promql/labels.ts';
import { printMatcher } from '../../promql/printer.ts';
import type { TimeRange } from '../../promql/series-source.ts';
import type { Limits } from '../../telemetry/scope.ts';
import { scopeMatchers } from '../metrics/scope-matchers.ts';
import { secondsText } from './number-answer.ts';

type Param = readonly [name: string, value: string];

/** The `match[]` parameters that mean these selectors, each of them within the limits of a key. */
export function matchParams(selectors: readonly (readonly Matcher[])[], scope: Limits): Param[] {
  const limits = scopeMatchers(scope);
  const limited = (selectors.length === 0 ? [[]] : selectors).map((matchers) => [...matchers, ...limits]);
  return limited.map((matchers) => ['match[]', selectorText(matchers)]);
}

/** The selector of a metric's series within the limits of a key. */
export function metricParams(name: string, scope: Limits): Param[] {
  return matchParams([[{ label: METRIC_NAME, op: '=', value: name }]], scope);
}

/** Matchers as a selector. */
export function selectorText(matchers: readonly Matcher[]): string {
  // A selector must have a matcher that the empty text does not meet.
  const all = matchers.length === 0 ? [{ label: METRIC_NAME, op: '!=', value: '' } as const] : matchers;
  return `{${all.map(printMatcher).join(', ')}}`;
}

/**
 * The parameters of a time range. Without one the whole time is meant: that is Prometheus' standard, while
 * VictoriaMetrics would take the current day alone, also for a start of 0.
 */
export function rangeParams(range: TimeRange | undefined): Param[] {
  if (range === undefined) return [['start', '86400']];
  return [
    ['start', secondsText(range.from)],
    ['end', secondsText(range.to)],
  ];
}
