const slots = 1 << 12;
const longestText = 64;

/**
 * Turns bytes into text and gives the same string for the same short bytes where it can: keys and values
 * of attributes repeat in every record. It holds at most `slots` strings of `longestText` characters.
 */
export class TextCache {
  readonly #texts = new Array<string | undefined>(slots).fill(undefined);

  /** The UTF-8 bytes from `start` to `end` as text; what is no UTF-8 becomes U+FFFD. */
  read(buffer: Buffer, start: number, end: number): string {
    const length = end - start;
    if (length === 0) return '';
    if (length > longestText) return buffer.toString('utf8', start, end);
    let hash = length;
    let bits = 0;
    for (let i = start; i < end; i++) {
      const byte = buffer[i] ?? 0;
      hash = Math.imul(hash, 31) + byte;
      bits |= byte;
    }
    if (bits > 127) return buffer.toString('utf8', start, end);
    const slot = (hash ^ (hash >>> 15)) & (slots - 1);
    const known = this.#texts[slot];
    if (known !== undefined && known.length === length && isSame(known, buffer, start)) return known;
    const text = buffer.toString('latin1', start, end);
    this.#texts[slot] = text;
    return text;
  }
}

function isSame(text: string, buffer: Buffer, start: number): boolean {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) !== buffer[start + i]) return false;
  }
  return true;
}
