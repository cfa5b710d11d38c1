import { isLabelName, METRIC_NAME, valueReader } from '../labels.ts';
import { expandedLength, Pattern } from '../pattern.ts';
import { maxPatternLength } from '../token-stream.ts';
import { relabelled, type StepSeries } from './step-series.ts';

/** An error of a function's arguments, given its message. */
export type Fail = (message: string) => never;

/**
 * `label_replace`: where a label's value matches the whole pattern, sets another to the replacement, in
 * which `$1` and `${name}` stand for groups.
 */
export function labelReplace(
  series: readonly StepSeries[],
  [target = '', replacement = '', source = '', pattern = '']: readonly string[],
  fail: Fail,
): StepSeries[] {
  const compiled = compileAnchored(pattern, fail);
  if (!isLabelName(target)) fail(`invalid destination label name in label_replace(): ${target}`);
  const template = parseTemplate(replacement);
  const room = new Room(fail);
  const replacements = new Map<string, string | undefined>();
  const readSource = valueReader(source);
  return series.map((one) => {
    const value = readSource(one.labels);
    if (!replacements.has(value)) {
      const found = compiled.match(value);
      const expanded =
        found &&
        template((group) => {
          const index = /^(?:0|[1-9]\d*)$/.test(group) ? Number(group) : compiled.groups[group];
          return index === undefined || index > found.groupCount() ? '' : (found.group(index) ?? '');
        }, room);
      replacements.set(value, expanded);
    }
    const text = replacements.get(value);
    return text === undefined ? one : withLabel(one, target, text);
  });
}

/** `label_join`: sets a label to the values of others with a separator between them. */
export function labelJoin(
  series: readonly StepSeries[],
  [target = '', separator = '', ...sources]: readonly string[],
  fail: Fail,
): StepSeries[] {
  const wrong = sources.find((name) => !isLabelName(name));
  if (wrong !== undefined) fail(`invalid source label name in label_join(): ${wrong}`);
  if (!isLabelName(target)) fail(`invalid destination label name in label_join(): ${target}`);
  const room = new Room(fail);
  return series.map((one) => {
    const values = sources.map((name) => one.labels.get(name));
    room.take(values, separator.length);
    return withLabel(one, target, values.join(separator));
  });
}

/** What all label values that one call makes may have in characters: they can be made of one another. */
const mostCharacters = 50_000_000;

/** Counts characters before they are made. */
class Room {
  readonly #fail: Fail;
  #left = mostCharacters;

  constructor(fail: Fail) {
    this.#fail = fail;
  }

  take(texts: readonly string[], separator = 0): void {
    for (const { length } of texts) this.#left -= length + separator;
    if (this.#left >= 0) return;
    this.#fail(`the values of labels that are made here have more than ${mostCharacters} characters in all`);
  }
}

/** A name that is set is not to be dropped. */
function withLabel(series: StepSeries, name: string, value: string): StepSeries {
  const labelled = relabelled(series, series.labels.with(name, value));
  return name === METRIC_NAME ? { ...labelled, dropName: false } : labelled;
}

function compileAnchored(pattern: string, fail: Fail): Pattern {
  if (expandedLength(pattern) > maxPatternLength) {
    fail(
      `regular expression too large in label_replace(): at most ${maxPatternLength} characters, repeats multiplied out`,
    );
  }
  try {
    return new Pattern(pattern);
  } catch (error) {
    if (error instanceof SyntaxError)
      return fail(`invalid regular expression in label_replace(): ${pattern}`);
    throw error;
  }
}

/** A replacement text with `$name`, `${name}` and `$$`, as Go's regexp expands it. */
function parseTemplate(text: string): (group: (name: string) => string, room: Room) => string {
  const parts = text.split(/(\$\$|\$[\p{L}\p{Nd}_]+|\$\{[\p{L}\p{Nd}_]+\})/u);
  return (group, room) => {
    const texts = parts.map((part, i) => {
      if (i % 2 === 0) return part;
      return part === '$$' ? '$' : group(part.replace(/[${}]/g, ''));
    });
    room.take(texts);
    return texts.join('');
  };
}
