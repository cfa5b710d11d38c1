import * as z from 'zod/mini';

/** An input of a form, read from a tool's JSON schema. */
export type ToolField = {
  readonly name: string;
  readonly description: string | undefined;
  readonly required: boolean;
  /** What stands when nothing is given, as text. */
  readonly standard: string | undefined;
} & (
  | { readonly kind: 'text' | 'long' | 'list' | 'json' }
  | { readonly kind: 'choice'; readonly options: readonly string[] }
  | { readonly kind: 'number'; readonly min: number | undefined; readonly max: number | undefined }
  | { readonly kind: 'object'; readonly fields: readonly ToolField[] }
  /** Objects of one form, by names that the caller chooses. */
  | { readonly kind: 'map'; readonly fields: readonly ToolField[] }
);

interface Schema {
  readonly type?: string | undefined;
  readonly description?: string | undefined;
  readonly enum?: readonly string[] | undefined;
  readonly default?: unknown;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly properties?: Readonly<Record<string, Schema>> | undefined;
  readonly required?: readonly string[] | undefined;
  readonly items?: Schema | undefined;
  readonly additionalProperties?: boolean | Schema | undefined;
}

/** The part of JSON schema that the tools use. */
const schema: z.ZodMiniType<Schema> = z.lazy(() =>
  z.object({
    type: z.optional(z.string()),
    description: z.optional(z.string()),
    enum: z.optional(z.array(z.string())),
    default: z.optional(z.unknown()),
    minimum: z.optional(z.number()),
    maximum: z.optional(z.number()),
    properties: z.optional(z.record(z.string(), schema)),
    required: z.optional(z.array(z.string())),
    items: z.optional(schema),
    additionalProperties: z.optional(z.union([z.boolean(), schema])),
  }),
);

/** Texts that are expressions and may be long. */
const longTexts = new Set(['filters', 'promql', 'expression', 'cursor']);

/** The inputs for a tool's arguments; undefined where the schema is of a kind that no form is made of. */
export function fieldsOf(inputSchema: unknown): readonly ToolField[] | undefined {
  const parsed = schema.safeParse(inputSchema);
  return parsed.success && parsed.data.type === 'object' ? fieldsOfObject(parsed.data) : undefined;
}

function fieldsOfObject({ properties = {}, required = [] }: Schema): ToolField[] {
  return Object.entries(properties).map(([name, one]) => fieldOf(name, one, required.includes(name)));
}

function fieldOf(name: string, one: Schema, required: boolean): ToolField {
  const field = { name, description: one.description, required, standard: standardText(one.default) };
  if (one.enum !== undefined) return { ...field, kind: 'choice', options: one.enum };
  switch (one.type) {
    case 'string':
      return { ...field, kind: longTexts.has(name) ? 'long' : 'text' };
    case 'integer':
    case 'number':
      return { ...field, kind: 'number', min: one.minimum, max: one.maximum };
    case 'array':
      return { ...field, kind: one.items?.type === 'string' ? 'list' : 'json' };
    case 'object':
      if (one.properties !== undefined) return { ...field, kind: 'object', fields: fieldsOfObject(one) };
      if (typeof one.additionalProperties === 'object' && one.additionalProperties.properties) {
        return { ...field, kind: 'map', fields: fieldsOfObject(one.additionalProperties) };
      }
      return { ...field, kind: 'json' };
    default:
      return { ...field, kind: 'json' };
  }
}

function standardText(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}
