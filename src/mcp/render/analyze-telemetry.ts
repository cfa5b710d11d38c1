import type { Series } from '../../query/results.ts';
import type { AnalyzeTelemetryResult, LabelledAnswer } from '../../query/telemetry-results.ts';
import { analyzeBody, analyzeParts } from './analyze.ts';
import { analyzeMetricsBody, analyzeMetricsParts, timeText } from './analyze-metrics.ts';
import {
  answerJson,
  answerText,
  headLine,
  type JsonParts,
  notesOf,
  type Presentation,
  roomAdvice,
  type TextParts,
  windowAndClock,
  windowJson,
} from './answer.ts';
import { type Dimension, fitToBudget, type Limits } from './budget.ts';
import { formulaBody, formulaParts } from './formula.ts';
import { leastTokens } from './least-tokens.ts';
import { labelNamesOf } from './metric-columns.ts';
import { markedNote, partialNotes } from './points.ts';
import { type Layout, type Shrinking, seriesDimensions } from './series.ts';
import { extremesOf } from './thin.ts';
import { stepText } from './time.ts';
import { Untrusted } from './untrusted.ts';

/**
 * `feeding`: groups shown of a query that a formula is computed of. They go first, as the formula is what was
 * asked; whole queries go last.
 */
type Shrunk = 'feeding' | Shrinking | 'queries';

/** Groups that compact text shows of a query that only feeds a formula. */
const mostFeeding = 5;

/** The answers one after another, as compact text. */
export function analyzeTelemetryText(result: AnalyzeTelemetryResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const share = { ...presentation, notes: [], maxTokens: maxTokens / result.answers.length };
  const sections = sectionsOf(result, maxTokens);
  const inColumns = new Set(
    result.answers.flatMap((answer) =>
      answer.kind === 'formula' && !answer.feeds ? answer.result.columns.map(({ label }) => label) : [],
    ),
  );
  const layout = (limits: Limits<Shrunk>) => {
    const shown = sections.slice(0, limits.queries).map((section) => {
      const { answer } = section;
      const isColumn = inColumns.has(answer.label);
      return { section, parts: partsOf(section, result, section.layout(limits), isColumn) };
    });
    // Where points are shown, their marks say which buckets are partial.
    const isMarked = shown.some(({ parts }) => parts.notes.includes(markedNote));
    const inWords = isMarked ? partialNotes(result) : [];
    const told = shown.map(({ parts }) => parts.notes.filter((note) => !inWords.includes(note)));
    const repeated = repeatedNotes(told);
    const texts = shown.map(({ section: { label, answer }, parts }, i) => {
      const [first = '', ...rest] = parts.head;
      const head = [`${label}${answer.kind === 'formula' ? ' = ' : ': '}${first}`, ...rest];
      const notes = (told[i] ?? []).filter((note) => !repeated.includes(note));
      return answerText({ ...parts, head, notes }, answer.result, share);
    });
    const notes = [...repeated, ...leftOut(sections.slice(limits.queries), maxTokens)];
    return answerText({ head: [headOf(result), ...texts], data: [], notes, more: [] }, result, presentation);
  };
  return fitToBudget(
    dimensionsOf(sections, maxTokens, mostFeeding),
    maxTokens,
    layout,
    leastOf(sections, 'text'),
  );
}

/** Notes that several parts of an answer have: they stand once, at its end. */
function repeatedNotes(notes: readonly (readonly string[])[]): string[] {
  const all = notes.flat();
  return [...new Set(all.filter((note, i) => all.indexOf(note) < i))];
}

/** The answers as JSON, each as its own tool gives it. */
export function analyzeTelemetryJson(result: AnalyzeTelemetryResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const share = { ...presentation, notes: [], maxTokens: maxTokens / result.answers.length };
  const sections = sectionsOf(result, maxTokens);
  const layout = (limits: Limits<Shrunk>) => {
    const queries = sections.slice(0, limits.queries).map((section) => {
      const { answer } = section;
      const { body, notes } = bodyOf(answer, section.layout(limits));
      return [section.label, { ...body, notes: notesOf(answer.result, notes, share) }] as const;
    });
    const body = {
      window: windowJson(result),
      query_type: result.queryType,
      step_s: result.step,
      queries: Object.fromEntries(queries),
    };
    const notes = [...partialNotes(result), ...leftOut(sections.slice(limits.queries), maxTokens)];
    return answerJson(body, notes, result, presentation);
  };
  const all = longest(sections.filter(({ answer }) => answer.feeds));
  return fitToBudget(dimensionsOf(sections, maxTokens, all), maxTokens, layout, leastOf(sections, 'json'));
}

/** An answer to one query, and how it is laid out within the limits of the whole. */
interface Section {
  readonly label: string;
  readonly answer: LabelledAnswer;
  limits(limits: Limits<Shrunk>): Limits<Shrinking>;
  layout(limits: Limits<Shrunk>): Layout;
}

