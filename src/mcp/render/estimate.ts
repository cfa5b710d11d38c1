import { inflateRawSync } from 'node:zlib';
import { letterTokens, unitTokens } from './o200k.ts';

/**
 * An estimate of the tokens that text costs in o200k_base, on the safe side: the tests find no text that
 * costs more, but for nonsense that is repeated often (a sixth at most); ordinary text costs about four
 * fifths of it. It parts text as that encoding does (words, digits in threes, punctuation, white space). Letters cost
 * as many tokens as it takes to cover them by tokens of a part of the vocabulary, the longest first; other
 * characters what each costs alone.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  for (let i = 0; i < text.length; ) {
    const kind = kindOf(text.charCodeAt(i));
    const end = endOfRun(text, i, kind);
    tokens += tokensOfRun(text, i, end, kind);
    i = end;
  }
  return text === '' ? 0 : Math.ceil(tokens + seams);
}

/** In short texts what is rare does not even out. */
const seams = 1;

type Kind = 'digit' | 'small' | 'capital' | 'blank' | 'control' | 'punctuation' | 'other';

function kindOf(code: number): Kind {
  if (code >= 0x61 && code <= 0x7a) return 'small';
  if (code >= 0x30 && code <= 0x39) return 'digit';
  if (code >= 0x41 && code <= 0x5a) return 'capital';
  if (code === 0x20) return 'blank';
  if (code < 0x20 || code === 0x7f) return 'control';
  return code < 0x7f ? 'punctuation' : 'other';
}

function endOfRun(text: string, start: number, kind: Kind): number {
  let end = start + 1;
  while (end < text.length && kindOf(text.charCodeAt(end)) === kind) end++;
  return end;
}

function tokensOfRun(text: string, start: number, end: number, kind: Kind): number {
  const length = end - start;
  switch (kind) {
    case 'digit':
      return Math.ceil(length / 3);
    case 'small':
      return tokensOfSmall(text, start, end);
    case 'capital':
      return tokensOfCapitals(text, start, end);
    case 'blank':
      return (length > 1 ? 1 + length / 40 : 0) + tokensOfLastBlank(text, end);
    case 'control':
      return length;
    case 'punctuation':
      return length > 3 ? length : 1 + (length - 1) * 0.8;
    case 'other':
      return tokensOfOthers(text, start, end);
  }
}

/** The last blank is part of the word or the punctuation that follows. */
function tokensOfLastBlank(text: string, next: number): number {
  const kind = kindOf(text.charCodeAt(next));
  return kind === 'digit' || kind === 'control' || kind === 'other' ? 1 : 0.1;
}

/** With the capital that begins the word, if one does. */
function tokensOfSmall(text: string, start: number, end: number): number {
  const isTitle = kindOf(text.charCodeAt(start - 1)) === 'capital';
  const first = isTitle ? start - 1 : start;
  const afterBlank = text.charCodeAt(first - 1) === 0x20;
  const forms = (afterBlank ? 3 : 1) * (isTitle ? 4 : 1);
  return tokensOfLetters(text, first, end, forms);
}

/** The last capital before small letters belongs to their word. */
function tokensOfCapitals(text: string, start: number, end: number): number {
  const own = kindOf(text.charCodeAt(end)) === 'small' ? end - 1 : end;
  return own > start ? tokensOfLetters(text, start, own, text.charCodeAt(start - 1) === 0x20 ? 3 : 1) : 0;
}

/** Few words are longer; of what repeats (`cpucpu`) the encoding may find short tokens alone. */
const longestWord = 10;

/**
 * What covers letters by the longest tokens first may be less than the encoding finds, by a quarter.
 *
 * @param forms in which the first token may be in the vocabulary
 */
function tokensOfLetters(text: string, start: number, end: number, forms: number): number {
  let tokens = 1;
  for (let i = endOfToken(text, start, end, forms); i < end; tokens++) i = endOfToken(text, i, end, 1);
  return Math.max(tokens + (tokens - 1) * 0.25, (end - start - longestWord) * 0.78);
}

function tokensOfOthers(text: string, start: number, end: number): number {
  let tokens = 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    const isPair = code >= 0xd800 && code < 0xdc00 && isLow(text.charCodeAt(i + 1));
    if (!isPair) tokens += ((units[code >> 2] ?? 0) >> ((code & 3) * 2)) & 3;
    else {
      i++;
      tokens += 4;
    }
  }
  return tokens;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}

const unpack = (packed: string): Buffer => inflateRawSync(Buffer.from(packed, 'base64'));

const units = unpack(unitTokens);

/**
 * The tokens as trees: a node has 26 next nodes (0 for none) and, behind them, the forms in which the word
 * that ends there is a token. Small letters start at node 0, capitals at node 1.
 */
const nodeSize = 27;
const tree = treeOf(unpack(letterTokens).toString('latin1').split(' '));

function treeOf(words: readonly string[]): Uint16Array {
  const nodes: number[] = new Array(2 * nodeSize).fill(0);
  for (const word of words) {
    const firstLetter = word.charCodeAt(0) >= 0x61 ? 0x61 : 0x41;
    let node = firstLetter === 0x61 ? 0 : 1;
    for (let i = 0; i < word.length - 1; i++) {
      const at = node * nodeSize + word.charCodeAt(i) - firstLetter;
      if (nodes[at] === 0) {
        nodes[at] = nodes.length / nodeSize;
        for (let more = 0; more < nodeSize; more++) nodes.push(0);
      }
      node = nodes[at] ?? 0;
    }
    nodes[node * nodeSize + 26] = Number.parseInt(word.slice(-1), 16);
  }
  return Uint16Array.from(nodes);
}

/** The end of the longest token at `start` that is one in any of the forms; a letter always is. */
function endOfToken(text: string, start: number, end: number, forms: number): number {
  const inCapitals = text.charCodeAt(end - 1) < 0x61;
  let longest = start + 1;
  let node = inCapitals ? 1 : 0;
  for (let i = start; i < end; i++) {
    const code = text.charCodeAt(i);
    node = tree[node * nodeSize + (inCapitals ? code - 0x41 : (code | 0x20) - 0x61)] ?? 0;
    if (node === 0) break;
    if (((tree[node * nodeSize + 26] ?? 0) & forms) !== 0) longest = i + 1;
  }
  return longest;
}
