import { builtinField, type Field, type Signal } from '../telemetry/fields.ts';
import { resolveName } from '../telemetry/filter/names.ts';
import { attributeText } from '../telemetry/filter/print.ts';
import { InputError } from '../telemetry/input-error.ts';
import type { FieldInput } from './requests.ts';
import type { Unit } from './results.ts';

/** A field and the name under which the answer shows it: as filters take it. */
export interface NamedField {
  readonly field: Field;
  readonly name: string;
}

/** The unit of a field's values; undefined for text, times and attributes. */
export const unitOf = (field: Field): Unit | undefined => (field.kind === 'builtin' ? field.unit : undefined);

/** The bare names that are no built-in field of the signal: attributes, if the window has them. */
export function unknownFieldNames(inputs: readonly FieldInput[], signal: Signal): string[] {
  return inputs
    .map(({ field }) => field.trim())
    .filter((name) => !name.startsWith('@') && builtinField(signal, name) === undefined);
}

/**
 * The fields of the names that a client sent.
 *
 * @throws InputError for a name that is neither a built-in field nor an attribute in the window
 */
export function resolveFields(
  inputs: readonly FieldInput[],
  { signal, attributes }: { readonly signal: Signal; readonly attributes: ReadonlySet<string> },
): { readonly fields: NamedField[]; readonly notes: string[] } {
  const notes: string[] = [];
  const fields = inputs.map((input): NamedField => {
    const text = input.field.trim();
    const attribute = text.startsWith('@') ? unquoted(text.slice(1)) : undefined;
    if (attribute === '') throw new InputError(`"${text}" names no attribute; write it as in @http.route`);
    const { field, note } = resolveName(
      {
        text: attribute ?? text,
        attribute: attribute !== undefined,
        span: { start: 0, end: text.length },
      },
      text,
      signal,
      attributes,
    );
    if (note !== undefined) notes.push(note);
    return { field, name: field.kind === 'attribute' ? attributeText(field.name) : field.name };
  });
  return { fields, notes: [...new Set(notes)] };
}

function unquoted(name: string): string {
  const [, quote = '', inside = ''] = /^(["'])(.*)\1$/s.exec(name) ?? [];
  return quote === '' ? name : inside.replaceAll(`${quote}${quote}`, quote);
}

/** Each field once, at its first place. */
export const withoutRepeated = (fields: readonly NamedField[]): NamedField[] =>
  fields.filter(({ name }, i) => fields.findIndex((other) => other.name === name) === i);
