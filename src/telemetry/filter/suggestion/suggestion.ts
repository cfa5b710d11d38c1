import { type BuiltinField, builtinField, fieldsOf, type Signal } from '../../fields.ts';
import { InputError } from '../../input-error.ts';
import { namesIn } from '../names-in.ts';
import { knownField } from '../other-names.ts';
import { parse } from '../parser.ts';
import { conditionOfQuery } from './dialects.ts';
import { conditionOfJson } from './json-condition.ts';
import { addString, maskStrings, stringPattern, unmaskStrings } from './masked-text.ts';
import { rewrites } from './rewrites.ts';

/** Longer filters are no slip of one syntax, and a longer suggestion is not read. */
const longestSource = 1000;

/**
 * What a filter whose syntax is wrong was meant to be: the same condition in this language, where it can be
 * told. It has been parsed, so it has the right syntax.
 */
export function suggestFilter(source: string, signal: Signal): string | undefined {
  if (source.length > longestSource) return undefined;
  for (const candidate of candidates(source, signal)) {
    const text = withKnownNames(candidate.replaceAll(/\s+/g, ' ').trim(), signal);
    if (text !== undefined && text !== source.trim()) return text;
  }
  return undefined;
}

function* candidates(source: string, signal: Signal): Generator<string> {
  const json = conditionOfJson(parseJson(source));
  if (json !== undefined) yield json;
  // Quotes that were escaped twice.
  const masked = maskStrings(
    /(?:^|[\s=(,])\\["']/.test(source) ? source.replaceAll(/\\(["'])/g, '$1') : source,
  );
  if (masked === undefined) return;
  const { strings } = masked;
  let text = conditionOfQuery(masked);
  for (const rewrite of rewrites) text = rewrite(text, strings).trim();
  text = balanced(text);
  yield unmaskStrings({ text, strings });
  const searched = searchingText(text, strings, signal);
  if (searched !== undefined) yield unmaskStrings({ text: searched, strings });
  const completed = withValue(text, signal);
  if (completed !== undefined) yield unmaskStrings({ text: completed, strings });
}

/** Closes parentheses that are open, and leaves out those that close none. */
function balanced(text: string): string {
  let depth = 0;
  let kept = '';
  for (const character of text) {
    if (character === ')' && depth === 0) continue;
    depth += character === '(' ? 1 : character === ')' ? -1 : 0;
    kept += character;
  }
  return `${kept}${')'.repeat(depth)}`;
}

const words = new RegExp(
  `^(not\\s+)?(${stringPattern}|[\\p{L}\\d_.\\-/?*]+(?:\\s+[\\p{L}\\d_.\\-/]+)*)$`,
  'iu',
);

/** Words without a field are looked for in the body, or in the names of spans. */
function searchingText(text: string, strings: string[], signal: Signal): string | undefined {
  const field = signal === 'logs' ? 'body' : 'operation_name';
  const parts = text.split(/\s+(and|or)\s+/i);
  const [only = ''] = parts;
  const alone = /^(\S+)\s+(\S+)$/.exec(only);
  if (parts.length === 1 && alone?.[1] !== undefined && builtinField(signal, alone[1]) !== undefined) {
    return `${alone[1]} = ${alone[2]}`;
  }
  const conditions = parts.map((part, i) => {
    if (i % 2 === 1) return part.toUpperCase();
    const [, not = '', found = ''] = words.exec(part) ?? [];
    if (found === '' || builtinField(signal, found) !== undefined) return part;
    const isPattern = /^\/.+\/[a-z]*$/.exec(found);
    if (isPattern !== null)
      return `${field} ${not === '' ? '=~' : '!~'} ${addString(found.slice(1, found.lastIndexOf('/')), strings)}`;
    const content = unquoted(found, strings).replaceAll(/^\*|\*$/g, '');
    return `${field} ${not.toUpperCase()}LIKE ${addString(`%${content}%`, strings)}`;
  });
  return conditions.some((condition, i) => condition !== parts[i]) ? conditions.join(' ') : undefined;
}

const unquoted = (found: string, strings: readonly string[]): string =>
  new RegExp(`^${stringPattern}$`).test(found) ? (strings[Number(found.slice(1, -1))] ?? '') : found;

/** A field or an operator alone, with a value; a value alone, with its field. */
function withValue(text: string, signal: Signal): string | undefined {
  const [, name = '', operator = '='] = /^(@?[\w.]+)\s*(=~|!~|!=|<=|>=|=|<|>)?$/.exec(text) ?? [];
  const field = builtinField(signal, name);
  if (field !== undefined) return `${field.name} ${operator} ${exampleValue(field)}`;
  const [, value = ''] = /^=\s*(\w+)$/.exec(text) ?? [];
  const holder = fieldsOf(signal).find(({ values }) =>
    values?.some((one) => one.toLowerCase() === value.toLowerCase()),
  );
  return holder === undefined ? undefined : `${holder.name} = ${value}`;
}

function exampleValue({ name, type, values }: BuiltinField): string {
  if (name === 'level') return 'ERROR';
  if (name === 'status') return 'error';
  if (type === 'time') return 'now-15m';
  if (type === 'number') return name === 'duration' ? '500ms' : '500';
  return values?.[0] ?? "'…'";
}

/** The text with the names that stand for fields here; undefined where it is no filter, or an empty one. */
function withKnownNames(text: string, signal: Signal): string | undefined {
  try {
    const { expression } = parse(text);
    if (expression === undefined) return undefined;
    let known = text;
    for (const name of namesIn(expression).reverse()) {
      if (name.attribute || builtinField(signal, name.text) !== undefined) continue;
      const field = knownField(name.text, signal);
      if (field !== undefined)
        known = known.slice(0, name.span.start) + field.name + known.slice(name.span.end);
    }
    return known;
  } catch (error) {
    if (error instanceof InputError) return undefined;
    throw error;
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
