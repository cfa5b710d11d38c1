const simpleEscapes: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
]);

const codedEscapes: readonly { readonly form: RegExp; readonly radix: number; readonly isByte: boolean }[] = [
  { form: /([0-7]{3})/y, radix: 8, isByte: true },
  { form: /x([0-9a-fA-F]{2})/y, radix: 16, isByte: true },
  { form: /u([0-9a-fA-F]{4})/y, radix: 16, isByte: false },
  { form: /U([0-9a-fA-F]{8})/y, radix: 16, isByte: false },
];

/** What is wrong in a string: the offsets are in the literal's text. */
export interface StringProblem {
  readonly problem: string;
  readonly start: number;
  readonly end: number;
}

/**
 * The text that a whole literal stands for, quotes included: '…' and "…" with Go's escapes, `…` raw.
 * Bytes (\xff, \377) that are no UTF-8 become lone surrogates, U+DC80 to U+DCFF, which no other text holds:
 * `isWellFormed` tells them.
 */
export function unquote(literal: string): string | StringProblem {
  const quote = literal.charAt(0);
  const body = literal.slice(1, -1);
  if (quote === '`' || !body.includes('\\')) return body;

  let result = '';
  let bytes: number[] = [];
  const flush = (): void => {
    if (bytes.length > 0) result += decode(Uint8Array.from(bytes));
    bytes = [];
  };

  for (let i = 1; i < literal.length - 1; ) {
    const character = literal.charAt(i);
    if (character !== '\\') {
      flush();
      result += character;
      i++;
      continue;
    }
    const letter = literal.charAt(i + 1);
    const simple = letter === quote ? quote : simpleEscapes.get(letter);
    if (simple !== undefined) {
      flush();
      result += simple;
      i += 2;
      continue;
    }
    const coded = readCoded(literal, i + 1);
    if (coded === undefined) {
      return {
        problem: `\\${letter} is no escape sequence here; for a backslash write \\\\, or put the text between backquotes`,
        start: i,
        end: i + 2,
      };
    }
    const { code, isByte, end } = coded;
    if (code > (isByte ? 0xff : 0x10ffff) || (!isByte && code >= 0xd800 && code <= 0xdfff)) {
      return { problem: `${literal.slice(i, end)} is no Unicode character`, start: i, end };
    }
    if (isByte) {
      bytes.push(code);
    } else {
      flush();
      result += String.fromCodePoint(code);
    }
    i = end;
  }
  flush();
  return result;
}

function decode(bytes: Uint8Array): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let text = '';
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i] ?? 0;
    const length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    try {
      text += decoder.decode(bytes.subarray(i, i + length));
      i += length;
    } catch {
      text += String.fromCharCode(0xdc00 + first);
      i++;
    }
  }
  return text;
}

/** Whether a text is valid Unicode: a literal with bytes that are no UTF-8 is not. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

function readCoded(
  literal: string,
  at: number,
): { readonly code: number; readonly isByte: boolean; readonly end: number } | undefined {
  for (const { form, radix, isByte } of codedEscapes) {
    form.lastIndex = at;
    const digits = form.exec(literal)?.[1];
    if (digits !== undefined) return { code: Number.parseInt(digits, radix), isByte, end: form.lastIndex };
  }
  return undefined;
}

const namedEscapes: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
};

/** A literal between double quotes that stands for the text. */
export function quoteString(text: string): string {
  // Prometheus refuses U+FFFD in a literal, as it can't tell it from broken UTF-8.
  const escaped = text.replace(/["\\\p{Cc}\p{Cs}\p{Zl}\p{Zp}\ufffd]/gu, (character) => {
    const code = character.charCodeAt(0);
    if (code >= 0xdc80 && code <= 0xdcff) return `\\x${(code - 0xdc00).toString(16)}`;
    return namedEscapes[character] ?? `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `"${escaped}"`;
}
