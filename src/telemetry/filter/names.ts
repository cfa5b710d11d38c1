import { builtinField, type Field, fieldsOf, type Signal } from '../fields.ts';
import { InputError, type Place } from '../input-error.ts';
import { nearest } from '../nearest.ts';
import type { Span } from './ast.ts';
import { knownCondition, knownField } from './other-names.ts';
import { attributeText, shorten } from './print.ts';
import type { Name } from './syntax.ts';

/** The field of a name, and the note about it where it is not the name that answers use. */
export function resolveName(
  name: Name,
  source: string,
  signal: Signal,
  attributes: ReadonlySet<string>,
  condition: Span = name.span,
): { readonly field: Field; readonly note: string | undefined } {
  if (name.attribute) return { field: { kind: 'attribute', name: name.text }, note: undefined };
  const builtin = builtinField(signal, name.text);
  if (builtin !== undefined) {
    return {
      field: builtin,
      note: builtin.name === name.text ? undefined : `${name.text} is ${builtin.name} here`,
    };
  }
  if (!attributes.has(name.text))
    throw unknownField(
      name.text,
      signal,
      attributes,
      { text: source, ...name.span },
      source.slice(name.span.end, condition.end),
    );
  return {
    field: { kind: 'attribute', name: name.text },
    note: `${shorten(name.text)} is an attribute here: ${shorten(attributeText(name.text))}`,
  };
}

/**
 * The error about a bare name that is neither a built-in field nor an attribute in the window: says
 * whether it is a field of the other signal, and the nearest names that there are.
 *
 * @param test what follows the name in a filter, so that the error can write the condition out
 */
export function unknownField(
  name: string,
  signal: Signal,
  attributes: ReadonlySet<string>,
  place?: Place,
  test = '',
): InputError {
  const other = signal === 'logs' ? 'traces' : 'logs';
  const guesses = nearestFields(name, signal, attributes);
  const [, value = ''] = /^\s*==?\s*['"]?(\w+)['"]?$/.exec(test) ?? [];
  const condition =
    knownCondition(name, value, signal) ?? (guesses[0] === undefined ? undefined : `${guesses[0]}${test}`);
  const written =
    condition === undefined || test === '' || test.length > longestTest ? '' : ` Write: ${condition}`;
  const hint = guesses.length === 0 ? '' : ` Did you mean ${guesses.join(' or ')}?`;
  if (builtinField(other, name) !== undefined) {
    return new InputError(
      `${name} is a field of ${other}, not of ${signal}: search-${other} and analyze-${other} have it.${hint}${written}`,
      place,
    );
  }
  return new InputError(
    `${signal} have no field "${shorten(name)}", and no attribute of that name in this window. get-trace-or-log-fields lists the fields; an attribute is written @name.${hint}${written}`,
    place,
  );
}

/** Longer values are not repeated. */
const longestTest = 120;

/** Names of attributes come from telemetry; a longer one may be any text that wants to be read. */
const longestGuess = 64;

function nearestFields(name: string, signal: Signal, attributes: ReadonlySet<string>): string[] {
  const shownAs = new Map<string, string>();
  for (const attribute of attributes) {
    if (attribute.length <= longestGuess) shownAs.set(attribute, attributeText(attribute));
  }
  for (const field of fieldsOf(signal)) {
    for (const spelling of [field.name, ...field.aliases]) shownAs.set(spelling, field.name);
  }
  const known = knownField(name, signal)?.name;
  const guesses = nearest(name, shownAs.keys(), 6).map((spelling) => shownAs.get(spelling) ?? spelling);
  return [...new Set([...(known === undefined ? [] : [known]), ...guesses])].slice(0, 3);
}
