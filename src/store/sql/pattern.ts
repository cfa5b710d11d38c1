import type { LikePart } from '../../telemetry/filter/ast.ts';
import { join, type Sql, sql } from './sql.ts';

/**
 * LIKE as a condition: the whole text matches the parts, and a missing value ('') never does.
 *
 * @param ignoreCase Unicode case folding, as RE2's `(?i)`
 */
export function likeCondition(text: Sql, parts: readonly LikePart[], ignoreCase: boolean): Sql {
  if (parts.length === 0) return sql`0`;
  const folds = ignoreCase && literalsOf(parts).some((literal) => /[A-Za-z]|[^\0-\x7f]/.test(literal));
  const fast = folds ? foldingForm(text, parts) : exactForm(text, parts);
  return fast ?? regexpForm(text, parts, folds);
}

/** The LIKE parts of an RE2 pattern that is nothing but literal text; undefined for any other. */
export function literalParts(pattern: string): readonly LikePart[] | undefined {
  if (/[\\.+*?()|[\]{}^$]/.test(pattern)) return undefined;
  return pattern === '' ? ['%'] : ['%', { literal: pattern }, '%'];
}

/**
 * An RE2 pattern, unanchored, as a condition; `.` matches a newline, and a missing value ('') never matches.
 */
export function matchCondition(text: Sql, pattern: string, ignoreCase: boolean): Sql {
  return sql`(${text} != '' AND ${regexp(text, pattern, ignoreCase)})`;
}

/** Words that an index is asked for; more make it no faster. */
const mostWords = 4;

/**
 * Words, in lower case, that every text has which matches the parts: runs of ASCII letters and digits
 * that end inside the pattern, or with it. Next to a wildcard a word may go on in the text; next to a
 * non-ASCII character it does, as ClickHouse's splitByNonAlpha sees it.
 *
 * @param ignoreCase then words with K and S are left out: in Unicode those fold with U+212A and U+017F
 */
export function wholeWords(parts: readonly LikePart[], ignoreCase: boolean): string[] {
  const words = parts.flatMap((part, i) => {
    if (typeof part === 'string') return [];
    const before = i === 0 ? ' ' : 'x';
    const after = i === parts.length - 1 ? ' ' : 'x';
    // The stand-ins for what surrounds the literal end a word, or do not.
    const padded = `${before}${part.literal}${after}`;
    return [...padded.matchAll(/(?<![A-Za-z0-9]|[^\0-\x7f])[A-Za-z0-9]{2,}(?![A-Za-z0-9]|[^\0-\x7f])/g)]
      .filter(({ 0: word, index }) => index > 0 && index + word.length < padded.length)
      .map(([word]) => word);
  });
  const usable = words.filter((word) => !ignoreCase || !/[ks]/i.test(word)).map((word) => word.toLowerCase());
  return [...new Set(usable)].sort((a, b) => b.length - a.length).slice(0, mostWords);
}

const literalsOf = (parts: readonly LikePart[]): string[] =>
  parts.flatMap((part) => (typeof part === 'string' ? [] : [part.literal]));

const shapeOf = (parts: readonly LikePart[]): string =>
  parts.map((part) => (typeof part === 'string' ? part : 'text')).join(' ');

function exactForm(text: Sql, parts: readonly LikePart[]): Sql | undefined {
  const [first = '', last = ''] = literalsOf(parts);
  switch (shapeOf(parts)) {
    case '%':
      return sql`${text} != ''`;
    case 'text':
      return sql`${text} = ${first}`;
    case 'text %':
      return sql`startsWith(${text}, ${first})`;
    case '% text':
      return sql`endsWith(${text}, ${first})`;
    case '% text %':
      return sql`position(${text}, ${first}) > 0`;
    case 'text % text': {
      const bytes = new TextEncoder().encode(first + last).length;
      return sql`(startsWith(${text}, ${first}) AND endsWith(${text}, ${last}) AND length(${text}) >= ${bytes})`;
    }
    default:
      return undefined;
  }
}

/** ASCII letters but K and S fold with one another only, so ClickHouse's ASCII search finds the same. */
function foldingForm(text: Sql, parts: readonly LikePart[]): Sql | undefined {
  const [literal = ''] = literalsOf(parts);
  return shapeOf(parts) === '% text %' && /^[\0-\x7f]*$/.test(literal) && !/[ks]/i.test(literal)
    ? sql`positionCaseInsensitive(${text}, ${literal}) > 0`
    : undefined;
}

function regexpForm(text: Sql, parts: readonly LikePart[], folds: boolean): Sql {
  const pattern = parts.map((part) => {
    if (part === '%') return '.*';
    return part === '_' ? '.' : part.literal.replaceAll(/[\\.+*?()|[\]{}^$]/g, '\\$&');
  });
  const condition = regexp(text, `^${pattern.join('')}$`, folds);
  const longest = literalsOf(parts).reduce((a, b) => (b.length > a.length ? b : a), '');
  if (folds || longest.length < 3) return condition;
  return sql`(${join([sql`position(${text}, ${longest}) > 0`, condition], ' AND ')})`;
}

/**
 * `match` with the flags in front. ClickHouse looks for text that a pattern requires before it asks RE2,
 * and gets it wrong for some patterns (a quantifier behind a non-ASCII character, `[]a]`); naming the
 * flag `i`, be it negated, turns that off.
 */
function regexp(text: Sql, pattern: string, ignoreCase: boolean): Sql {
  return sql`match(${text}, ${`${ignoreCase ? '(?is)' : '(?s-i)'}${pattern}`})`;
}
