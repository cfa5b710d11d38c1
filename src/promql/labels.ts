import { isWellFormed } from './string-literal.ts';

/** The label that holds a series' metric name. */
export const METRIC_NAME = '__name__';

/** Labels that describe the metric itself; an operation that makes another metric of it drops them. */
const METADATA_LABELS: ReadonlySet<string> = new Set([METRIC_NAME, '__type__', '__unit__']);

// No name or value can hold this and forge a boundary: UTF-8 has no lone surrogates, and string literals
// of queries use others for the bytes that are no UTF-8.
const SEPARATOR = '\uDFFF';

/**
 * Compares two strings as Prometheus does, by the bytes of their UTF-8 form. UTF-16 order is the same
 * but where a surrogate pair meets a character from U+E000 to U+FFFF.
 */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x === y) continue;
    if (x >= 0xd800 && y >= 0xd800) {
      const xIsPair = x <= 0xdfff;
      if (xIsPair !== y <= 0xdfff) return xIsPair ? 1 : -1;
    }
    return x - y;
  }
  return a.length - b.length;
}

/**
 * A set of labels: unique names in byte order, no empty values (an empty value is a missing label).
 * Immutable; two sets are equal when their `key` is.
 */
export class Labels {
  static readonly EMPTY: Labels = new this([]);

  /** Names and values in turn, sorted by name. */
  readonly pairs: readonly string[];
  #key: string | undefined;
  #json: string | undefined;
  #withoutMetadata: Labels | undefined;

  private constructor(pairs: readonly string[]) {
    this.pairs = pairs;
  }

  /** Takes names and values in turn that are already sorted, unique and without empty values. */
  static fromSorted(pairs: readonly string[]): Labels {
    return pairs.length === 0 ? Labels.EMPTY : new Labels(pairs);
  }

  /** Sorts, and leaves out empty values. A name that occurs twice keeps its last value. */
  static from(labels: Readonly<Record<string, string>> | Iterable<readonly [string, string]>): Labels {
    const entries = Symbol.iterator in labels ? new Map(labels) : new Map(Object.entries(labels));
    const kept = [...entries].filter(([, value]) => value !== '');
    return Labels.fromSorted(kept.sort(([a], [b]) => compareText(a, b)).flat());
  }

  /** How many labels there are. */
  get size(): number {
    return this.pairs.length / 2;
  }

  /** Identifies the set: equal for equal sets, and only for them. */
  get key(): string {
    this.#key ??= this.pairs.join(SEPARATOR);
    return this.#key;
  }

  /** As a JSON object, in their order. Remembered, as a source hands the same labels to many queries. */
  get json(): string {
    this.#json ??= this.#writeJson();
    return this.#json;
  }

  /** The metric's name, or the empty string. */
  get metricName(): string {
    return this.get(METRIC_NAME);
  }

  /** The value of a label, or the empty string. */
  get(name: string): string {
    const { pairs } = this;
    for (let i = 0; i < pairs.length; i += 2) {
      if (pairs[i] === name) return pairs[i + 1] ?? '';
    }
    return '';
  }

  /** Whether the label is there. */
  has(name: string): boolean {
    return this.get(name) !== '';
  }

  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    const { pairs } = this;
    for (let i = 0; i < pairs.length; i += 2) yield [pairs[i] ?? '', pairs[i + 1] ?? ''];
  }

  /** The labels as a plain object. */
  toObject(): Record<string, string> {
    return Object.fromEntries(this);
  }

  /** The labels whose name is among `names`. */
  keep(names: ReadonlySet<string>): Labels {
    return this.#filter((name) => names.has(name));
  }

  /** The labels whose name is not among `names`. */
  drop(names: ReadonlySet<string>): Labels {
    return this.#filter((name) => !names.has(name));
  }

  /** Without the metric's name, type and unit. */
  dropMetadata(): Labels {
    this.#withoutMetadata ??= this.#filter((name) => !METADATA_LABELS.has(name));
    return this.#withoutMetadata;
  }

  /** With one label set, or removed where the value is empty. */
  with(name: string, value: string): Labels {
    if (this.get(name) === value) return this;
    const pairs: string[] = [];
    let placed = value === '';
    for (const [existing, text] of this) {
      if (existing === name) continue;
      if (!placed && compareText(name, existing) < 0) {
        pairs.push(name, value);
        placed = true;
      }
      pairs.push(existing, text);
    }
    if (!placed) pairs.push(name, value);
    return Labels.fromSorted(pairs);
  }

  /**
   * A key of the labels whose name is among `names` (or, with `except`, is not): equal for two sets that
   * agree on those labels. Nothing else may be read from it.
   */
  keyOf(names: ReadonlySet<string>, except = false): string {
    const { pairs } = this;
    let key = '';
    for (let i = 0; i < pairs.length; i += 2) {
      if (names.has(pairs[i] ?? '') !== except) key += `${pairs[i]}${SEPARATOR}${pairs[i + 1]}${SEPARATOR}`;
    }
    return key;
  }

  /** Order of Prometheus' results: by the first name or value that differs. */
  compare(other: Labels): number {
    const a = this.pairs;
    const b = other.pairs;
    const length = Math.min(a.length, b.length);
    for (let i = 0; i < length; i++) {
      const order = compareText(a[i] ?? '', b[i] ?? '');
      if (order !== 0) return order;
    }
    return a.length - b.length;
  }

  /** As in an exposition: `name{label="value"}` without the braces' content where there is none. */
  toString(): string {
    const parts = [...this].map(([name, value]) => `${quoteName(name)}=${quote(value)}`);
    return `{${parts.join(', ')}}`;
  }

  #writeJson(): string {
    const { pairs } = this;
    const members: string[] = [];
    for (let i = 0; i < pairs.length; i += 2) {
      members.push(`${JSON.stringify(pairs[i])}:${JSON.stringify(pairs[i + 1])}`);
    }
    return ['{', members.join(','), '}'].join('');
  }

  #filter(accept: (name: string) => boolean): Labels {
    const { pairs } = this;
    const kept: string[] = [];
    for (let i = 0; i < pairs.length; i += 2) {
      const name = pairs[i] ?? '';
      if (accept(name)) kept.push(name, pairs[i + 1] ?? '');
    }
    return kept.length === pairs.length ? this : Labels.fromSorted(kept);
  }
}

/**
 * Reads the value of a label of many sets, or the empty string. Those of a metric mostly have the same names, so
 * the place where it was found last is tried first.
 */
export function valueReader(name: string): (labels: Labels) => string {
  let last = 0;
  return ({ pairs }) => {
    if (pairs[last] === name) return pairs[last + 1] ?? '';
    for (let i = 0; i < pairs.length; i += 2) {
      if (pairs[i] !== name) continue;
      last = i;
      return pairs[i + 1] ?? '';
    }
    return '';
  };
}

/** Whether a text can be a label's name: any but the empty one and those with bytes that are no UTF-8. */
export function isLabelName(text: string): boolean {
  return text !== '' && isWellFormed(text);
}

/** A text between double quotes, with quotes, backslashes and control characters escaped. */
export function quote(text: string): string {
  const escaped = text.replace(/["\\\n\t\r]/g, (character) => ESCAPES[character] ?? character);
  return `"${escaped}"`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
};

function quoteName(name: string): string {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : quote(name);
}
