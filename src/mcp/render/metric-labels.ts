import type { MetricLabelsResult } from '../../query/metric-results.ts';
import {
  answerJson,
  answerText,
  cutNotes,
  type Presentation,
  roomAdvice,
  windowAndClock,
  windowJson,
} from './answer.ts';
import { type Dimension, fitToBudget, type Limits } from './budget.ts';
import { Untrusted } from './untrusted.ts';

type Shrinking = 'value' | 'examples' | 'help' | 'labels' | 'name';

const longestName = 256;
const longestHelp = 500;
const howToNarrow = 'ask analyze-metrics: count by (label) (metric)';

/** Values are shortened first, then there are fewer examples, then less help; labels go last. */
function dimensions({ labels }: MetricLabelsResult, maxTokens: number): Dimension<Shrinking>[] {
  const examples = labels.map(({ exampleValues }) => exampleValues);
  const longest = examples.flat().reduce((most, value) => Math.max(most, value.length), 0);
  return [
    { name: 'value', most: Math.min(longest, maxTokens * 8), least: 60 },
    { name: 'examples', most: examples.reduce((most, { length }) => Math.max(most, length), 0), least: 0 },
    { name: 'help', most: longestHelp, least: 0 },
    { name: 'labels', most: labels.length, least: 0 },
    { name: 'name', most: longestName, least: 60 },
  ];
}

/** A metric's labels as compact text, one line each. */
export function metricLabelsText(result: MetricLabelsResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const lengths = new Map<string, number>();
  const layout = (limits: Limits<Shrinking>) => {
    const untrusted = new Untrusted(lengths);
    const { unit, help } = result;
    const shown = result.labels.slice(0, limits.labels);
    const lines = shown.map(({ name, valuesTotal, exampleValues }) => {
      const values = exampleValues
        .slice(0, limits.examples)
        .map((value) => literal(untrusted.show(value, limits.value)));
      const more = valuesTotal > values.length && values.length > 0 ? ', …' : '';
      return `${untrusted.show(name, limits.name)}\t${valuesTotal}\t${values.join(', ')}${more}`.trimEnd();
    });
    return answerText(
      {
        head: [headOf(result, limits, untrusted)],
        data: [
          ...(unit === '' ? [] : [`unit:\t${untrusted.show(unit, limits.name)}`]),
          ...(help === '' || limits.help === 0 ? [] : [`help:\t${untrusted.show(help, limits.help)}`]),
          ...(lines.length === 0 ? [] : ['label\tvalues\texamples', ...lines]),
        ],
        notes: leftOutNotes(result, limits, maxTokens, untrusted),
        more: [],
      },
      result,
      presentation,
    );
  };
  return fitToBudget(dimensions(result, maxTokens), maxTokens, layout);
}

/** A metric's labels as JSON. */
export function metricLabelsJson(result: MetricLabelsResult, presentation: Presentation): string {
  const { maxTokens } = presentation;
  const lengths = new Map<string, number>();
  const layout = (limits: Limits<Shrinking>) => {
    const untrusted = new Untrusted(lengths);
    const { metric, type, unit, help, series, window, now } = result;
    const body = {
      metric: untrusted.admit(metric, limits.name),
      type,
      unit: untrusted.admit(unit, limits.name),
      help: limits.help === 0 ? '' : untrusted.admit(help, limits.help),
      series,
      window: window === undefined ? null : windowJson({ window }),
      labels: result.labels.slice(0, limits.labels).map(({ name, valuesTotal, exampleValues }) => ({
        name: untrusted.admit(name, limits.name),
        values_total: valuesTotal,
        example_values: exampleValues
          .slice(0, limits.examples)
          .map((value) => untrusted.admit(value, limits.value)),
      })),
    };
    const notes = leftOutNotes(result, limits, maxTokens, untrusted);
    return answerJson(body, notes, { now, notes: result.notes }, presentation);
  };
  return fitToBudget(dimensions(result, maxTokens), maxTokens, layout);
}

function headOf(
  result: MetricLabelsResult,
  { labels, name }: Limits<Shrinking>,
  untrusted: Untrusted,
): string {
  const { metric, type, series, window, now } = result;
  const all = result.labels.length;
  const count = labels < all ? `${labels} of ${all}` : `${all}`;
  const kind = type === 'unknown' ? '' : `${type}, `;
  const when = window === undefined ? 'at any time' : windowAndClock({ window, now });
  return `${untrusted.show(metric, name)}: ${kind}${series} series, ${count} ${all === 1 ? 'label' : 'labels'}; ${when}`;
}

/** A value bare where it can be told from the next, else in quotes. */
function literal(value: string): string {
  return /^[\w./:-]+$/.test(value) ? value : `"${value.replaceAll('"', '\\"')}"`;
}

function leftOutNotes(
  result: MetricLabelsResult,
  limits: Limits<Shrinking>,
  maxTokens: number,
  untrusted: Untrusted,
): string[] {
  const advice = roomAdvice(maxTokens, howToNarrow);
  const most = dimensions(result, maxTokens).find(({ name }) => name === 'examples')?.most ?? 0;
  const out = result.labels.length - limits.labels;
  return [
    ...cutNotes(untrusted.cut, maxTokens, howToNarrow),
    ...(limits.examples < most ? [`at most ${limits.examples} examples of each label fit: ${advice}`] : []),
    ...(limits.help === 0 && result.help !== '' ? [`the help text doesn't fit: ${advice}`] : []),
    ...(out > 0 ? [`${out} more labels don't fit: ${advice}`] : []),
  ];
}
