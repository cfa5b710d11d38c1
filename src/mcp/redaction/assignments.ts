import { looksRandom, type SecretKind } from './token-patterns.ts';

/** A part of a text, UTF-16 offsets, `end` exclusive. */
export interface SecretSpan {
  readonly start: number;
  readonly end: number;
  readonly kind: SecretKind;
}

const passwordWord = 'pass(?:word|wd|phrase|wort)|pwd|passcode';
const secretWord =
  'secret|token|(?:api|access|account|auth|private|secret|signing|encryption|master|license|consumer|function|subscription)[_-]?key|apikey|session[_-]?id|jsessionid|phpsessid|signature|credentials?';

/** `--password hunter2`, `password=`, `"passwd": `, `userPassword: `, `\"client_secret\":`, `api_key => `. */
const assignment = new RegExp(
  String.raw`(?:(${passwordWord}|(?<![a-z])pass)|(${secretWord}))(?:((?:\\{0,8}["']){1,8})?\s{0,4}(:{1,2}=?|={1,2}>?)|(?=\s{1,4}["']))\s{0,4}`,
  'gi',
);
const flag = new RegExp(
  String.raw`--[a-z-]{0,30}?(?:(${passwordWord})|(${secretWord}))\s{1,4}(?=[^\s-])`,
  'gi',
);

/** A value that says that there is none, or what would stand there. */
const placeholder =
  /^(?:[[(]?(?:null|nil|none|undefined|true|false|empty|yes|no|redacted|filtered|masked|hidden|protected)[\])]?|\[redacted:.*|\*+|x{3,}|\?+|-+|<.*|\$[({].*|\$[A-Z_]+|%[a-z]|\{\{.*|[[({]+)$/i;

const longestJudged = 256;
const longestQuoted = 4096;

/**
 * Values that a name in front of them calls a secret: in `key=value`, JSON (escaped, too), YAML, command
 * lines. A password may be any text; a token or key has to look like one, as "token: expired" has none.
 */
export function assignedSecrets(text: string): SecretSpan[] {
  const spans: SecretSpan[] = [];
  for (const form of [assignment, flag]) {
    if (text.search(form) < 0) continue;
    const pattern = new RegExp(form);
    for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
      const kind = match[1] !== undefined ? 'password' : kindOf(match[2] ?? '');
      const separator = form === flag ? '=' : (match[4] ?? ' ');
      const value = valueAt(text, pattern.lastIndex, {
        kind,
        separator,
        name: match[1] ?? '',
        keyQuote: match[3],
      });
      if (value === undefined) continue;
      spans.push({ ...value, kind });
      pattern.lastIndex = value.end;
    }
  }
  return spans;
}

/** What the value of a column, label or attribute of this name is, if it is a secret. */
export function kindOfName(name: string): SecretKind | undefined {
  const found = sensitiveName.exec(name);
  if (found === null) return undefined;
  const [, password, secret, header] = found;
  if (password !== undefined) return 'password';
  return header?.toLowerCase() === 'cookie'
    ? 'cookie'
    : header === undefined
      ? kindOf(secret ?? '')
      : 'bearer_token';
}

const sensitiveName = new RegExp(`(?:(${passwordWord})|(${secretWord})|(authorization|cookie))["']?$`, 'i');

/** Whether a value of such a name is one. */
export function isSecretValue(value: string, kind: SecretKind): boolean {
  if (value === '' || placeholder.test(value.slice(0, longestJudged))) return false;
  return kind === 'secret' || kind === 'token' ? looksRandom(value) : true;
}

const kindOf = (word: string): SecretKind => (/token|session|sessid/i.test(word) ? 'token' : 'secret');

interface Assigned {
  readonly kind: SecretKind;
  readonly separator: string;
  readonly name: string;
  readonly keyQuote: string | undefined;
}

const unquoted = '[^\\s"\'`,;&)}\\]\\\\]';

function valueAt(
  text: string,
  start: number,
  { kind, separator, name, keyQuote }: Assigned,
): { start: number; end: number } | undefined {
  const quote = quoteAt(text, start);
  if (quote !== undefined) {
    const from = start + quote.length;
    const end = endOfQuoted(text, from, quote);
    return isSecretValue(text.slice(from, end), kind) && !isPath(name, text, from)
      ? { start: from, end }
      : undefined;
  }
  const judged = (runAt(text, start, longestJudged) ?? '').replace(/[.:]$/, '');
  if (judged === '' || !isSecretValue(judged, kind) || isPath(name, text, start)) return undefined;
  if (kind !== 'password' && /^[a-z0-9.-]+\/[a-z0-9.-]+$/.test(judged)) return undefined;
  if (name.toLowerCase() === 'pass' && /^\d+$/.test(judged)) return undefined;
  const end =
    judged.length < longestJudged ? start + judged.length : start + (runAt(text, start)?.length ?? 0);
  const isProse = separator.startsWith(':') && keyQuote === undefined && kind === 'password';
  return isProse && !isLoneValue(text, judged, end) ? undefined : { start, end };
}

/** The run of characters of an unquoted value at the offset, at most `most` of them. */
function runAt(text: string, start: number, most?: number): string | undefined {
  const run = new RegExp(`${unquoted}{1,${most ?? ''}}`, 'y');
  run.lastIndex = start;
  return run.exec(text)?.[0];
}

/**
 * The quote at the offset: with backslashes in JSON within JSON, doubled in CSV and where a filter of ours
 * quotes a quoted text, and both where an error quotes that filter.
 */
function quoteAt(text: string, start: number): string | undefined {
  return /^(?:\\{0,8}["']){1,8}(?=[^\s"'\\,;:)}\]&])|^\\{0,8}["']/.exec(text.slice(start, start + 73))?.[0];
}

/** Where a quoted value ends: at the same quote, not escaped once more; at the end of the line else. */
function endOfQuoted(text: string, from: number, quote: string): number {
  const last = Math.min(text.length, from + longestQuoted);
  let backslashes = 0;
  for (let i = from; i < last; i++) {
    const character = text.charAt(i);
    if (character === '\n' || character === '\r') return i;
    const isEscaped = quote.length === 1 ? backslashes % 2 === 1 : backslashes > 0;
    if (!isEscaped && text.startsWith(quote, i)) return i;
    backslashes = character === '\\' ? backslashes + 1 : 0;
  }
  return last + (runAt(text, last)?.length ?? 0);
}

/** `PWD=/home/user` is where a process runs. */
const isPath = (name: string, text: string, start: number): boolean =>
  name.toLowerCase() === 'pwd' && text.startsWith('/', start);

/** "password: hunter2" tells one, "password: must not be empty" and "password: required" don't. */
function isLoneValue(text: string, value: string, end: number): boolean {
  if (/\d|[^\w-]/.test(value) || /[a-z][A-Z]/.test(value)) return true;
  return !/^[ \t]+[\w(]/.test(text.slice(end, end + 20)) && !prose.test(value);
}

const prose =
  /^(?:is|was|must|should|required|invalid|incorrect|wrong|missing|expired|changed|reset|failed|failure|error|ok|too|not|cannot|can|does|has|field|mismatch|authentication|the|a|an|for|and|or)$/i;
