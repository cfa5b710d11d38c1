/** Arguments of a call, as they will be sent. */
export type Arguments = Readonly<Record<string, unknown>>;

export const isArguments = (value: unknown): value is Arguments =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** With `name` set; an empty value takes it out, so that the tool's own default holds. */
export function withArgument(all: Arguments, name: string, value: unknown): Arguments {
  const { [name]: _before, ...rest } = all;
  return isEmpty(value) ? rest : { ...all, [name]: value };
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === '') return true;
  if (Array.isArray(value)) return value.length === 0;
  return isArguments(value) && Object.keys(value).length === 0;
}

/** The next free label of a query: A, B, …, Z, A1, … */
export function nextLabel(taken: readonly string[]): string {
  for (let round = 0; ; round++) {
    for (let letter = 0; letter < 26; letter++) {
      const label = `${String.fromCharCode(65 + letter)}${round === 0 ? '' : round}`;
      if (!taken.includes(label)) return label;
    }
  }
}

/** What JSON text holds, or why it is none. */
export function parseArguments(
  text: string,
): { readonly args: Arguments; readonly error?: never } | { readonly error: string; readonly args?: never } {
  try {
    const value: unknown = JSON.parse(text);
    return isArguments(value) ? { args: value } : { error: 'Arguments are one JSON object: { … }' };
  } catch (error) {
    return { error: error instanceof Error ? error.message : 'This is no JSON.' };
  }
}
