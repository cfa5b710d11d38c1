import type { Series } from '../../query/results.ts';
import { cutNotes, roomAdvice } from './answer.ts';
import type { Dimension, Limits } from './budget.ts';
import { specialText } from './number.ts';
import { thin } from './thin.ts';
import type { Untrusted } from './untrusted.ts';

/** What an answer of series can have less of. */
export type Shrinking = 'label' | 'points' | 'plotted' | 'groups' | 'name';

/** One way to lay an answer out, of those that are tried. */
export interface Layout {
  readonly limits: Limits<Shrinking>;
  readonly untrusted: Untrusted;
  /** Of each series, where its least and greatest values are. */
  readonly extremes: readonly (readonly number[])[];
  /** Room of the answer. */
  readonly maxTokens: number;
  /** What this part of the answer may echo of the request is as much as in an answer of this room. */
  readonly share: number;
}

/** What the series of an answer are called, and how to ask for fewer. */
export interface SeriesWords {
  readonly one: string;
  readonly many: string;
  readonly narrow: string;
}

/**
 * Long labels are shortened first; then points are thinned (the extremes of each series stay); then the
 * last series keep their summary alone; series go last, but for names that are mischief.
 */
export function seriesDimensions(series: readonly Series[], maxTokens: number): Dimension<Shrinking>[] {
  const longest = series
    .flatMap(({ labels }) => Object.values(labels))
    .reduce((most, label) => Math.max(most, label.length), 0);
  const points = series.reduce((most, one) => Math.max(most, one.points?.length ?? 0), 0);
  return [
    { name: 'label', most: Math.min(longest, maxTokens * 8), least: 60 },
    { name: 'points', most: points, least: 0 },
    { name: 'plotted', most: series[0]?.points === undefined ? 0 : series.length, least: 0 },
    { name: 'groups', most: series.length, least: 0 },
    { name: 'name', most: 128, least: 0 },
  ];
}

/** The points of the plotted series, all on one grid, that the limits let through: their indexes. */
export function keptPoints(
  plotted: readonly Series[],
  extremes: readonly (readonly number[])[],
  limits: Limits<Shrinking>,
): number[] {
  return thin(plotted[0]?.points?.length ?? 0, extremes.slice(0, plotted.length), limits.points);
}

/** A number in JSON, which has no NaN and no infinite numbers: they are "NaN", "+Inf" and "-Inf". */
export function numberJson(value: number | null): number | string | null {
  return value === null ? null : (specialText(value) ?? value);
}

/** A series in JSON, with the points of these indexes. */
export function seriesJson(
  { labels, value, points, summary }: Series,
  kept: readonly number[],
  limits: Limits<Shrinking>,
  untrusted: Untrusted,
): Record<string, unknown> {
  const values =
    points === undefined
      ? { value: numberJson(value ?? null) }
      : {
          points: kept.flatMap((at) => {
            const [time, of] = points[at] ?? [];
            return time === undefined || of === undefined ? [] : [[time, numberJson(of)]];
          }),
        };
  return {
    labels: Object.fromEntries(
      Object.entries(labels).map(([name, label]) => [
        untrusted.admit(name, limits.name),
        untrusted.admit(label, limits.label),
      ]),
    ),
    ...values,
    summary: {
      min: numberJson(summary.min),
      max: numberJson(summary.max),
      avg: numberJson(summary.avg),
      latest: numberJson(summary.latest),
      total: numberJson(summary.total),
      count: summary.count,
    },
  };
}

/** What a reader must know where there was no room. `cut` is the number of texts that were cut. */
export function leftOutNotes(
  { series, step }: { readonly series: readonly Series[]; readonly step: number | null },
  limits: Limits<Shrinking>,
  maxTokens: number,
  cut: number,
  words: SeriesWords,
): string[] {
  const out = series.length - limits.groups;
  const plotted = Math.min(limits.plotted, limits.groups);
  const summaryOnly = step !== null && plotted < limits.groups;
  const advice = roomAdvice(maxTokens, words.narrow);
  return [
    ...cutNotes(cut, maxTokens, words.narrow),
    ...(summaryOnly ? [`${plottedText(plotted, words)}: ${advice}`] : []),
    ...(out > 0 ? [`${out} more ${words.many} don't fit: ${advice}`] : []),
  ];
}

function plottedText(plotted: number, { one, many }: SeriesWords): string {
  if (plotted === 0) return 'no points fit';
  return `points of the first ${plotted === 1 ? one : `${plotted} ${many}`} alone fit`;
}
