import type { TraceResult } from '../../query/trace-requests.ts';
import { roomAdvice } from './answer.ts';
import { numberTexts } from './number.ts';
import type { ShownTrace, TraceLines } from './trace-groups.ts';

export const durationText = (ns: number): string => numberTexts([ns], 'ns').texts[0] ?? '';

/** What is wrong with a trace, and what it can't tell therefore. */
export function defectNotes({ spans, duplicates, sharedIds }: TraceResult): string[] {
  const notes: string[] = [];
  const missing = spans.filter(({ detached }) => detached === 'missing parent').length;
  const circles = spans.filter(({ detached }) => detached === 'circle').length;
  const roots = spans.filter(({ parentSpanId }) => parentSpanId === '').length;
  if (missing > 0) {
    notes.push(
      `${counted(missing, 'span names', 'spans name')} a parent that is not recorded: shown at the top, and what waited for it is not known`,
    );
  }
  if (circles > 0) {
    notes.push(`${counted(circles, 'circle', 'circles')} of parents: cut at the earliest span of each`);
  }
  if (roots > 1) notes.push(`${roots} spans have no parent: the critical path is that of the longest`);
  if (duplicates > 0) {
    notes.push(`${counted(duplicates, 'span is', 'spans are')} recorded more than once, and shown once`);
  }
  if (sharedIds > 0) {
    notes.push(`${counted(sharedIds, 'span has', 'spans have')} the id of another span of the trace`);
  }
  const early = spans.filter((span) => span.early > 0);
  const late = spans.filter((span) => span.late > 0);
  if (early.length > 0) {
    const most = durationText(Math.max(...sample(early.map((span) => span.early))));
    notes.push(
      `${counted(early.length, 'span starts', 'spans start')} before the parent (by up to ${most}): the clocks of hosts differ`,
    );
  }
  if (late.length > 0) {
    const most = durationText(Math.max(...sample(late.map((span) => span.late))));
    notes.push(
      `${counted(late.length, 'span ends', 'spans end')} after the parent (by up to ${most}): not waited for, or clocks differ`,
    );
  }
  return notes;
}

/** What is folded, and what is left out. */
export function leftOutNotes(
  result: TraceResult,
  lines: TraceLines,
  shown: ShownTrace,
  maxTokens: number,
): string[] {
  const folds = lines.groups.filter(({ spans }) => spans.length > 1);
  const folded = folds.reduce((sum, { spans }) => sum + spans.length, 0);
  const advice = roomAdvice(maxTokens, 'ask for a part with span_id');
  const logsLeft = result.logsTotal - shown.logsShown;
  return [
    ...(folded > 0
      ? [
          `${folded} spans that are like their siblings are folded into ${counted(folds.length, 'line', 'lines')} (×N)`,
        ]
      : []),
    ...(shown.spansHidden > 0
      ? [`${counted(shown.spansHidden, 'span is', 'spans are')} left out, those that say least: ${advice}`]
      : []),
    ...(logsLeft > 0
      ? [
          `${logsLeft} of ${counted(result.logsTotal, 'log', 'logs')} not shown: search-logs with trace_id has them all`,
        ]
      : []),
  ];
}

/** The largest ones, as a call takes only so many arguments. */
const sample = (values: number[]): number[] => values.sort((a, b) => b - a).slice(0, 1);

const counted = (count: number, one: string, many: string): string => `${count} ${count === 1 ? one : many}`;
