import { unquote } from '../string-literal.ts';
import { signedNumber, toMilliseconds } from './literals.ts';
import {
  type Block,
  type DescribedSeries,
  type EvalCommand,
  type Expectations,
  type ExpectedValue,
  inLine,
  ScriptError,
  type TextExpectation,
} from './script.ts';
import { parseSeriesLine } from './series-line.ts';

/** The first line of an evaluation; times in milliseconds. */
export interface EvalHead {
  readonly query: string;
  /** The older form's suffix: `eval_fail` and its like. */
  readonly mode: string | undefined;
  readonly isRange: boolean;
  readonly start: number;
  readonly end: number;
  readonly step: number;
}

const anyText: TextExpectation = { message: undefined, pattern: undefined };

/** Reads the expectations under an evaluation. */
export function parseEval({ body, line }: Block, head: EvalHead): EvalCommand {
  const { query, mode, isRange } = head;
  const expect = {
    fail: [] as TextExpectation[],
    warn: [] as TextExpectation[],
    info: [] as TextExpectation[],
  };
  if (mode === 'fail' || mode === 'warn' || mode === 'info') expect[mode].push(anyText);
  const flags = new Set<string>(mode === 'ordered' ? ['ordered'] : []);
  const series: DescribedSeries[] = [];
  let times = { start: head.start, end: head.end, step: head.step };
  let single: ExpectedValue | undefined;
  let hasRangeVector = false;

  body.forEach((text, index) => {
    const at = line + index + 1;
    const rangeVector = /^expect range vector\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)$/.exec(text);
    if (rangeVector !== null) {
      const [, from = '', to = '', step = ''] = rangeVector;
      times = inLine(at, () => ({
        start: toMilliseconds(from),
        end: toMilliseconds(to),
        step: toMilliseconds(step),
      }));
      hasRangeVector = true;
      return;
    }
    const literal = /^expect string\s+(.*)$/.exec(text)?.[1];
    if (literal !== undefined) {
      const value = /^(?:".*"|`.*`)$/.test(literal) ? unquote(literal) : undefined;
      if (typeof value !== 'string') throw new ScriptError(`no string between quotes: ${literal}`, at);
      single = { kind: 'string', value };
      return;
    }
    const old = /^expected_fail_(message|regexp)\s+(.*)$/.exec(text);
    if (old !== null && mode === 'fail') {
      const [, form, value = ''] = old;
      const isMessage = form === 'message';
      expect.fail = [{ message: isMessage ? value : undefined, pattern: isMessage ? undefined : value }];
      return;
    }
    if (/^expect(?:\s|$)/.test(text)) {
      readExpect(text, at, expect, flags);
      return;
    }
    const value = signedNumber(text);
    if (value !== undefined) single = { kind: 'scalar', value };
    else series.push(parseSeriesLine(text, at));
  });

  const tooMany = !isRange && !hasRangeVector && series.some(({ points }) => points.length > 1);
  if (tooMany)
    throw new ScriptError('an instant query has one value a series, or "expect range vector"', line);
  const expectations: Expectations = {
    ordered: flags.has('ordered'),
    fail: expect.fail[0],
    warn: expect.warn,
    info: expect.info,
    noWarn: flags.has('no_warn'),
    noInfo: flags.has('no_info'),
  };
  return {
    kind: 'eval',
    line,
    query,
    isRange,
    ...times,
    at: hasRangeVector ? times.end : head.start,
    alsoAsRange: !hasRangeVector && single?.kind !== 'string',
    expectations,
    expected: single ?? { kind: 'series', series },
  };
}

function readExpect(
  text: string,
  line: number,
  expect: Record<'fail' | 'warn' | 'info', TextExpectation[]>,
  flags: Set<string>,
): void {
  const [, kind, form, value = ''] =
    /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(regex|msg):(.+))?$/.exec(text) ?? [];
  if (kind === undefined) throw new ScriptError(`unknown expectation: ${text}`, line);
  if (kind === 'fail' || kind === 'warn' || kind === 'info') {
    const wanted = value.trim();
    const message = form === 'msg' ? wanted : undefined;
    expect[kind].push({ message, pattern: form === 'regex' ? wanted : undefined });
    if (kind === 'fail' && expect.fail.length > 1) throw new ScriptError('expect fail stands twice', line);
  } else {
    flags.add(kind);
  }
}
