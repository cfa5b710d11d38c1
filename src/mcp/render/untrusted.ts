/**
 * Characters that a reader can't see or that change how others look: control characters, formatting
 * (bidirectional overrides, zero width), line and paragraph separators, lone surrogates, what Unicode has
 * no character for (private use, not assigned), the blank pattern of Braille, and whatever else Unicode says
 * is to be ignored (variation selectors, tags, fillers).
 */
const hidden = String.raw`\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\u2800\p{Default_Ignorable_Code_Point}`;
const hiddenCharacter = new RegExp(`[${hidden}]`, 'gu');
/**
 * Only a backslash that could be read as the start of an escape is doubled, so that `\d` and `\"` stay. What
 * looks like one of our fences is broken, though its mark is a guess.
 */
const fence = '<(?=/?[uU][nN][tT][rR][uU][sS][tT][eE][dD])';
const toEscape = new RegExp(`\\\\(?=[\\\\ntreu${hidden}]|${fence})|[${hidden}]|${fence}`, 'gu');

const shortEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  '\n': '\\n',
  '\t': '\\t',
  '\r': '\\r',
  '\u001b': '\\e',
};

/**
 * Text on one line in which nothing is hidden: `\n`, `\t`, `\r`, `\e` (ESC), `\u{hex}` for any other
 * hidden character and for the `<` of what looks like a fence, `\\` for a backslash that would otherwise
 * read as one of these. No two texts look the same.
 */
export function visible(text: string): string {
  return text.replace(
    toEscape,
    (character) => shortEscapes[character] ?? `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/**
 * Our own text (normalised filters, notes) on one line: as `visible`, but backslashes stay as they are, so that
 * what stands in it can be copied. A hidden character that has no short escape is `\x{hex}`, as RE2 reads it.
 */
export function withoutHidden(text: string): string {
  return text.replace(hiddenCharacter, (character) =>
    /[\n\t\r]/.test(character) ? visible(character) : `\\x{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );
}

/** JSON text with hidden characters as `\u` escapes. The JSON says the same: they stand in strings only. */
export function visibleInJson(json: string): string {
  return json.replace(hiddenCharacter, (character) =>
    Array.from(
      { length: character.length },
      (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, '0')}`,
    ).join(''),
  );
}

/**
 * The way of telemetry into an answer: every string that came from telemetry, or that a client sent and
 * is echoed, passes `admit`. It cuts what is too long and counts that. One is made for each layout of an
 * answer that is tried; all of an answer share `lengths`, so that a long text is measured once.
 */
export class Untrusted {
  /** Values that were cut. */
  cut = 0;
  readonly #lengths: Map<string, number>;

  constructor(lengths = new Map<string, number>()) {
    this.#lengths = lengths;
  }

  /**
   * Text of at most `limit` UTF-16 units and the mark of the cut. The middle goes, as beginnings say what
   * happened and ends say why (the last `Caused by` of a Java exception).
   */
  admit(text: string, limit: number): string {
    if (text.length <= limit) return text;
    this.cut++;
    const headLength = limit < 60 ? limit : Math.ceil((limit * 2) / 3);
    const head = text.slice(0, boundary(text, headLength));
    const tail = limit < 60 ? '' : text.slice(boundary(text, text.length - (limit - headLength)));
    const left = this.#length(text) - characters(head) - characters(tail);
    return `${head}…[+${left}]${tail && `…${tail}`}`;
  }

  /** `admit` of the beginning of a text of which `rest` more code points were not read: its end is not shown. */
  admitBeginning(text: string, rest: number, limit: number): string {
    if (rest === 0) return this.admit(text, limit);
    this.cut++;
    const head = text.slice(0, boundary(text, limit));
    return `${head}…[+${this.#length(text) - characters(head) + rest}]`;
  }

  /** `admit`, and made visible. */
  show(text: string, limit: number): string {
    return visible(this.admit(text, limit));
  }

  #length(text: string): number {
    const known = this.#lengths.get(text);
    if (known !== undefined) return known;
    const length = characters(text);
    this.#lengths.set(text, length);
    return length;
  }
}

/** The offset, or the one before where it would part a surrogate pair. */
export function boundary(text: string, offset: number): number {
  return isHigh(text.charCodeAt(offset - 1)) && isLow(text.charCodeAt(offset)) ? offset - 1 : offset;
}

/** Code points of the text: what `body_length` counts. */
function characters(text: string): number {
  let pairs = 0;
  for (let i = 1; i < text.length; i++) {
    if (isLow(text.charCodeAt(i)) && isHigh(text.charCodeAt(i - 1))) pairs++;
  }
  return text.length - pairs;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

/**
 * The lines between two fences that they can't forge: the mark is random, and another is drawn where the
 * text, or what stands `beside` it, holds it. `mark` gives a short word of letters and digits, a new one at
 * each call.
 */
export function fenced(
  lines: readonly string[],
  mark: () => string,
  beside: readonly string[] = [],
): string[] {
  const holds = (line: string): boolean => line.includes(word);
  let word = mark();
  for (let draws = 1; lines.some(holds) || beside.some(holds); draws++) {
    if (draws === 100) throw new Error('no mark that the text does not hold');
    word = mark();
  }
  return [`<untrusted-${word}>`, ...lines, `</untrusted-${word}>`];
}
