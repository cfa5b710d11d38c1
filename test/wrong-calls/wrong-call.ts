/** A call that is wrong, or nearly. */
export interface WrongCall {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** What the text has to say, so that the reader can put the call right; absent where nothing would work. */
  readonly says?: string;
  /** The call put right, which has to be answered. */
  readonly right?: Readonly<Record<string, unknown>>;
  /** It is taken all the same, and the answer notes how it was read. */
  readonly taken?: true;
}

/** A wrong filter of logs or traces, and a condition that the text has to say and that a filter takes. */
export type WrongFilter = readonly [filters: string, valid: string];

export function filterCalls(tool: string, filters: readonly WrongFilter[]): WrongCall[] {
  return filters.map(([text, valid]) => ({
    tool,
    args: { filters: text },
    says: valid,
    right: { filters: valid },
  }));
}

/** Filters that are taken, and what the notes have to say. */
export function takenFilters(
  tool: string,
  filters: readonly (readonly [filters: string, says: string])[],
): WrongCall[] {
  return filters.map(([text, says]) => ({ tool, args: { filters: text }, says, taken: true }));
}
