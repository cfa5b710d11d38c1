/** What stands for text that varies. */
export const wildcard = '<*>';

const day = '(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?';
const month =
  '(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)';
/** Dates with names of months: else all that has one would be new when the month changes. */
const date = String.raw`(?:${day},? )?(?:${month} {1,2}[0-9]{1,2}\b|[0-9]{1,2}[/ -]${month}[/ -][0-9]{2,4}[0-9:.]*)`;

/** Tokens of which the other masks would take the beginning, by which they are recognised, and leave the rest. */
const token = String.raw`[0-9A-Za-z_-]*eyJ[0-9A-Za-z_-]{10,}(?:\.[0-9A-Za-z_-]*){0,4}|AIza[0-9A-Za-z_-]+|whsec_[0-9A-Za-z_+/]+|[0-9A-Za-z_~.-]{3}[0-9]Q~[0-9A-Za-z_~.-]+`;

/**
 * What is a value by its looks, in RE2's and JavaScript's common syntax: UUIDs; dates with names of months;
 * words that start with a digit (numbers with units, times, IPs, ids); hexadecimal ones of 8 digits or more;
 * letters with three digits behind them, or with digits in two places; 32 characters of Base64; and some tokens.
 * `Travel2Controller` is none.
 */
export const valuePattern = String.raw`\b(?:${token}|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|${date}|[0-9](?:[0-9A-Za-z_.:+-]*[0-9A-Za-z_])?|[a-fA-F][0-9a-fA-F]{7,}|[A-Za-z_]+[0-9]+[A-Za-z_]+[0-9][0-9A-Za-z_]*|[A-Za-z_]+[0-9]{3,}[0-9A-Za-z_]*|[0-9A-Za-z_+-]{32,})`;

const quote = String.raw`\\{0,3}["']?`;
/** In front of a status: what access logs, logfmt and JSON have there. */
const ofStatus = [
  String.raw`\b(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS) [^ "]+ {1,2}`,
  String.raw`\bHTTP(?: status)?(?: code)?[:=]? `,
  `(?:[Ss]tatus|STATUS)(?:[ _.-]?[Cc]ode|_CODE)?${quote}(?: ?[=:] ?| (?:is |was |of )?)${quote}`,
  String.raw`(?:\b|(?:[Rr]esponse|resp|http)[ _.-]?)[Cc]ode${quote} ?[=:] ?${quote}`,
  '(?:[-=]>|→) ?',
  String.raw`\[GIN\] [^|]+\| {0,2}`,
].join('|');

/**
 * An HTTP status where access logs, logfmt and JSON have one, in RE2's and JavaScript's common syntax: its class is no
 * value, as a wave of 5xx is a change though all else is as ever. Behind a protocol it may be any; behind words that
 * others use, too, it is of those that exist, as exit codes of 128 and more are none.
 */
export const statusPattern = String.raw`(\bHTTP/[0-9.]{1,3}\\{0,3}"? {1,2})([1-5])[0-9]{2}\b|(${ofStatus})(?:(2)[0-2][0-9]|(3)[01][0-9]|([45])[0-9]{2})\b`;

/** What becomes of it, in RE2's syntax. Until the shape is read, `_` keeps it from being a value. */
export const statusClass = String.raw`\1\3<_\2\4\5\6xx>`;
const markedClass = /<_([1-5]xx)>/g;

/** Characters of a body that its shape is made of: of its first line, if that is `shortestLine` long. */
export const shapeLength = 300;
export const shortestLine = 8;

/** What stands at the end of a shape for the rest of the body: further lines, or what is behind `shapeLength`. */
export const rest = '…';

/**
 * What is kept of a text that was cut at `shapeLength`, in RE2's syntax: all up to the last character that is in no
 * password of a URL. What is left of a word could be the part of a secret by which nobody recognises it: of
 * `postgres://user:password@host` the part in front of the `@`. A text without blanks, quotes and slashes has no URL,
 * and is kept up to its last colon, which is in no password of `user:password@tcp(host)`.
 */
export const keptPattern = String.raw`(?s)^(?:.*[\s"'<>/?#\x{80}-\x{10FFFF}]|.*:|.*[,;|&=])`;

/** The words of a body whose values are masked, and what parts them. */
export interface Shape {
  readonly words: readonly string[];
  /** One more than words: in front of the first, between them, behind the last. */
  readonly separators: readonly string[];
}

const lists = /<\*>(?:[,;:/ ] ?<\*>)+/g;
/** `"sku-<*>","sku-<*>"`: the items of a list. */
const items = /(["']?[\w.-]{0,20}<\*>[\w.-]{0,20}["']?)(?:[,;] ?\1)+/g;
/** Base64 ends in up to two. */
const padding = /<\*>={1,2}(?=$|[\s"',;)\]}])/g;
/** A status and what stands for the rest of a body part words, too: texts that differ in them are never alike. */
const separator = /(?:[\s"'`=,:;(){}[\]|&?/#@…]|<_[1-5]xx>)+/g;

/** Takes masked text apart. Values in a row are one: how many there are varies, too. */
export function readShape(masked: string): Shape {
  const text = masked.replace(padding, wildcard).replace(lists, wildcard).replace(items, '$1');
  const words: string[] = [];
  const separators: string[] = [];
  let end = 0;
  let between = '';
  for (const { 0: found, index } of text.matchAll(separator)) {
    if (index > end) {
      words.push(text.slice(end, index));
      separators.push(between);
    }
    between = found;
    end = index + found.length;
  }
  if (end < text.length) {
    words.push(text.slice(end));
    separators.push(between);
    between = '';
  }
  separators.push(between);
  return { words, separators };
}

/** The text of a shape. */
export function shapeText({ words, separators }: Shape): string {
  const text = separators.map((between, i) => between + (words[i] ?? '')).join('');
  return text.replace(markedClass, '$1');
}

/** The word holds text that varies. */
export const isValue = (word: string): boolean => word.includes(wildcard);
