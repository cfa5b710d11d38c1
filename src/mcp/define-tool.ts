import { z } from 'zod';
import type { Call } from '../query/queries.ts';
import type { Note } from '../query/results.ts';
import type { Window } from '../telemetry/window.ts';
import { type Aliases, type JsonSchema, readArguments } from './arguments.ts';
import { Redaction } from './redaction/redaction.ts';
import type { Presentation } from './render/answer.ts';

/** Budgets that keep the list of tools small in the reader's context; in bytes of UTF-8. */
export const longestDescription = 1024;

/** Every tool only reads what this server stores, and may be called again at no harm. */
export const readOnly = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
} as const;

/** What every tool's input says of the answer. */
export interface PresentationInput {
  readonly format: 'compact' | 'json';
  readonly max_tokens: number;
}

/** What an answer holds, for the audit record of its call: never anything of the answer itself. */
export interface Found {
  /** Rows, series, fields or names in it. */
  readonly rows: number;
  /** Arguments in their normalised form, in place of those that were sent. */
  readonly query?: Readonly<Record<string, unknown>>;
}

/** What a call asked, and what it found once it is answered. */
export interface Asked {
  /** The arguments that count: neither the form of the answer, nor a time that the window tells. */
  readonly query: Readonly<Record<string, unknown>>;
  readonly window?: Window | undefined;
  readonly rows?: number;
}

export interface ToolDefinition<Input extends PresentationInput, Result> {
  /** Kebab case. */
  readonly name: string;
  readonly title: string;
  /** What it is for, when to use it, and which neighbour to use instead. */
  readonly description: string;
  /** The parameters, `presentation` among them. Its JSON Schema is what clients see. */
  readonly input: z.ZodType<Input>;
  /** Other spellings of parameters, to the parameter. */
  readonly aliases?: Aliases;
  run(input: Input, call: Call): Promise<Result>;
  readonly found: (result: Result, input: Input) => Found;
  /** The answer as text. Both forms keep to the budget of the presentation. */
  readonly render: {
    compact(result: Result, presentation: Presentation): string;
    json(result: Result, presentation: Presentation): string;
  };
}

export interface Tool {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  readonly inputSchema: JsonSchema;
  /**
   * The answer as text. `mark` gives random words for the fences; `redaction` is of this answer alone, and
   * on where none is given. `onAsked` is told what is asked once that is understood, and again with what was
   * found. Rejects with `InputError` for arguments that the tool does not take, and with
   * what the query rejects with.
   */
  answer(
    args: unknown,
    call: Call,
    mark: () => string,
    redaction?: Redaction,
    onAsked?: (asked: Asked) => void,
  ): Promise<string>;
}

/** What every question gives. */
interface AnyResult {
  readonly notes: readonly Note[];
  readonly window?: Window | undefined;
}

/** A tool from what is its own; arguments, formats and budgets are the same for all. */
export function defineTool<Input extends PresentationInput, Result extends AnyResult>(
  definition: ToolDefinition<Input, Result>,
): Tool {
  const { name, title, description, input: schema, aliases = {}, render } = definition;
  if (Buffer.byteLength(description) > longestDescription) {
    throw new RangeError(`the description of ${name} is longer than ${longestDescription} bytes`);
  }
  const { $schema: _, ...inputSchema } = z.toJSONSchema(schema, { io: 'input' });
  return {
    name,
    title,
    description,
    inputSchema,
    async answer(args, call, mark, redaction = new Redaction(), onAsked = () => {}) {
      const { input, notes } = readArguments(schema, inputSchema, aliases, args);
      onAsked({ query: argumentsThatCount(input) });
      const found = await definition.run(input, call);
      onAsked(askedAndFound(input, found, definition.found(found, input)));
      // Before anything is cut: what straddles a cut would not be recognised any more.
      const result = redaction.all(found);
      const shownNotes = redaction.all(notes);
      return render[input.format](result, {
        maxTokens: input.max_tokens,
        notes: [...shownNotes, ...redaction.notes()],
        mark,
      });
    },
  };
}

/** A cursor says nothing that a person could read. */
function argumentsThatCount(input: PresentationInput): Record<string, unknown> {
  const { format: _format, max_tokens: _tokens, ...rest } = input;
  if ('cursor' in rest && rest.cursor !== undefined) return { ...rest, cursor: '…' };
  return rest;
}

function askedAndFound(input: PresentationInput, { window }: AnyResult, { rows, query }: Found): Asked {
  const sent: Readonly<Record<string, unknown>> = { ...argumentsThatCount(input), ...query };
  if (window === undefined) return { query: sent, rows };
  const { from_time: _from, to_time: _to, ...rest } = sent;
  return { query: rest, window, rows };
}
