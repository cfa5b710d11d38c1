import { metricLimit } from '../../query/metric-requests.ts';
import type { AvailableMetricsResult } from '../../query/metric-results.ts';
import { answerJson, answerText, cutNotes, echo, type Presentation, roomAdvice } from './answer.ts';
import { type Dimension, fitToBudget, type Limits } from './budget.ts';
import { familyRows } from './metric-families.ts';
import { type TableColumn, tableLines } from './table.ts';
import { Untrusted, visible } from './untrusted.ts';

type Shrinking = 'help' | 'metrics' | 'groups' | 'name';

/** Help texts are shortened, then left out; metrics go next, and how the names begin last. */
function dimensions({ metrics, groups }: AvailableMetricsResult): Dimension<Shrinking>[] {
  return [
    { name: 'help', most: longestHelp, least: 0 },
    { name: 'metrics', most: metrics.length, least: 0 },
    { name: 'groups', most: groups.length, least: 0 },
    { name: 'name', most: longestName, least: 60 },
  ];
}

const longestHelp = 120;
const longestName = 256;
const howToNarrow = 'give another keyword';

/** The metrics as compact text, one line each; the series of a histogram or summary share one. */
export function availableMetricsText(result: AvailableMetricsResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const lengths = new Map<string, number>();
  const layout = (limits: Limits<Shrinking>) => {
    const untrusted = new Untrusted(lengths);
    const shown = result.metrics.slice(0, limits.metrics);
    const rows = familyRows(shown);
    const column = (name: string, cells: readonly (string | null)[]): TableColumn => ({
      name,
      cells: cells.map((cell) => (cell === null || cell === '' ? null : cell)),
    });
    const lines = tableLines([
      {
        name: 'name',
        cells: rows.map(({ name }) => untrusted.show(name, limits.name)),
        inRows: true,
      },
      column(
        'type',
        rows.map(({ type }) => (type === 'unknown' ? null : type)),
      ),
      column(
        'unit',
        rows.map(({ unit }) => untrusted.show(unit, limits.name)),
      ),
      column(
        'series',
        rows.map(({ series }) => series),
      ),
      ...(limits.help === 0
        ? []
        : [
            column(
              'help',
              rows.map(({ help }) => untrusted.show(help, limits.help)),
            ),
          ]),
    ]);
    const groups = result.groups.slice(0, limits.groups);
    const overview = groups.map(({ prefix, metrics }) => `${untrusted.show(prefix, limits.name)} ${metrics}`);
    return answerText(
      {
        head: [headOf(result, shown.length, maxTokens)],
        data: [
          ...(rows.length === 0 ? [] : lines),
          ...(overview.length === 0
            ? []
            : [`${coverage(result, limits)} begin with:\t${overview.join('\t')}`]),
        ],
        notes: leftOutNotes(result, limits, maxTokens, untrusted),
        more: moreLines(result, shown.length),
      },
      result,
      presentation,
    );
  };
  return fitToBudget(dimensions(result), maxTokens, layout);
}

/** The metrics as JSON. */
export function availableMetricsJson(result: AvailableMetricsResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const lengths = new Map<string, number>();
  const layout = (limits: Limits<Shrinking>) => {
    const untrusted = new Untrusted(lengths);
    const metrics = result.metrics.slice(0, limits.metrics).map(({ name, type, unit, help, series }) => ({
      name: untrusted.admit(name, limits.name),
      type,
      unit: untrusted.admit(unit, limits.name),
      help: limits.help === 0 ? '' : untrusted.admit(help, limits.help),
      series: series ?? null,
    }));
    const begin = result.groups
      .slice(0, limits.groups)
      .map(({ prefix, metrics: count }) => [untrusted.admit(prefix, limits.name), count]);
    const body = {
      metrics,
      matched: result.matched,
      returned: metrics.length,
      ...(begin.length === 0 ? {} : { names_begin_with: begin }),
    };
    const notes = [
      ...leftOutNotes(result, limits, maxTokens, untrusted),
      ...(result.matchedIsLowerBound ? ['matched is a lower bound: the store gave no more names'] : []),
      ...moreLines(result, metrics.length),
    ];
    return answerJson(body, notes, { now: undefined, notes: result.notes }, presentation);
  };
  return fitToBudget(dimensions(result), maxTokens, layout);
}

function headOf(
  { matched, matchedIsLowerBound, keywords }: AvailableMetricsResult,
  shown: number,
  maxTokens: number,
): string {
  const all = `${matchedIsLowerBound ? 'at least ' : ''}${matched}`;
  const count = shown === matched && !matchedIsLowerBound ? all : `${shown} of ${all}`;
  const quoted = keywords.map((word) => `"${visible(echo(word, maxTokens / keywords.length))}"`);
  const filter = quoted.length === 0 ? '' : ` with ${quoted.join(' and ')} in the name`;
  return `${count} ${matched === 1 ? 'metric' : 'metrics'}${filter}${shown > 1 ? '; by name' : ''}`;
}

/** How many of the metrics the shown groups hold. */
function coverage({ matched, groups }: AvailableMetricsResult, limits: Limits<Shrinking>): string {
  const held = groups.slice(0, limits.groups).reduce((sum, { metrics }) => sum + metrics, 0);
  return held === matched ? `all ${matched}` : `${held} of ${matched}`;
}

function leftOutNotes(
  result: AvailableMetricsResult,
  limits: Limits<Shrinking>,
  maxTokens: number,
  untrusted: Untrusted,
): string[] {
  const advice = roomAdvice(maxTokens, howToNarrow);
  const out = result.metrics.length - limits.metrics;
  const anyHelp = result.metrics.some(({ help }) => help !== '');
  return [
    ...(limits.help > 0 ? cutNotes(untrusted.cut, maxTokens, howToNarrow) : []),
    ...(limits.help === 0 && anyHelp ? [`help texts don't fit: ${advice}`] : []),
    ...(out > 0 ? [`${out} more metrics don't fit: ${advice}`] : []),
  ];
}

function moreLines({ matched, metrics }: AvailableMetricsResult, shown: number): string[] {
  if (matched <= metrics.length || shown < metrics.length) return [];
  const raise = metrics.length < metricLimit.max ? `raise limit (up to ${metricLimit.max}), or ` : '';
  return [`${matched - shown} more metrics: ${raise}give a keyword, a part of the names`];
}
