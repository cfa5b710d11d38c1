import { shortUnit, withShortUnits } from '../../spelled-units.ts';
import { attributeText } from '../print.ts';
import { addString, contentOf, stringPattern } from './masked-text.ts';

/** A piece of syntax that other languages have, and what it is here. Strings stand aside. */
export type Rewrite = (text: string, strings: string[]) => string;

const name = String.raw`@?[\p{L}_][\w.\-/]*|@${stringPattern}`;
/** A string, or a bare word. */
const value = String.raw`${stringPattern}|[^\s\uE000\uE001(),;|&!=<>~{}[\]]+`;
const operator = '=~|!~|!=|<>|<=|>=|==|=|<|>';
/** What may stand behind a field. */
const test = String.raw`(?:${operator}|(?:not\s+)?(?:in|like|ilike|between)\b|is\b)`;
const notAKeyword = String.raw`(?!(?:and|or|not|in|like|ilike|is|null|between)\b)`;
/** Where a condition begins. */
const begin = String.raw`(^|\(|\b(?:and|or|not)\b)\s*`;

type Replace = (groups: readonly string[], strings: string[]) => string;

/** `pattern` is written with %N for a name, %V for a value, %O for an operator and %T for a test. */
function rewrite(pattern: string, replacement: string | Replace): Rewrite {
  const source = pattern
    .replaceAll('%N', `(${notAKeyword}(?:${name}))`)
    .replaceAll('%V', `(${notAKeyword}(?:${value}))`)
    .replaceAll('%O', `(${operator})`)
    .replaceAll('%T', test)
    .replaceAll('%B', begin);
  const expression = new RegExp(source, 'giu');
  return (text, strings) =>
    typeof replacement === 'string'
      ? text.replace(expression, replacement)
      : text.replace(expression, (...found: unknown[]) => {
          const groups = found.slice(1, -2).map((group) => (typeof group === 'string' ? group : ''));
          return replacement(groups, strings);
        });
}

/** Fields whose values are searched in, not compared as a whole. */
const isText = (field: string): boolean => /^(?:body|message|log|msg|text|content)$/i.test(field);

const like = (
  field: string,
  before: string,
  found: string,
  after: string,
  strings: string[],
  negated = false,
) =>
  `${field} ${negated ? 'NOT ' : ''}LIKE ${addString(`${before}${contentOf(found, strings)}${after}`, strings)}`;

/** `field:value` of Lucene, KQL and Datadog. */
function colonCondition(field: string, found: string, negated: boolean, strings: string[]): string {
  const content = contentOf(found, strings);
  if (content === '*') return `${field} IS ${negated ? '' : 'NOT '}NULL`;
  if (isText(field)) return like(field, '%', content.replaceAll(/^\*|\*$/g, ''), '%', strings, negated);
  if (found.includes('*')) return like(field, '', content.replaceAll('*', '%'), '', strings, negated);
  return `${field} ${negated ? '!=' : '='} ${addString(content, strings)}`;
}

const items = (list: string): string =>
  list
    .split(/\s*,\s*|\s+or\s+|\s+/i)
    .filter((item) => item !== '')
    .join(', ');

const flipped: Readonly<Record<string, string>> = { '<': '>', '<=': '>=', '>': '<', '>=': '<=' };
const flip = (found: string): string => flipped[found] ?? found;

const wordOperators: Readonly<Record<string, string>> = {
  eq: '=',
  equals: '=',
  equal: '=',
  ne: '!=',
  neq: '!=',
  gt: '>',
  gte: '>=',
  ge: '>=',
  lt: '<',
  lte: '<=',
  le: '<=',
};

