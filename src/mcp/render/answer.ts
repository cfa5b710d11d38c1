import type { Note, Result } from '../../query/results.ts';
import { formatTime } from '../../telemetry/time.ts';
import { largest } from './budget.ts';
import { estimateTokens } from './estimate.ts';
import { exact, windowText } from './time.ts';
import { fenced, Untrusted, visible, visibleInJson, withoutHidden } from './untrusted.ts';

/** How an answer is to be given. */
export interface Presentation {
  /** Tokens that the answer may cost, as `estimateTokens` counts. */
  readonly maxTokens: number;
  /** What was noted about the arguments. */
  readonly notes: readonly Note[];
  /** A short random word for the fences, a new one at each call. */
  readonly mark: () => string;
}

export const maxTokensCeiling = 25_000;

/** The parts of an answer in compact text. Only `data` may hold telemetry. */
export interface TextParts {
  readonly head: readonly string[];
  readonly data: readonly string[];
  /** Of this rendering: what was cut. */
  readonly notes: readonly string[];
  readonly more: readonly string[];
}

/** An answer as JSON, but for the notes of the result. */
export interface JsonParts {
  readonly body: Readonly<Record<string, unknown>>;
  /** Of this rendering: what was cut. */
  readonly notes: readonly string[];
}

export const roundedNote = 'values are rounded to 3 or more significant digits; format "json" has them exact';

/** A head line of parts, without those that are empty. */
export const headLine = (...parts: readonly string[]): string => parts.filter(Boolean).join('; ');

/** Puts the parts together: head, telemetry between fences, notes, how to get more. */
export function answerText(
  parts: TextParts,
  result: Pick<Result, 'notes'>,
  presentation: Presentation,
): string {
  const notes = allNotes(result, presentation);
  const quoting = notes.filter(quotesTelemetry).map((note) => `note: ${visible(textOf(note))}`);
  const own = notes.filter((note) => !quotesTelemetry(note)).map((note) => withoutHidden(textOf(note)));
  const data = [...parts.data, ...quoting];
  const behind = [
    ...[...own, ...parts.notes].map((note) => `note: ${note}`),
    ...parts.more.map((line) => `more: ${line}`),
  ];
  const fencedData = data.length > 0 ? fenced(data, presentation.mark, [...parts.head, ...behind]) : [];
  return [...parts.head, ...fencedData, ...behind].join('\n');
}

/** The answer as one JSON object, `notes` last, hidden characters as `\u` escapes. */
export function answerJson(
  body: Readonly<Record<string, unknown>>,
  notes: readonly string[],
  result: Pick<Result, 'now' | 'notes'>,
  presentation: Presentation,
): string {
  const clock = result.now === undefined ? [] : [`server clock: ${formatTime(result.now)}`];
  const all = [...clock, ...notesOf(result, notes, presentation)];
  return visibleInJson(JSON.stringify({ ...body, notes: all }));
}

/** The notes of a result that there is room for, and those of its rendering. */
export function notesOf(
  result: Pick<Result, 'notes'>,
  notes: readonly string[],
  presentation: Presentation,
): string[] {
  return [...allNotes(result, presentation).map(textOf), ...notes];
}

/** `2023-01-29 08:41:00 to 10:30:00 UTC`, and the server's clock where the request was relative to it. */
export function windowAndClock(result: Pick<Result, 'window' | 'now'>): string {
  return `${windowText(result.window)}${clockText(result.now)}`;
}

/** ` (server clock …)`, or nothing. */
export function clockText(now: bigint | undefined): string {
  return now === undefined ? '' : ` (server clock ${exact(now - (now % 1_000_000_000n))} UTC)`;
}

/** The window in JSON, both ends with all their digits. */
export function windowJson(result: Pick<Result, 'window'>): { from: string; to: string } {
  return { from: formatTime(result.window.from), to: formatTime(result.window.to) };
}

/** The filter with what its echo may cost: an eighth of the answer. */
export function echo(filter: string, maxTokens: number): string {
  const cutTo = (length: number) => new Untrusted().admit(filter, length);
  const fits = (length: number) => {
    const text = cutTo(length);
    return Math.max(estimateTokens(visible(text)), estimateTokens(withoutHidden(text))) <= maxTokens / 8;
  };
  return cutTo(largest(0, filter.length, fits));
}

/** The line that says the normalised filter, where it is not what was sent. */
export function filterLines(
  result: { readonly filter: string; readonly filterRewritten: boolean },
  maxTokens: number,
): string[] {
  if (!result.filterRewritten || result.filter === '') return [];
  const filter = echo(result.filter, maxTokens);
  const shown = withoutHidden(filter);
  return [
    `filter: ${shown}`,
    ...(shown === filter
      ? []
      : [
          "the filter holds hidden characters, shown as \\n, \\t, \\r and \\x{hex}: a regular expression takes them so, other values don't",
        ]),
  ];
}

/** What the reader can do about an answer that did not fit. */
export function roomAdvice(maxTokens: number, otherwise: string): string {
  return maxTokens < maxTokensCeiling
    ? `raise max_tokens (up to ${maxTokensCeiling}), or ${otherwise}`
    : otherwise;
}

/** The note on values that were cut, if any were. */
export function cutNotes(cut: number, maxTokens: number, otherwise: string): string[] {
  if (cut === 0) return [];
  const values = cut === 1 ? '1 value is cut' : `${cut} values are cut`;
  return [
    `${values}: …[+N] stands for N characters left out; to see all, ${roomAdvice(maxTokens, otherwise)}`,
  ];
}

const longestNote = 400;

/** The notes that a quarter of the answer has room for; the last says how many are left out. */
function allNotes(result: Pick<Result, 'notes'>, { notes, maxTokens }: Presentation): Note[] {
  const shown: Note[] = [];
  let room = maxTokens / 4;
  const all = [...notes, ...result.notes];
  for (const note of all) {
    const text = new Untrusted().admit(textOf(note), longestNote);
    room -= estimateTokens(quotesTelemetry(note) ? visible(text) : withoutHidden(text)) + 2;
    if (room < 0)
      return [...shown, `${all.length - shown.length} more notes are left out: max_tokens is too small`];
    shown.push(quotesTelemetry(note) ? { text, quotesTelemetry: true } : text);
  }
  return shown;
}

function textOf(note: Note): string {
  return typeof note === 'string' ? note : note.text;
}

function quotesTelemetry(note: Note): boolean {
  return typeof note !== 'string';
}