function sectionsOf({ answers }: AnalyzeTelemetryResult, maxTokens: number): Section[] {
  const lengths = new Map<string, number>();
  return answers.map((answer) => {
    const extremes = seriesOf(answer).map(extremesOf);
    const own = (limits: Limits<Shrunk>): Limits<Shrinking> =>
      answer.feeds
        ? { ...limits, groups: limits.feeding, plotted: Math.min(limits.feeding, limits.plotted) }
        : limits;
    return {
      label: new Untrusted().show(answer.label, 64),
      answer,
      limits: own,
      layout: (limits) => ({
        limits: own(limits),
        untrusted: new Untrusted(lengths),
        extremes,
        maxTokens,
        share: maxTokens / answers.length,
      }),
    };
  });
}

const seriesOf = ({ result }: LabelledAnswer): readonly Series[] => result.series;

const longest = (sections: readonly Section[]): number =>
  sections.reduce((most, { answer }) => Math.max(most, seriesOf(answer).length), 0);

function dimensionsOf(sections: readonly Section[], maxTokens: number, feeding: number): Dimension<Shrunk>[] {
  const series = sections.flatMap(({ answer }) => seriesOf(answer));
  const groups = longest(sections);
  const all: readonly Dimension<Shrunk>[] = [
    { name: 'feeding', most: feeding, least: Math.min(feeding, 1) },
    ...seriesDimensions(series, maxTokens),
    { name: 'queries', most: sections.length, least: 0 },
  ];
  return all.map((one) =>
    one.name === 'groups' || one.name === 'plotted' ? { ...one, most: Math.min(one.most, groups) } : one,
  );
}

/** What a layout costs at least: see `leastTokens`. */
function leastOf(sections: readonly Section[], form: 'text' | 'json'): (limits: Limits<Shrunk>) => number {
  const costs = sections.map((section) => {
    const series = seriesOf(section.answer);
    const least = leastTokens({ series, groupBy: labelNamesOf(series) }, form);
    return (limits: Limits<Shrunk>) => {
      const own = section.limits(limits);
      return least(section.answer.feeds && form === 'text' ? { ...own, plotted: 0 } : own);
    };
  });
  return (limits) => costs.slice(0, limits.queries).reduce((sum, cost) => sum + cost(limits), 0);
}

function headOf({ answers, step, ...result }: AnalyzeTelemetryResult): string {
  const queries = answers.length === 1 ? '1 query' : `${answers.length} queries`;
  return headLine(`${queries}${step === null ? '' : ` every ${stepText(step)}`}`, windowAndClock(result));
}

/** @param isColumn the values stand in a column of a formula's table */
function partsOf(
  { label, answer }: Section,
  { partial }: AnalyzeTelemetryResult,
  layout: Layout,
  isColumn: boolean,
): TextParts {
  if (!answer.feeds) return plainParts(label, answer, partial, layout);
  const groups = isColumn ? 0 : layout.limits.groups;
  const limits = { ...layout.limits, groups, plotted: groups };
  const parts = plainParts(label, feeding(answer, groups), partial, { ...layout, limits });
  // Nothing of it is missing where it is wanted, so how to see more is all there is to say.
  const rest = answer.result.groupsTotal - Math.min(groups, answer.result.series.length);
  const more =
    rest > 0 && !isColumn ? [`${rest} more take part in the formula; format "json" lists more of them`] : [];
  return { ...parts, more };
}

function plainParts(
  label: string,
  answer: LabelledAnswer,
  partial: AnalyzeTelemetryResult['partial'],
  layout: Layout,
): TextParts {
  switch (answer.kind) {
    case 'records':
      return analyzeParts(answer.result, layout, '');
    case 'metrics': {
      const { time } = answer.result;
      return analyzeMetricsParts(answer.result, layout, time === undefined ? '' : timeText(time, undefined), {
        timeName: 'bucket start',
        partial,
      });
    }
    case 'formula':
      return formulaParts(label, answer.result, partial, layout);
  }
}

/** The first groups of a query that feeds a formula, without points. */
function feeding(answer: LabelledAnswer, groups: number): LabelledAnswer {
  const first = <S extends Series>(series: readonly S[]) =>
    series.slice(0, groups).map(({ points: _, ...one }) => one);
  switch (answer.kind) {
    case 'records':
      return { ...answer, result: { ...answer.result, series: first(answer.result.series) } };
    case 'metrics':
      return { ...answer, result: { ...answer.result, series: first(answer.result.series) } };
    case 'formula':
      return { ...answer, result: { ...answer.result, series: first(answer.result.series) } };
  }
}

function bodyOf(answer: LabelledAnswer, layout: Layout): JsonParts {
  switch (answer.kind) {
    case 'records':
      return analyzeBody(answer.result, layout);
    case 'metrics':
      return analyzeMetricsBody(answer.result, layout);
    case 'formula':
      return formulaBody(answer.result, layout);
  }
}

function leftOut(sections: readonly Section[], maxTokens: number): string[] {
  if (sections.length === 0) return [];
  const labels = sections.map(({ label }) => label.slice(0, 12)).join(', ');
  return [`${labels}: no room; ${roomAdvice(maxTokens, 'ask fewer queries at once')}`];
}