/** In the order in which they are tried; each sees what those before it left. */
export const rewrites: readonly Rewrite[] = [
  // Operators of programming languages.
  rewrite('===', '='),
  rewrite('!==', '!='),
  rewrite(String.raw`\s*&&?\s*`, ' AND '),
  rewrite(String.raw`\s*\|\|?\s*`, ' OR '),
  rewrite(String.raw`!(?![=~])\s*`, 'NOT '),

  // Names in quotes and brackets.
  rewrite(
    String.raw`\b(?:(?:resource|span|scope|log)\.)?(?:attributes|resource|\w+Attributes|labels)\s*\[\s*(${stringPattern})\s*\]`,
    ([found = ''], strings) => attributeText(contentOf(found, strings)),
  ),
  rewrite(String.raw`%B\[(\w+)\]`, '$1 $2'),
  rewrite(String.raw`%B(${stringPattern})(?=\s*%T)`, ([before = '', found = ''], strings) => {
    const content = contentOf(found, strings);
    return `${before} ${/^@?[\p{L}_][\w.]*$/u.test(content) ? content : attributeText(content.replace(/^@/, ''))}`;
  }),

  // Times.
  rewrite(String.raw`\bnow\s*\(\s*\)`, 'now'),
  rewrite(
    String.raw`\bnow\s*-\s*(?:interval\s*)?(?:(${stringPattern})|(\d+)\s*)\s*([a-z]*)`,
    ([quoted = '', bare = '', word = ''], strings) => {
      const [, number = bare, unit = word] = /^(\d+)\s*([a-z]*)/i.exec(contentOf(quoted, strings)) ?? [];
      return `now-${number}${shortUnit(unit)}`;
    },
  ),

  // Functions.
  rewrite(
    String.raw`\b(?:lower|upper|tolower|toupper)\s*\(\s*%N\s*\)\s*(=|!=|(?:not\s+)?like)`,
    ([field = '', found = '']) => `${field} ${/^(?:!=|not)/i.test(found) ? 'NOT ' : ''}ILIKE`,
  ),
  rewrite(
    String.raw`\b(?:contains|includes|has|position|instr|strpos|like)\s*\(\s*%N\s*,\s*%V\s*\)(?:\s*(?:>|>=|!=)\s*-?\d+)?`,
    ([field = '', found = ''], strings) => like(field, '%', found, '%', strings),
  ),
  rewrite(String.raw`\b(?:length|len|char_length)\s*\(\s*(?:body|message|log)\s*\)`, 'body_length'),
  rewrite(String.raw`\bexists\s*\(\s*%N\s*\)`, '$1 IS NOT NULL'),

  // `field:value`.
  rewrite(String.raw`\b_exists_\s*:\s*%N`, '$1 IS NOT NULL'),
  rewrite(
    String.raw`(-?)%N\s*:\s*[[{]\s*%V\s+to\s+%V\s*[\]}]`,
    ([minus, field, low, high]) => `${field} ${minus === '-' ? 'NOT ' : ''}BETWEEN ${low} AND ${high}`,
  ),
  rewrite(
    String.raw`(-?)%N\s*:\s*\(([^()]*)\)`,
    ([minus, field, list = '']) => `${field} ${minus === '-' ? 'NOT ' : ''}IN (${items(list)})`,
  ),
  rewrite(String.raw`%N\s*:\s*(>=|<=|>|<|=)\s*%V`, '$1 $2 $3'),
  rewrite(
    String.raw`(?<![=<>~]\s*)(?<![\w:.])(-?)%N\s*:\s*%V`,
    ([minus = '', field = '', found = ''], strings) => colonCondition(field, found, minus === '-', strings),
  ),

  // Lists and ranges.
  rewrite(String.raw`\bin\s*[[{]([^\]}]*)[\]}]`, ([list = '']) => `IN (${items(list)})`),
  rewrite(String.raw`\bin\s+%V\s*\.\.\s*%V`, 'BETWEEN $1 AND $2'),
  rewrite(String.raw`\bin\s+(\d[\w.]*?)\.\.(\d\w*)`, 'BETWEEN $1 AND $2'),
  rewrite(String.raw`\bin\s*\(([^()]+)\)`, ([list = '']) => `IN (${items(list)})`),
  rewrite(String.raw`\bin\s+(?!\()((?:${value})(?:\s*,\s*(?:${value}))*)`, 'IN ($1)'),
  rewrite(
    String.raw`(?<![!<>])==?\s*(?:any\s*)?[([]([^()[\]]+)[)\]]`,
    ([list = '']) => ` IN (${items(list)})`,
  ),
  rewrite(String.raw`\bbetween\s*\(?\s*%V\s*(?:,|\bto\b)\s*%V\s*\)?`, 'BETWEEN $1 AND $2'),

  // Words for operators.
  rewrite(
    String.raw`%N\s+(?:does\s+not|doesn't|not)\s+(?:contains?|includes?)\s+%V`,
    ([field = '', found = ''], strings) => like(field, '%', found, '%', strings, true),
  ),
  rewrite(String.raw`%N\s+(?:contains?|includes?|has)\s+%V`, ([field = '', found = ''], strings) =>
    like(field, '%', found, '%', strings),
  ),
  rewrite(String.raw`%N\s+starts?\s*_?with\s+%V`, ([field = '', found = ''], strings) =>
    like(field, '', found, '%', strings),
  ),
  rewrite(String.raw`%N\s+ends?\s*_?with\s+%V`, ([field = '', found = ''], strings) =>
    like(field, '%', found, '', strings),
  ),
  rewrite(
    String.raw`%N\s*(!?)~\*\s*%V`,
    ([field, not = '', found = ''], strings) =>
      `${field} ${not === '' ? '=~' : '!~'} ${addString(`(?i)${contentOf(found, strings)}`, strings)}`,
  ),
  rewrite(String.raw`%N\s*(?:(?<![=!])~|\b(?:matches|match|regexp?|rlike)\b)\s*%V`, '$1 =~ $2'),
  rewrite(
    String.raw`%N\s+(${Object.keys(wordOperators).join('|')})\s+(?:to\s+)?%V`,
    ([field, word = '', found]) => `${field} ${wordOperators[word.toLowerCase()]} ${found}`,
  ),
  rewrite(String.raw`%N\s+not\s+exists\b`, '$1 IS NULL'),
  rewrite(String.raw`%N\s+exists\b`, '$1 IS NOT NULL'),
  rewrite(String.raw`%N\s+is\s+not\s+%V`, '$1 != $2'),
  rewrite(String.raw`%N\s+is\s+%V`, '$1 = $2'),
  rewrite(String.raw`%N\s+not\s+%V`, '$1 != $2'),
  rewrite(String.raw`(?:!=|<>)\s*null\b`, 'IS NOT NULL'),
  rewrite(String.raw`(?<![!<>])==?\s*null\b`, 'IS NULL'),

  // Numbers.
  rewrite(String.raw`(?<=[=<>]\s*)(\d{1,3}(?:,\d{3})+)(?![\d,])`, ([number = '']) =>
    number.replaceAll(',', ''),
  ),
  (text) => withShortUnits(text),
  rewrite(
    String.raw`(?<![\w.])(\d[\w.]*)\s*(<=?|>=?)\s*%N\s*(<=?|>=?)\s*%V`,
    ([low, first = '', field, second, high]) =>
      `${field} ${flip(first)} ${low} AND ${field} ${second} ${high}`,
  ),
  rewrite(
    String.raw`%B(\d[\w.]*)\s*%O\s*%N`,
    ([before, found, compared = '', field]) => `${before} ${field} ${flip(compared)} ${found}`,
  ),

  // What stands between conditions.
  rewrite(String.raw`,\s*(?=(?:not\s+)?%N\s*%T)`, ' AND '),
  rewrite(String.raw`((?:%O|like)\s*%V|\)|\bnull)\s+(?=(?:not\s+)?%N\s*%T)`, '$1 AND '),
  rewrite(
    String.raw`%N\s*==?\s*%V((?:\s+or\s+%V(?![^\s)])(?!\s*%T))+)`,
    ([field, first, others = '']) => `${field} IN (${items(`${first}${others}`)})`,
  ),
  rewrite(String.raw`(!=|==?)\s*%V((?:\s+%V)+)(?=\s*(?:$|\)|\band\b|\bor\b))`, (groups, strings) => {
    const [compared, first, others] = groups;
    return `${compared} ${addString(`${first}${others}`, strings)}`;
  }),
  rewrite(String.raw`^\s*(?:and|or)\b|\b(?:and|or|not)\s*$`, ''),
];
