/** What stands for text that varies. */
export const wildcard = '<*>';

const day = '(?:Mon|Tues?|Wed(?:nes)?|Thu(?:rs)?|Fri|Sat(?:ur)?|Sun)(?:day)?';
const month =
  '(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)';
/** Dates with names of months: else all that has one would be new when the month changes. */
const date = String.raw`(?:${day},? )?(?:${month} {1,2}[0-9]{1,2}\b|[0-9]{1,2}[/ -]${month}[/ -][0-9]{2,4}[0-9:.]*)`;

/**
 * What is a value by its looks, in RE2's and JavaScript's common syntax: UUIDs; dates with names of months;
 * words that start with a digit (numbers with units, times, IPs, ids); hexadecimal ones of 8 digits or more;
 * letters with three digits behind them, or with digits in two places; and 32 characters of Base64.
 * `Travel2Controller` is none.
 */
export const valuePattern = String.raw`\b(?:[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|${date}|[0-9](?:[0-9A-Za-z_.:+-]*[0-9A-Za-z_])?|[a-fA-F][0-9a-fA-F]{7,}|[A-Za-z_]+[0-9]+[A-Za-z_]+[0-9][0-9A-Za-z_]*|[A-Za-z_]+[0-9]{3,}[0-9A-Za-z_]*|[0-9A-Za-z_+=-]{32,})`;

/** Characters of a body that its shape is made of: of its first line, if that is `shortestLine` long. */
export const shapeLength = 300;
export const shortestLine = 8;

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
const separator = /[\s"'`=,:;(){}[\]|&?/#@]+/g;

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
  return separators.map((text, i) => text + (words[i] ?? '')).join('');
}

/** The word holds text that varies. */
export const isValue = (word: string): boolean => word.includes(wildcard);
