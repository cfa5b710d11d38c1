import type { Expr, Matcher, Subquery } from '../ast.ts';
import { children } from '../ast.ts';
import { Labels, METRIC_NAME } from '../labels.ts';
import { compileMatcher } from '../matcher.ts';
import { byLabels } from '../series-set.ts';
import { type Context, seriesError } from './context.ts';
import { type Grid, timeOf } from './grid.ts';
import { type InfoSeries, infoSeriesAtSteps, newestAt } from './info-series.ts';
import { mergeSameLabels, SAME_LABELS } from './merge.ts';
import { type Shift, shifted, shiftOf } from './selector-times.ts';
import { ABSENT, type StepSeries, StepSeriesBuilder } from './step-series.ts';

/** The labels by which info series belong to other series. */
const IDENTIFYING: ReadonlySet<string> = new Set(['instance', 'job']);

/**
 * `info`: adds to series the labels of the info series that were current, by default `target_info`. The
 * matchers of the second argument choose info series, and by their names which labels are added.
 */
export async function addInfo(
  argument: Expr,
  series: readonly StepSeries[],
  matchers: readonly Matcher[],
  grid: Grid,
  context: Context,
): Promise<readonly StepSeries[]> {
  const shift = infoShift(argument, context) ?? { at: undefined, offset: 0 };
  const nameMatchers = infoNames(matchers.filter(({ label }) => label === METRIC_NAME));
  const dataMatchers = matchers.filter(({ label }) => label !== METRIC_NAME);
  const nameTests = nameMatchers.map((matcher) => compileMatcher(matcher));
  const isInfo = ({ labels }: StepSeries): boolean => nameTests.every((test) => test(labels.metricName));
  const identities = identityMatchers(series.filter((one) => !isInfo(one)));
  const fail = (message: string): never => {
    throw seriesError(context, message, argument.span);
  };
  const info =
    identities.length === 0
      ? []
      : await selectInfo([...identities, ...dataMatchers, ...nameMatchers], shift, grid, context, fail);
  const byIdentity = groupByIdentity(info);
  const dataLabels = new Set(dataMatchers.map(({ label }) => label));
  const needsMatch = dataMatchers.some((matcher) => !compileMatcher(matcher)(''));
  const result = series.flatMap((one) => {
    if (isInfo(one)) return [one];
    const groups = byIdentity.get(one.labels.keyOf(IDENTIFYING)) ?? [];
    return enrich(one, groups, dataLabels, needsMatch, fail);
  });
  return mergeSameLabels(result, () => fail(SAME_LABELS));
}

/** Where the first selector of an expression looks, subqueries around it included: info is looked up there. */
function infoShift(expr: Expr, context: Context, around: readonly Subquery[] = []): Shift | undefined {
  if (expr.kind === 'vectorSelector') {
    let { at, offset } = shiftOf(expr, context);
    // Offsets add up until a time is fixed.
    for (const subquery of around) {
      if (at !== undefined) break;
      const outer = shiftOf(subquery, context);
      offset += outer.offset;
      at = outer.at;
    }
    return { at, offset };
  }
  const inner = expr.kind === 'subquery' ? [expr, ...around] : around;
  for (const child of children(expr)) {
    const shift = infoShift(child, context, inner);
    if (shift !== undefined) return shift;
  }
  return undefined;
}

/** The matchers of info metrics' names: those given; with negative ones only, any name that ends in _info. */
function infoNames(given: readonly Matcher[]): readonly Matcher[] {
  if (given.some(({ op }) => op === '=' || op === '=~')) return given;
  if (given.length > 0) return [{ label: METRIC_NAME, op: '=~', value: '.+_info' }, ...given];
  return [{ label: METRIC_NAME, op: '=', value: 'target_info' }];
}

/** Matchers of the identifying labels' values that the series have. */
function identityMatchers(series: readonly StepSeries[]): Matcher[] {
  return [...IDENTIFYING].flatMap((label) => {
    const values = new Set(series.map(({ labels }) => labels.get(label)).filter((value) => value !== ''));
    if (values.size === 0) return [];
    const pattern = [...values].map((value) => value.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')).join('|');
    return [{ label, op: '=~', value: pattern } as const];
  });
}

async function selectInfo(
  matchers: readonly Matcher[],
  shift: Shift,
  grid: Grid,
  context: Context,
  fail: (message: string) => never,
): Promise<InfoSeries[]> {
  const { selections, lookback } = context;
  const lastStep = timeOf(grid, grid.count - 1);
  const time = { from: shifted(shift, grid.start) - lookback + 1, to: shifted(shift, lastStep) };
  const series = await selections.select(matchers, time, { func: 'info' });
  const info = Array.from(series, (raw) => infoSeriesAtSteps(raw, grid, shift, lookback, fail));
  return byLabels(info, series);
}

/** Info series by the identifying labels, and within those by metric. */
function groupByIdentity(
  info: readonly InfoSeries[],
): ReadonlyMap<string, readonly (readonly InfoSeries[])[]> {
  const groups = new Map<string, Map<string, InfoSeries[]>>();
  for (const one of info) {
    const identity = one.labels.keyOf(IDENTIFYING);
    const metrics = groups.get(identity) ?? new Map<string, InfoSeries[]>();
    groups.set(identity, metrics);
    const { metricName } = one.labels;
    metrics.set(metricName, [...(metrics.get(metricName) ?? []), one]);
  }
  return new Map([...groups].map(([identity, metrics]) => [identity, [...metrics.values()]]));
}

/** A series with the labels of info series; several series, where those change over the steps. */
function enrich(
  series: StepSeries,
  groups: readonly (readonly InfoSeries[])[],
  dataLabels: ReadonlySet<string>,
  needsMatch: boolean,
  fail: (message: string) => never,
): StepSeries[] {
  const builders = new Map<string, { readonly labels: Labels; readonly builder: StepSeriesBuilder }>();
  const count = series.kinds.length;
  for (let step = 0; step < count; step++) {
    if (series.kinds[step] === ABSENT) continue;
    const current = groups.flatMap((group) => newestAt(group, step, fail) ?? []);
    if (current.length === 0 && needsMatch) continue;
    const key = current.map(({ labels }) => labels.key).join('\n');
    let target = builders.get(key);
    if (target === undefined) {
      const labels = enrichedLabels(series.labels, current, dataLabels, fail);
      target = { labels, builder: new StepSeriesBuilder(count) };
      builders.set(key, target);
    }
    target.builder.copy(step, series);
  }
  return [...builders.values()].map(({ labels, builder }) => builder.build(labels, series.dropName));
}

/** Labels that the series already has stay as they are. */
function enrichedLabels(
  base: Labels,
  info: readonly InfoSeries[],
  dataLabels: ReadonlySet<string>,
  fail: (message: string) => never,
): Labels {
  const added = new Map<string, string>();
  for (const { labels } of info) {
    for (const [name, value] of labels) {
      if (name === METRIC_NAME || (dataLabels.size > 0 && !dataLabels.has(name))) continue;
      if ((added.get(name) ?? value) !== value) fail(`conflicting label: ${name}`);
      if (!base.has(name)) added.set(name, value);
    }
  }
  return added.size === 0 ? base : Labels.from([...base, ...added]);
}
