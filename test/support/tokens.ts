import { encode } from 'gpt-tokenizer/encoding/o200k_base';

/** The real number of tokens of a text (o200k), in which nothing is a special token. */
export function realTokens(text: string): number {
  return encode(text, { disallowedSpecial: new Set() }).length;
}
