import { signedNumber, toMilliseconds } from './literals.ts';
import { type EvalHead, parseEval } from './parse-eval.ts';
import {
  type Block,
  type Command,
  type DescribedSeries,
  inLine,
  type LoadCommand,
  ScriptError,
} from './script.ts';
import { parseSeriesLine, parseStartLine } from './series-line.ts';

/** Parses a script of Prometheus' test language into its commands. Throws a ScriptError. */
export function parseScript(text: string): readonly Command[] {
  return blocks(text).map(parseBlock);
}

// A command ends at an empty line or a comment, `clear` with its line, and an evaluation also where it has
// its number or its error.
function blocks(text: string): readonly Block[] {
  const found: { line: number; head: string; body: string[] }[] = [];
  let open: string[] | undefined;
  text.split('\n').forEach((source, index) => {
    const line = source.trim();
    if (line === '' || line.startsWith('#')) {
      open = undefined;
    } else if (open === undefined) {
      const body: string[] = [];
      found.push({ line: index + 1, head: line, body });
      open = /^clear\b/i.test(line) ? undefined : body;
    } else {
      open.push(line);
      const isEval = /^eval/i.test(found.at(-1)?.head ?? '');
      if (isEval && (signedNumber(line) !== undefined || line.startsWith('expected_fail_'))) open = undefined;
    }
  });
  return found;
}

function parseBlock(block: Block): Command {
  const { head, line } = block;
  if (/^clear\b/i.test(head)) return { kind: 'clear', line };
  if (/^load/i.test(head)) return parseLoad(block);
  const instant = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+at\s+(\S+)\s+(.+)$/.exec(head);
  if (instant !== null) {
    const [, mode, at = '', query = ''] = instant;
    const time = inLine(line, () => toMilliseconds(at));
    return parseEval(block, { query, mode, isRange: false, start: time, end: time, step: 0 });
  }
  const range = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)\s+(.+)$/.exec(
    head,
  );
  if (range === null) throw new ScriptError(`unknown command: ${head}`, line);
  const [, mode, from = '', to = '', step = '', query = ''] = range;
  const times: EvalHead = {
    query,
    mode,
    isRange: true,
    start: inLine(line, () => toMilliseconds(from)),
    end: inLine(line, () => toMilliseconds(to)),
    step: inLine(line, () => toMilliseconds(step)),
  };
  if (times.end < times.start) throw new ScriptError(`${to} is before ${from}`, line);
  return parseEval(block, times);
}

function parseLoad({ head, body, line }: Block): LoadCommand {
  const [, suffix, interval] = /^load(_with_nhcb)?\s+(\S+)$/.exec(head) ?? [];
  if (interval === undefined) throw new ScriptError(`unknown command: ${head}`, line);
  const series: DescribedSeries[] = [];
  let starts: ReturnType<typeof parseStartLine>;
  body.forEach((text, index) => {
    const at = line + index + 1;
    const found = parseStartLine(text, at);
    if (found !== undefined) {
      starts = found;
      return;
    }
    const described = parseSeriesLine(text, at);
    series.push(starts === undefined ? described : withStarts(described, starts, at));
    starts = undefined;
  });
  if (starts !== undefined)
    throw new ScriptError('start timestamps without their series', line + body.length);
  return {
    kind: 'load',
    line,
    interval: inLine(line, () => toMilliseconds(interval)),
    withCustomBuckets: suffix !== undefined,
    series,
  };
}

function withStarts(
  series: DescribedSeries,
  { labels, offsets }: NonNullable<ReturnType<typeof parseStartLine>>,
  line: number,
): DescribedSeries {
  if (labels.key !== series.labels.key) throw new ScriptError('start timestamps of another series', line);
  if (offsets.length !== series.points.length) {
    throw new ScriptError(`${series.points.length} points with ${offsets.length} start timestamps`, line);
  }
  return { ...series, startOffsets: offsets };
}
