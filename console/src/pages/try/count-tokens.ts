/**
 * Tokens of a text as models of the o200k vocabulary count them. The vocabulary is large, so it is loaded at the
 * first call.
 */
export async function countTokens(text: string): Promise<number> {
  const tokenizer = await import('gpt-tokenizer/encoding/o200k_base');
  return tokenizer.countTokens(text, { allowedSpecial: 'all' });
}
