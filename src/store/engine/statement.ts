import { exceptions } from './exception.ts';
import { type Token, tokens } from './tokens.ts';

/** What a query is, as far as the interface has to know it to run it. */
export type Statement =
  /** SELECT: read in a stream. */
  | { readonly kind: 'select'; readonly text: string; readonly format?: string; readonly totals: boolean }
  /** SHOW, DESCRIBE, EXISTS, EXPLAIN, CHECK: read at once. */
  | { readonly kind: 'describe'; readonly text: string; readonly format?: string }
  /** INSERT with data: `head` is the statement up to the data's format, `data` what follows in the text. */
  | { readonly kind: 'insert'; readonly head: string; readonly format: string; readonly data: string }
  /** CREATE, ALTER, DROP, INSERT … SELECT and so on. */
  | { readonly kind: 'change'; readonly text: string; readonly verb: string }
  /** KILL QUERY, which must not wait for what it is to end. */
  | { readonly kind: 'kill'; readonly text: string };

const kindOfVerb: ReadonlyMap<string, 'select' | 'describe' | 'change' | 'kill'> = new Map([
  ...['SELECT', 'WITH', 'FROM', '('].map((verb) => [verb, 'select'] as const),
  ...['SHOW', 'DESCRIBE', 'DESC', 'EXISTS', 'EXPLAIN', 'CHECK'].map((verb) => [verb, 'describe'] as const),
  ...[
    'CREATE',
    'ALTER',
    'DROP',
    'TRUNCATE',
    'RENAME',
    'EXCHANGE',
    'OPTIMIZE',
    'SYSTEM',
    'DELETE',
    'UPDATE',
  ].map((verb) => [verb, 'change'] as const),
  ...['ATTACH', 'DETACH', 'UNDROP'].map((verb) => [verb, 'change'] as const),
  ['KILL', 'kill'],
]);

/**
 * Reads what kind of statement a query is. What the engine would do without regard to `readonly` is refused
 * here: more than one statement, INTO OUTFILE, FROM INFILE, the function `file`.
 *
 * @throws QueryException
 */
export function parseStatement(query: string): Statement {
  if (query.includes('\0')) throw exceptions.syntax('A query must not contain the character NUL');
  const stream = tokens(query);
  const first = stream.next();
  if (first.done || first.value.text === ';') throw exceptions.syntax('Empty query');
  const verb = first.value.text;
  if (verb === 'INSERT') return parseInsert(query, stream);
  const kind = kindOfVerb.get(verb);
  if (kind === undefined || first.value.kind === 'quoted') {
    throw exceptions.notImplemented(`The embedded engine takes no ${verb.slice(0, 40)} statements`);
  }
  const { end, format, totals } = scan(query, first.value, stream);
  const text = query.slice(0, end ?? query.length);
  if (kind === 'change') return { kind, text, verb };
  if (kind === 'kill') return { kind, text };
  const chosen = format === undefined ? {} : { format };
  return kind === 'select' ? { kind, text, ...chosen, totals } : { kind, text, ...chosen };
}

interface Scan {
  /** Where the statement ends, if a semicolon follows it. */
  readonly end?: number;
  readonly format?: string;
  readonly totals: boolean;
}

/** Goes through the rest of a statement, and refuses what no statement may hold. */
function scan(query: string, first: Token, rest: Iterable<Token>): Scan {
  let previous = first;
  let end: number | undefined;
  let totals = false;
  let format: Token | undefined;
  for (const token of rest) {
    if (end !== undefined) throw exceptions.syntax('Multi-statements are not allowed');
    if (token.text === ';') {
      end = token.start;
      continue;
    }
    refuseFiles(previous, token);
    if (token.kind === 'word' && token.text === 'TOTALS') totals = true;
    // FORMAT is a clause only where nothing but SETTINGS follows; elsewhere it may be a name.
    if (previous === format && token.text !== 'SETTINGS') format = undefined;
    if (
      previous.text === 'FORMAT' &&
      previous.kind === 'word' &&
      token.kind === 'word' &&
      token.depth === 0
    ) {
      format = token;
    }
    previous = token;
  }
  return {
    totals,
    ...(end === undefined ? {} : { end }),
    ...(format === undefined ? {} : { format: query.slice(format.start, format.end) }),
  };
}

function refuseFiles(previous: Token, token: Token): void {
  const pair = `${previous.text} ${token.text}`;
  if (pair === 'INTO OUTFILE' || pair === 'FROM INFILE') {
    throw exceptions.accessDenied(`${pair} is not allowed over the HTTP interface`);
  }
  if (token.text === '(' && /^[`"]?FILE[`"]?$/i.test(previous.text)) {
    throw exceptions.accessDenied('The function file is not allowed over the HTTP interface');
  }
}

/** Reads an INSERT, of which INSERT and nothing else is taken from the stream. */
function parseInsert(query: string, stream: Generator<Token>): Statement {
  let named = false;
  let previous: Token | undefined;
  for (const token of stream) {
    const { text, kind, depth } = token;
    if (previous !== undefined) refuseFiles(previous, token);
    if (depth === 0 && named && previous?.text !== '.') {
      if (text === 'VALUES' && kind === 'word') {
        return {
          kind: 'insert',
          head: query.slice(0, token.start),
          format: 'Values',
          data: query.slice(token.end),
        };
      }
      if (text === 'FORMAT' && kind === 'word') return dataOf(query, token, stream);
      if (text === ';') break;
    }
    const opensSelect = depth === 0 || (depth === 1 && previous?.text === '(');
    if ((text === 'SELECT' || text === 'WITH') && kind === 'word' && named && opensSelect) {
      const { end } = scan(query, token, stream);
      return { kind: 'change', text: query.slice(0, end ?? query.length), verb: 'INSERT' };
    }
    if (!named && kind === 'word' && text === 'FUNCTION') {
      throw exceptions.accessDenied('INSERT INTO FUNCTION is not allowed over the HTTP interface');
    }
    named ||= kind === 'quoted' || (kind === 'word' && text !== 'INTO' && text !== 'TABLE');
    previous = token;
  }
  throw exceptions.syntax('INSERT needs FORMAT and data, VALUES or SELECT');
}

function dataOf(query: string, keyword: Token, stream: Generator<Token>): Statement {
  const name = stream.next();
  if (name.done || name.value.kind !== 'word') throw exceptions.syntax('FORMAT needs the name of a format');
  return {
    kind: 'insert',
    head: query.slice(0, keyword.start),
    format: query.slice(name.value.start, name.value.end),
    data: query.slice(name.value.end),
  };
}
