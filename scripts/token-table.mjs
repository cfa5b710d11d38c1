// Writes src/mcp/render/o200k.ts: what the estimate of tokens knows of the encoding o200k_base.
// usage: node scripts/token-table.mjs
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { deflateRawSync } from 'node:zlib';
import ranks from 'gpt-tokenizer/bpeRanks/o200k_base';
import { countTokens, decode, encode } from 'gpt-tokenizer/encoding/o200k_base';

/** Of 100,000 tokens of letters; more would make the table larger than the estimate closer. */
const mostTokens = 8000;

const isWord = /^ ?([A-Z]?[a-z]+|[A-Z]+)$/;

/** The commonest tokens, those of two letters, and those that text on telemetry has: that of the project. */
function chosenTokens() {
  const words = ranks.filter((token) => typeof token === 'string' && isWord.test(token));
  const counts = new Map();
  for (const token of ['docs', 'src'].flatMap(textsIn).flatMap((text) => encode(text))) {
    counts.set(token, (counts.get(token) ?? 0) + 1);
  }
  const used = [...counts].flatMap(([token, count]) => (count > 1 ? [decode([token])] : []));
  return new Set([
    ...words.slice(0, mostTokens),
    ...words.filter((token) => token.trim().length === 2),
    ...used.filter((token) => isWord.test(token)),
  ]);
}

/** The texts and sources of a folder of the project. */
function textsIn(folder) {
  const root = new URL(`../${folder}/`, import.meta.url);
  return readdirSync(root, { recursive: true })
    .filter((name) => /\.(md|ts)$/.test(name) && !name.endsWith('o200k.ts'))
    .sort()
    .map((name) => readFileSync(new URL(name, root), 'utf8'));
}

/** Each word with a digit that says in which forms it is a token: 1 `word`, 2 ` word`, 4 `Word`, 8 ` Word`. */
function letterTokens() {
  const forms = new Map();
  for (const token of chosenTokens()) {
    const word = token.trim();
    const isTitle = /^[A-Z][a-z]/.test(word);
    const key = isTitle ? word.toLowerCase() : word;
    const form = (isTitle ? 4 : 1) * (token.startsWith(' ') ? 2 : 1);
    forms.set(key, (forms.get(key) ?? 0) | form);
  }
  return [...forms].map(([word, form]) => `${word}${form.toString(16)}`).sort();
}

function unitTokens() {
  const units = Buffer.alloc(0x10000 / 4);
  for (let code = 0x80; code < 0x10000; code++) {
    units[code >> 2] |= countTokens(String.fromCharCode(code)) << ((code & 3) * 2);
  }
  return units;
}

const pack = (data) => deflateRawSync(data, { level: 9 }).toString('base64');
writeFileSync(
  new URL('../src/mcp/render/o200k.ts', import.meta.url),
  `// Made by scripts/token-table.mjs from the vocabulary of o200k_base.

/**
 * Some tokens of letters, parted by blanks: a word in small letters or capitals, and behind it a hexadecimal
 * digit, the sum of the forms that are tokens: 1 \`word\`, 2 \` word\`, 4 \`Word\`, 8 \` Word\`. Deflated, base64.
 */
export const letterTokens =
  '${pack(Buffer.from(letterTokens().join(' ')))}';

/** Tokens of each UTF-16 unit that stands alone, two bits each, the lowest first, 0 for ASCII. Deflated, base64. */
export const unitTokens =
  '${pack(unitTokens())}';
`,
);
