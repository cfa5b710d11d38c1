import { wildcard } from '../../telemetry/log-pattern/shape.ts';
import { assignedSecrets, type SecretSpan } from './assignments.ts';
import { tokenPatterns } from './token-patterns.ts';

/**
 * The secrets in a text that can be recognised, in order, none overlapping another. Takes time in proportion
 * to the length of the text, whatever it is. In patterns of logs, `<*>` stands for a part of a secret as well as
 * for any other value.
 */
export function findSecrets(text: string): SecretSpan[] {
  if (text.length < shortest) return [];
  return text.includes(wildcard) ? aroundWildcards(text) : secretsIn(text);
}

/** For what varies: random as a part of a token, and long enough for the whole one. */
const standIn = 'q7Xv2Lk9Zt4Rm8Wc3Hn6Bp5D';

/** Those that show more than that they are one: `password=<*>` says nothing. */
function aroundWildcards(text: string): SecretSpan[] {
  const parts = text.split(wildcard);
  let part = 0;
  // Where the part begins, in the text with stand-ins and in the text. Spans come in order, so both only rise.
  let there = 0;
  let here = 0;
  /** The offset in the text; of one within a stand-in that of the wildcard's end that is asked for. */
  const placeOf = (offset: number, side: 'start' | 'end'): number => {
    let length = parts[part]?.length ?? 0;
    while (part + 1 < parts.length && offset >= there + length + standIn.length) {
      there += length + standIn.length;
      here += length + wildcard.length;
      length = parts[++part]?.length ?? 0;
    }
    if (offset <= there + length) return here + offset - there;
    return here + length + (side === 'end' ? wildcard.length : 0);
  };
  return secretsIn(parts.join(standIn))
    .map(({ start, end, kind }) => ({ start: placeOf(start, 'start'), end: placeOf(end, 'end'), kind }))
    .filter(({ start, end }) => text.slice(start, end).replaceAll(wildcard, '') !== '');
}

function secretsIn(text: string): SecretSpan[] {
  const found = [...privateKeys(text), ...tokens(text), ...assignedSecrets(text)];
  return found.length === 0 ? found : merged(found);
}

/** `pwd=x` */
const shortest = 5;

/** Those that overlap become one, of the kind that was found first. */
function merged(found: readonly SecretSpan[]): SecretSpan[] {
  const spans: SecretSpan[] = [];
  const rank = new Map(found.map((span, i) => [span, i]));
  const ordered = [...found].sort((a, b) => a.start - b.start || (rank.get(a) ?? 0) - (rank.get(b) ?? 0));
  let ranked = 0;
  for (const span of ordered) {
    const last = spans.at(-1);
    const at = rank.get(span) ?? 0;
    if (last === undefined || span.start >= last.end) {
      spans.push(span);
      ranked = at;
      continue;
    }
    const kind = at < ranked ? span.kind : last.kind;
    ranked = Math.min(ranked, at);
    spans[spans.length - 1] = { start: last.start, end: Math.max(last.end, span.end), kind };
  }
  return spans;
}

function tokens(text: string): SecretSpan[] {
  const spans: SecretSpan[] = [];
  for (const { kind, pattern, isSecret } of tokenPatterns) {
    // Most texts hold none, and to look is quicker than to walk over nothing.
    if (text.search(pattern) < 0) continue;
    for (const match of text.matchAll(pattern)) {
      const secret = match[1] ?? match[0];
      const end = match.index + match[0].length;
      const isCut = end === text.length || text.charAt(end) === '…';
      if (isSecret === undefined || isSecret(secret, isCut))
        spans.push({ start: end - secret.length, end, kind });
    }
  }
  return spans;
}

/** PEM, on many lines or with their ends escaped; one that does not end takes the rest of the text. */
function privateKeys(text: string): SecretSpan[] {
  const spans: SecretSpan[] = [];
  const begin = /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g;
  for (let match = begin.exec(text); match !== null; match = begin.exec(text)) {
    const closing = text.indexOf('-----END ', begin.lastIndex);
    const afterName = closing < 0 ? -1 : text.indexOf('-----', closing + 9);
    const isClosed = afterName >= 0 && afterName < closing + 80;
    const end = isClosed ? afterName + 5 : text.length;
    spans.push({ start: match.index, end, kind: 'private_key' });
    begin.lastIndex = end;
  }
  return spans;
}
