import { stringText } from '../print.ts';

/** How a string is named while it stands aside: a character of the private use area on either side. */
const opening = '\uE000';
const closing = '\uE001';

/** A string that stands aside. */
export const stringPattern = `${opening}\\d+${closing}`;

/** The text of a filter in which strings stand aside, so that what is in them is not rewritten. */
export interface MaskedText {
  readonly text: string;
  /** The contents of the strings, by their numbers. */
  readonly strings: string[];
}

/** Undefined where the text holds the characters that strings are named with. */
export function maskStrings(source: string): MaskedText | undefined {
  if (source.includes(opening) || source.includes(closing)) return undefined;
  const strings: string[] = [];
  // A quote that is not closed ends with the text.
  const text = source.replaceAll(
    /"((?:[^"\\]|\\.|"")*)(?:"|$)|'((?:[^'\\]|\\.|'')*)(?:'|$)|`([^`]*)(?:`|$)/gs,
    (found: string, double?: string, single?: string, back?: string) => {
      const isOpen = found.length < 2 || found.at(-1) !== found[0];
      const content = double?.replaceAll('""', '"') ?? single?.replaceAll("''", "'") ?? back ?? '';
      const unescaped = content.replaceAll(/\\(["'\\])/g, '$1');
      strings.push(isOpen ? unescaped.replace(/["'’”]$/, '') : unescaped);
      return nameOf(strings.length - 1);
    },
  );
  return { text, strings };
}

/** Puts the strings back, in single quotes. */
export function unmaskStrings({ text, strings }: MaskedText): string {
  return text.replaceAll(new RegExp(stringPattern, 'g'), (name) => stringText(contentOf(name, strings)));
}

/** What a value says: the content of a string, or a bare word as it is. */
export function contentOf(value: string, strings: readonly string[]): string {
  if (!value.startsWith(opening)) return value;
  return strings[Number(value.slice(1, -1))] ?? '';
}

/** A new string, aside. */
export function addString(content: string, strings: string[]): string {
  strings.push(content);
  return nameOf(strings.length - 1);
}

const nameOf = (index: number): string => `${opening}${index}${closing}`;
