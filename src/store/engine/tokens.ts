/** A significant piece of a query: comments and white space are left out. */
export interface Token {
  readonly kind: 'word' | 'quoted' | 'other';
  /** As written; a word in upper case. */
  readonly text: string;
  /** UTF-16 offsets, `end` exclusive. */
  readonly start: number;
  readonly end: number;
  /** How many parentheses and brackets are open around it. */
  readonly depth: number;
}

const closingQuote: Readonly<Record<string, string>> = {
  "'": "'",
  '"': '"',
  '`': '`',
  '‘': '’',
  '“': '”',
};

const space = /\s/;
const word = /[A-Za-z_][A-Za-z0-9_$]*/y;
const heredoc = /\$[A-Za-z0-9_]*\$/y;

/**
 * Splits a query as ClickHouse's lexer does, as far as needed to tell words from text: quotes (escaped by
 * a backslash or doubled), heredocs, comments to the end of a line and in blocks. A quote or comment that
 * isn't closed runs to the end. Nothing is checked; that is the engine's task.
 */
export function* tokens(query: string): Generator<Token> {
  let depth = 0;
  let at = 0;
  while (at < query.length) {
    const start = at;
    const character = query.charAt(at);
    if (space.test(character)) {
      at += 1;
      continue;
    }
    const comment = endOfComment(query, at);
    if (comment !== undefined) {
      at = comment;
      continue;
    }
    const quote = closingQuote[character];
    if (quote !== undefined) {
      at = endOfQuoted(query, at + 1, quote);
      yield { kind: 'quoted', text: query.slice(start, at), start, end: at, depth };
      continue;
    }
    const opening = matchAt(heredoc, query, at);
    if (opening !== undefined) {
      const close = query.indexOf(opening, at + opening.length);
      at = close === -1 ? query.length : close + opening.length;
      yield { kind: 'quoted', text: query.slice(start, at), start, end: at, depth };
      continue;
    }
    const name = matchAt(word, query, at);
    at += name?.length ?? 1;
    if (character === ')' || character === ']') depth -= 1;
    yield {
      kind: name === undefined ? 'other' : 'word',
      text: name?.toUpperCase() ?? character,
      start,
      end: at,
      depth,
    };
    if (character === '(' || character === '[') depth += 1;
  }
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0];
}

function endOfComment(query: string, at: number): number | undefined {
  if (query.startsWith('/*', at)) return after(query, '*/', at + 2);
  const line = query.startsWith('--', at) || query.startsWith('# ', at) || query.startsWith('#!', at);
  return line ? after(query, '\n', at) : undefined;
}

function after(text: string, mark: string, from: number): number {
  const at = text.indexOf(mark, from);
  return at === -1 ? text.length : at + mark.length;
}

function endOfQuoted(query: string, from: number, quote: string): number {
  for (let at = from; at < query.length; at += 1) {
    const character = query.charAt(at);
    if (character === '\\' && quote.charCodeAt(0) < 128) {
      at += 1;
    } else if (character === quote) {
      if (query.charAt(at + 1) !== quote || quote.charCodeAt(0) >= 128) return at + 1;
      at += 1;
    }
  }
  return query.length;
}
