import { matchesText } from './matches-text.ts';

/** How long a link may be used, ms, and how long the session that it opens lasts. */
export const setupLinkMs = 60 * 60_000;

export interface SetupLinkOptions {
  readonly now: () => Date;
  /** A new text that can't be guessed: 256 bits. */
  readonly newToken: () => string;
}

/** The link on the terminal that signs in where there is no admin key yet: once, within an hour. */
export class SetupLink {
  readonly #options: SetupLinkOptions;
  #issued: { readonly token: string; readonly endsAt: number } | undefined;

  constructor(options: SetupLinkOptions) {
    this.#options = options;
  }

  /** A new token; one that was issued before ends. */
  issue(): string {
    const token = this.#options.newToken();
    this.#issued = { token, endsAt: this.#options.now().getTime() + setupLinkMs };
    return token;
  }

  /** Whether this is the token that was issued; it is used up by that. */
  redeem(token: string): boolean {
    if (this.#issued === undefined || !matchesText(token, this.#issued.token)) return false;
    const { endsAt } = this.#issued;
    this.#issued = undefined;
    return this.#options.now().getTime() < endsAt;
  }
}
