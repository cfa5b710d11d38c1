import type { LogPatternsResult } from '../../query/log-patterns.ts';
import { falseDiscoveryRate, leastFactor } from '../../telemetry/log-pattern/compare-rates.ts';
import type { LogPattern } from '../../telemetry/log-pattern/log-patterns.ts';
import {
  answerText,
  cutNotes,
  filterLines,
  headLine,
  type Presentation,
  roomAdvice,
  windowAndClock,
} from './answer.ts';
import { type Dimension, fitToBudget, type Limits } from './budget.ts';
import { percent } from './number.ts';
import { exact, windowText } from './time.ts';
import { Untrusted, visible } from './untrusted.ts';

export type Shrinking = 'example' | 'pattern' | 'patterns' | 'name';

/** Examples are shortened first, and go; then patterns are shortened, then those at the end go. */
export function dimensions({ patterns }: LogPatternsResult, maxTokens: number): Dimension<Shrinking>[] {
  const longest = (of: (pattern: LogPattern) => string): number =>
    Math.min(
      patterns.reduce((most, pattern) => Math.max(most, of(pattern).length), 0),
      maxTokens * 8,
    );
  return [
    { name: 'example', most: longestExample, least: 0 },
    { name: 'pattern', most: longest(({ template }) => template), least: 80 },
    { name: 'patterns', most: patterns.length, least: 0 },
    { name: 'name', most: 120, least: 10 },
  ];
}

export const howToNarrow = 'narrow filters or the window';

/** Characters below which an example says nothing. */
export const shortestExample = 60;

const longestExample = 400;

/** Workloads of a pattern that are named. */
export const mostWorkloads = 3;

/** The patterns as compact text: a line of numbers each, then its text, then an example. */
export function logPatternsText(result: LogPatternsResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const filter = filterLines(result, maxTokens);
  const lengths = new Map<string, number>();
  return fitToBudget(dimensions(result, maxTokens), maxTokens, (limits) => {
    const untrusted = new Untrusted(lengths);
    const shown = result.patterns.slice(0, limits.patterns);
    const data = shown.flatMap((pattern) => patternLines(result, pattern, limits, untrusted));
    return answerText(
      {
        head: [headOf(result, shown.length), ...baselineLines(result), ...filter],
        data,
        notes: [
          ...restNotes(result, shown.length, maxTokens),
          ...(limits.example < shortestExample && shown.some(hasExample)
            ? [`examples don't fit: ${roomAdvice(maxTokens, howToNarrow)}`]
            : []),
          ...cutNotes(untrusted.cut, maxTokens, howToNarrow),
        ],
        more: [],
      },
      result,
      presentation,
    );
  });
}

function headOf(result: LogPatternsResult, shown: number): string {
  const { patternsTotal, baseline, rows } = result;
  const order = baseline === undefined ? 'most frequent first' : 'significant changes first, strongest first';
  return headLine(
    `${shown === patternsTotal ? shown : `${shown} of ${patternsTotal}`} ${patternsTotal === 1 ? 'pattern' : 'patterns'} of ${rows} logs, ${order}`,
    windowAndClock(result),
  );
}

function baselineLines({ baseline, baselineRows, changesTotal }: LogPatternsResult): string[] {
  if (baseline === undefined) return [];
  return [
    `baseline: ${windowText(baseline)} with ${baselineRows} logs; ${changesTotal} significant ${changesTotal === 1 ? 'change' : 'changes'} (rate at least ×${leastFactor} or its inverse, q <= ${falseDiscoveryRate})`,
  ];
}

function patternLines(
  result: LogPatternsResult,
  pattern: LogPattern,
  limits: Limits<Shrinking>,
  untrusted: Untrusted,
): string[] {
  const { window, baseline, workloads, template, example, exampleRest } = pattern;
  const seen = window.rows > 0 ? window : baseline;
  const named = workloads
    .slice(0, mostWorkloads)
    .map(([name]) => (name === '' ? '(none)' : untrusted.show(name, limits.name)));
  const more = workloads.length > mostWorkloads ? ` and ${workloads.length - mostWorkloads} more` : '';
  const parts = [
    `${countText(result, pattern)}`,
    levelText(pattern),
    `${exact(wholeMs(seen.first))} to ${exact(wholeMs(seen.last)).slice(sameDay(seen.first, seen.last) ? 11 : 0)}${window.rows > 0 ? '' : ' (baseline)'}`,
    `${named.join(', ')}${more}`,
  ];
  return [
    parts.join('; '),
    `  ${untrusted.show(template, limits.pattern) || '(empty bodies)'}`,
    ...(limits.example >= shortestExample && hasExample(pattern)
      ? [`  e.g. ${visible(untrusted.admitBeginning(example, exampleRest, limits.example))}`]
      : []),
  ];
}

const hasExample = ({ template, example }: LogPattern): boolean => template !== example;

const wholeMs = (ns: bigint): bigint => ns - (ns % 1_000_000n);
const sameDay = (a: bigint, b: bigint): boolean => exact(a).slice(0, 10) === exact(b).slice(0, 10);

function countText({ rows }: LogPatternsResult, { window, baseline, change }: LogPattern): string {
  if (change === undefined) return `${window.rows} (${percent(rows === 0 ? 0 : window.rows / rows)})`;
  const factor =
    change.change === 'more' || change.change === 'fewer' ? ` ×${short(change.factor ?? 0)}` : '';
  const chance = change.significant ? `q=${short(change.qValue)}` : 'not significant';
  const verdict = change.change === 'same' ? 'same' : `${change.change}${factor}, ${chance}`;
  return `${verdict}: ${window.rows}, baseline ${baseline.rows}`;
}

const short = (value: number): string => String(Number(value.toPrecision(2)));

function levelText({ levels }: LogPattern): string {
  const named = levels.map(([level, rows]) => [level === '' ? 'no level' : level, rows] as const);
  return named.length === 1
    ? (named[0]?.[0] ?? '')
    : named.map(([level, rows]) => `${level} ${rows}`).join(', ');
}

/** What of the patterns is not shown. */
export function restNotes(result: LogPatternsResult, shown: number, maxTokens: number): string[] {
  const left = result.patternsTotal - shown;
  if (left === 0) return [];
  const rows = result.patterns.slice(0, shown).reduce((sum, { window }) => sum + window.rows, 0);
  const advice =
    shown < result.patterns.length
      ? roomAdvice(maxTokens, howToNarrow)
      : `raise limit (up to 200), or ${howToNarrow}`;
  const share = percent(result.rows === 0 ? 0 : rows / result.rows);
  return [
    `${left} more ${left === 1 ? 'pattern' : 'patterns'}; those shown hold ${share} of the logs: ${advice}`,
  ];
}
