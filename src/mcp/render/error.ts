import type { Place } from '../../telemetry/input-error.ts';
import { boundary, fenced, Untrusted, visible } from './untrusted.ts';

const longestMessage = 2000;
const columnsAround = 60;
const longestMark = 60;

/**
 * What a client reads of an error in its input: the message, and the place in the text under a caret. With a
 * `mark` the message quotes telemetry, and stands between fences.
 */
export function inputErrorText(message: string, place: Place | undefined, mark?: () => string): string {
  const text = new Untrusted().show(message, longestMessage);
  const lines = mark === undefined ? [text] : ['The query fails on its series:', ...fenced([text], mark)];
  return [...lines, ...(place === undefined ? [] : caretLines(place))].join('\n');
}

/**
 * The text around the place on one line, and carets below the place. Hidden characters are made visible
 * (a tab is `\t`), wide ones (East Asian, emoji) count as two columns, as terminals show them.
 */
function caretLines({ text, start, end }: Place): string[] {
  const from = boundary(text, Math.max(0, start - columnsAround));
  const markEnd = Math.max(start, Math.min(end, start + longestMark));
  const to = boundary(text, Math.min(text.length, markEnd + columnsAround));
  const before = (from > 0 ? '…' : '') + visible(text.slice(from, start));
  const marked = visible(text.slice(start, Math.min(end, to)));
  const after = visible(text.slice(Math.min(end, to), to)) + (to < text.length ? '…' : '');
  const carets = Math.min(Math.max(columnsOf(marked), 1), longestMark);
  return [`  ${before}${marked}${after}`, `  ${' '.repeat(columnsOf(before))}${'^'.repeat(carets)}`];
}

const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97c\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;
const combining = /\p{M}/u;

/** Columns of a terminal that the text takes. */
function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += combining.test(character) ? 0 : wide.test(character) ? 2 : 1;
  return columns;
}
