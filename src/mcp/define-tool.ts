import { z } from 'zod';
import type { Call } from '../query/queries.ts';
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
   * on where none is given. Rejects with `InputError` for arguments that the tool does not take, and with
   * what the query rejects with.
   */
  answer(args: unknown, call: Call, mark: () => string, redaction?: Redaction): Promise<string>;
}

/** A tool from what is its own; arguments, formats and budgets are the same for all. */
export function defineTool<Input extends PresentationInput, Result>(
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
    async answer(args, call, mark, redaction = new Redaction()) {
      const { input, notes } = readArguments(schema, inputSchema, aliases, args);
      // Before anything is cut: what straddles a cut would not be recognised any more.
      const result = redaction.all(await definition.run(input, call));
      const shownNotes = redaction.all(notes);
      return render[input.format](result, {
        maxTokens: input.max_tokens,
        notes: [...shownNotes, ...redaction.notes()],
        mark,
      });
    },
  };
}
