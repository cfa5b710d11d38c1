import type { AskedField } from '../store/diagnose.ts';
import type { Field } from '../telemetry/fields.ts';
import type { Filter, LikePart, Value } from '../telemetry/filter/ast.ts';

/** A test of one field that a record has to meet, or one of several of which it has to meet one. */
export type Leaf = Exclude<Filter, { kind: 'and' | 'or' | 'not' }>;

/** The tests of a filter that ask for something; those that are negated only rule records out. */
export function wantedLeaves(filter: Filter): Leaf[] {
  switch (filter.kind) {
    case 'and':
    case 'or':
      return filter.terms.flatMap(wantedLeaves);
    case 'not':
      return [];
    case 'comparison':
      return filter.operator === '!=' ? [] : [filter];
    default:
      return filter.negated ? [] : [filter];
  }
}

/** Fields whose values are different in nearly every record: a list of them tells nothing. */
const mostlyUnique: ReadonlySet<string> = new Set(['trace_id', 'span_id', 'parent_span_id', 'body']);

/** What to find out about the field of a test; undefined where every record has a value that tells nothing. */
export function askedOf(leaf: Leaf): AskedField | undefined {
  const { field } = leaf;
  if (field.kind === 'builtin') {
    if (field.type === 'time') return undefined;
    if (field.type === 'number') return { field, wants: 'range' };
    if (mostlyUnique.has(field.name)) return { field, wants: 'presence' };
  }
  return { field, wants: numbersIn(leaf).length > 0 && isOrdering(leaf) ? 'range' : 'values' };
}

const isOrdering = (leaf: Leaf): boolean =>
  leaf.kind === 'between' || (leaf.kind === 'comparison' && leaf.operator !== '=');

const valuesIn = (leaf: Leaf): readonly Value[] =>
  leaf.kind === 'comparison'
    ? [leaf.value]
    : leaf.kind === 'in'
      ? leaf.values
      : leaf.kind === 'between'
        ? [leaf.low, leaf.high]
        : [];

const numbersIn = (leaf: Leaf): readonly Value[] => valuesIn(leaf).filter(({ type }) => type === 'number');

/** The texts that a test asks for, as far as they are known: of a pattern its longest literal. */
export function wantedTexts(leaf: Leaf): string[] {
  switch (leaf.kind) {
    case 'comparison':
    case 'in':
      if (leaf.kind === 'comparison' && leaf.operator !== '=') return [];
      return valuesIn(leaf).flatMap((value) =>
        value.type === 'time' || value.value === '' ? [] : [String(value.value)],
      );
    case 'like':
      return longest(leaf.parts.map((part) => (typeof part === 'string' ? '' : part.literal)));
    case 'match':
      return longest(leaf.pattern.split(/[^\p{L}\p{N}_\-/ ]+/u));
    default:
      return [];
  }
}

function longest(texts: readonly string[]): string[] {
  const [first = ''] = [...texts].sort((a, b) => b.length - a.length);
  return first === '' ? [] : [first];
}

/** Texts shorter than this are in everything. */
const shortestPart = 3;

/**
 * What a test of a text may have meant: in any case of letters, as a part of the value, or both. None for
 * lists, as each of their values would want one.
 */
export function alternativesTo(term: Filter): Filter[] {
  if (term.kind === 'match' && !term.negated && !term.ignoreCase)
    return [{ ...term, pattern: `(?i)${term.pattern}` }];
  if (term.kind === 'like' && !term.negated) {
    const within = enclosed(term.parts);
    return [
      { ...term, ignoreCase: true },
      { ...term, parts: within },
      { ...term, parts: within, ignoreCase: true },
    ];
  }
  if (term.kind === 'comparison' && term.operator === '=' && term.value.type === 'string') {
    const { field, span } = term;
    const literal = withoutStars(term.value.value);
    if (!isText(field) || literal.length < shortestPart) return [];
    const part = { kind: 'like', field, parts: ['%', { literal }, '%'], negated: false, span } as const;
    return [
      { ...part, ignoreCase: false },
      { ...part, ignoreCase: true },
    ];
  }
  return [];
}

/** A part of an id, or of one of few values, says nothing. */
const isText = (field: Field): boolean =>
  field.kind === 'attribute' ||
  (field.type === 'string' && field.values === undefined && !/_id$/.test(field.name));

/** The pattern anywhere in a text; asterisks at its ends were meant so. */
function enclosed(parts: readonly LikePart[]): LikePart[] {
  const last = parts.length - 1;
  const inner = parts.flatMap((part, i): readonly LikePart[] => {
    if (typeof part === 'string') return [part];
    const start = i === 0 ? part.literal.replace(/^\*+/, '') : part.literal;
    const literal = i === last ? start.replace(/\*+$/, '') : start;
    return literal === '' ? [] : [{ literal }];
  });
  const all: readonly LikePart[] = ['%', ...inner, '%'];
  return all.filter((part, i) => part !== '%' || all[i - 1] !== '%');
}

const withoutStars = (text: string): string => text.replaceAll(/^[%*]+|[%*]+$/g, '');
