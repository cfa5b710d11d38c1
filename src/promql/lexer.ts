const punctuation = [
  ...['==', '=~', '!=', '!~', '<=', '</', '>=', '>/'],
  ...['(', ')', '{', '}', '[', ']', ',', ':', '@', '=', '<', '>', '+', '-', '*', '/', '%', '^'],
] as const;

export type TokenKind =
  | (typeof punctuation)[number]
  | 'number'
  | 'duration'
  | 'string'
  | 'identifier'
  | 'end'
  | 'invalid';

/** A token with its place in the query. An invalid one is the last and says what is wrong with it. */
export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly problem?: string;
}

const blank = /[ \t\n\r]+|#[^\n\r]*/y;
const quoted = /"(?:[^"\\\n]|\\[^\n])*"|'(?:[^'\\\n]|\\[^\n])*'|`[^`]*`/y;
const name = /[A-Za-z_:][A-Za-z0-9_:]*/y;
const nameWithoutColon = /[A-Za-z_][A-Za-z0-9_]*/y;
const duration = /(?:\d+(?:ms|[smhdwy]))+(?![\w.])/y;
const number =
  /(?:0[xX]_?[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*|(?:\d+(?:_\d+)*\.?(?:\d+(?:_\d+)*)?|\.\d+(?:_\d+)*)(?:[eE][+-]?\d+(?:_\d+)*)?)(?![\w.])/y;
const numberLike = /[\w.]+/y;

/**
 * Cuts a query into tokens. The last one is `end`, or `invalid` where the text can't go on. Keywords are
 * identifiers: whether a word is one depends on where it stands.
 */
export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let inBraces = false;
  let inBrackets = false;
  let at = 0;

  const match = (form: RegExp): string | undefined => {
    form.lastIndex = at;
    return form.exec(text)?.[0];
  };
  const push = (kind: TokenKind, source: string, problem?: string): void => {
    const token = { kind, text: source, start: at, end: at + source.length };
    tokens.push(problem === undefined ? token : { ...token, problem });
    at += source.length;
  };

  for (;;) {
    const space = match(blank);
    if (space !== undefined) {
      at += space.length;
      continue;
    }
    if (at >= text.length) {
      push('end', '');
      return tokens;
    }

    const character = text.charAt(at);
    if (/^\.?[0-9]/.test(text.slice(at, at + 2))) {
      const time = match(duration);
      const digits = time === undefined ? match(number) : undefined;
      if (time !== undefined) push('duration', time);
      else if (digits !== undefined) push('number', digits);
      else {
        const source = match(numberLike) ?? character;
        const lower = /^[\d]+[A-Z]+$/.test(source) ? `; units are lower case: ${source.toLowerCase()}` : '';
        const forms = 'neither a number (5, 1.5e3, 0x1f) nor a duration (5m, 1h30m)';
        push('invalid', source, `${source} is ${forms}${lower}`);
        return tokens;
      }
      continue;
    }
    if (character === '"' || character === "'" || character === '`') {
      const source = match(quoted);
      if (source === undefined) {
        push('invalid', text.slice(at), `the closing ${character} of this string is missing`);
        return tokens;
      }
      push('string', source);
      continue;
    }
    const word = match(inBraces || inBrackets ? nameWithoutColon : name);
    if (word !== undefined) {
      push('identifier', word);
      continue;
    }
    const sign = punctuation.find((candidate) => text.startsWith(candidate, at));
    if (sign === undefined) {
      const source = String.fromCodePoint(text.codePointAt(at) ?? 0);
      push('invalid', source, strangeCharacter(source));
      return tokens;
    }
    if (sign === '{' || sign === '}') inBraces = sign === '{';
    if (sign === '[' || sign === ']') inBrackets = sign === '[';
    push(sign, sign);
  }
}

function strangeCharacter(character: string): string {
  const shown = /[\p{C}\p{Z}]/u.test(character)
    ? `the character U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
    : character;
  if (/[“”„‟‘’‚‛«»]/.test(character)) return `${shown} is no quotation mark of PromQL: use " or '`;
  if (/\p{Zs}/u.test(character)) return `${shown} can't stand here: use a plain space`;
  if (/\p{L}/u.test(character)) {
    return `${shown} can't stand in a name without quotes: {"größe", "länge"="5"}`;
  }
  if (character === '!') return "a lone ! can't stand here: PromQL has !=, !~ and unless";
  if (character === '&' || character === '|') return `${shown} can't stand here: PromQL has and, or, unless`;
  if (character === '~') return "a lone ~ can't stand here: regular expressions are matched with =~ and !~";
  return `${shown} can't stand here`;
}
