/** A call of a tool, in each of the formats. */
export interface ToolCase {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  /** Follows the cursor to the last page. */
  readonly pages?: true;
}

/** A GET of Prometheus' API, behind `/api/v1`. */
export interface ApiCase {
  readonly path: string;
  readonly parameters: Readonly<Record<string, string | readonly string[]>>;
}

/** The same call of a tool with each of these arguments. */
export function casesOf(tool: string, all: readonly ToolCase['args'][]): ToolCase[] {
  return all.map((args) => ({ tool, args }));
}
