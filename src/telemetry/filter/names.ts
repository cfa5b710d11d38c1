import { builtinField, type Field, fieldsOf, type Signal } from '../fields.ts';
import { InputError, type Place } from '../input-error.ts';
import { nearest } from '../nearest.ts';
import { attributeText, shorten } from './print.ts';
import type { Name } from './syntax.ts';

/** Names that other products give to what a field here holds. */
const otherNames: Readonly<Record<Signal, Readonly<Record<string, string>>>> = {
  logs: {
    text: 'body',
    msg: 'body',
    content: 'body',
    line: 'body',
    loglevel: 'level',
    severity_text: 'level',
    status: 'level',
    error: 'level',
    time: 'timestamp',
    ts: 'timestamp',
    date: 'timestamp',
    ns: 'namespace',
    app: 'service',
    deployment: 'workload',
    size: 'body_length',
  },
  traces: {
    latency: 'duration',
    elapsed: 'duration',
    response_time: 'duration',
    duration_ns: 'duration',
    error: 'status',
    level: 'status',
    http_status: 'return_code',
    code: 'return_code',
    operation: 'operation_name',
    endpoint: 'clustered_resource',
    route: 'clustered_resource',
    path: 'clustered_resource',
    url: 'clustered_resource',
    type: 'protocol_type',
    time: 'timestamp',
    ts: 'timestamp',
    start_time: 'timestamp',
    ns: 'namespace',
    app: 'service',
    deployment: 'workload',
  },
};

/** The field of a name, and the note about it where it is not the name that answers use. */
export function resolveName(
  name: Name,
  source: string,
  signal: Signal,
  attributes: ReadonlySet<string>,
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
    throw unknownField(name.text, signal, attributes, { text: source, ...name.span });
  return {
    field: { kind: 'attribute', name: name.text },
    note: `${shorten(name.text)} is an attribute here: ${shorten(attributeText(name.text))}`,
  };
}

/**
 * The error about a bare name that is neither a built-in field nor an attribute in the window: says
 * whether it is a field of the other signal, and the nearest names that there are.
 */
export function unknownField(
  name: string,
  signal: Signal,
  attributes: ReadonlySet<string>,
  place?: Place,
): InputError {
  const other = signal === 'logs' ? 'traces' : 'logs';
  const guesses = nearestFields(name, signal, attributes);
  const hint = guesses.length === 0 ? '' : ` Did you mean ${guesses.join(' or ')}?`;
  if (builtinField(other, name) !== undefined) {
    return new InputError(`${name} is a field of ${other}, not of ${signal}.${hint}`, place);
  }
  return new InputError(
    `${signal} have no field "${shorten(name)}", and no attribute of that name in this window.${hint} get-trace-or-log-fields lists the fields; an attribute is written @name.`,
    place,
  );
}

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
  const known = Object.entries(otherNames[signal]).find(([key]) => key === name.toLowerCase())?.[1];
  const guesses = nearest(name, shownAs.keys(), 6).map((spelling) => shownAs.get(spelling) ?? spelling);
  return [...new Set([...(known === undefined ? [] : [known]), ...guesses])].slice(0, 3);
}
