import { Labels } from '../labels.ts';
import { readSelector } from '../parse-selector.ts';
import { TokenStream } from '../token-stream.ts';
import { parsePoints } from './points.ts';
import { type DescribedSeries, inLine, ScriptError } from './script.ts';
import { parseStartOffsets } from './start-offsets.ts';

const seriesName = /^(?:[A-Za-z_:][\w:]*)?(?:\{(?:[^}"'`]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`[^`]*`)*\})?/;

/** Reads `metric{label="value"} 1 2 3`. */
export function parseSeriesLine(text: string, line: number): DescribedSeries {
  const { labels, rest } = splitSeries(text, line);
  return inLine(line, () => ({ labels, points: parsePoints(rest), startOffsets: undefined }));
}

/** The labels and the start offsets of `metric{label="value"}@st -1m _ -1m`; undefined for any other line. */
export function parseStartLine(
  text: string,
  line: number,
): { readonly labels: Labels; readonly offsets: readonly (number | undefined)[] } | undefined {
  const name = seriesName.exec(text)?.[0] ?? '';
  const offsets = /^@st\s+(.*)$/.exec(text.slice(name.length))?.[1];
  if (offsets === undefined) return undefined;
  const { labels } = splitSeries(name, line);
  return inLine(line, () => ({ labels, offsets: parseStartOffsets(offsets) }));
}

function splitSeries(text: string, line: number): { readonly labels: Labels; readonly rest: string } {
  const name = seriesName.exec(text)?.[0] ?? '';
  const rest = text.slice(name.length);
  if (name === '' || !/^(?:\s|$)/.test(rest)) throw new ScriptError(`no series: ${text}`, line);
  const { matchers } = inLine(line, () => readSelector(new TokenStream(name)));
  const wrong = matchers.find(({ op }) => op !== '=');
  if (wrong !== undefined) throw new ScriptError(`a series has no ${wrong.op}: ${name}`, line);
  return { labels: Labels.from(matchers.map(({ label, value }) => [label, value] as const)), rest };
}
