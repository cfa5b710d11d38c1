/** What comes first of texts of which one character more than the most was read. */
export class Beginnings {
  /** Texts that were longer. */
  cut = 0;
  readonly #most: number;

  constructor(most: number) {
    this.#most = most;
  }

  /** Cut at a blank: what is left of a word could be a part of a secret that nobody recognises any more. */
  of(text: string): string {
    if (text.length <= this.#most) return text;
    const characters = [...text];
    if (characters.length <= this.#most) return text;
    this.cut++;
    const blank = text.search(/\s\S*$/);
    return blank > 0 ? text.slice(0, blank) : characters.slice(0, this.#most / 2).join('');
  }
}
