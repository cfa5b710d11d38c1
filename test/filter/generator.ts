import fc from 'fast-check';
import { fieldsOf, type Signal } from '../../src/telemetry/fields.ts';
import { attributeNames, rows, textFields } from './rows.ts';
import { inQuotes, likePatternFor, oddText, regexpFor, valueFor } from './values.ts';

/** The text of a filter, and the signal that it is about. */
export interface Sample {
  readonly signal: Signal;
  readonly text: string;
}

/** Attributes that are taken for known where a filter names them without `@`. */
export const bareAttributes: ReadonlySet<string> = new Set([
  'http.route',
  'retry_count',
  'a/b:c',
  'absent.one',
]);

/** Random filters: most from the grammar, the others of that kind and then damaged. */
export function samples(count: number, seed: number): Sample[] {
  return fc.sample(sample, { numRuns: count, seed });
}

/** Filters on the body alone, near its lines: what an index of words could get wrong. */
export function bodySamples(count: number, seed: number): Sample[] {
  const lines = rows.map(({ text }) => text.body ?? '').filter((body) => body.length > 5);
  const place = fc.oneof(fc.constant(0), fc.nat(40));
  const pattern = fc
    .tuple(fc.constantFrom(...lines), place, place, fc.nat(20))
    .map(([line, left, right, gap]) => {
      const end = line.length - (right % 20);
      const start = left % Math.max(1, end);
      const text = line.slice(start, end);
      const middle = gap < 5 ? `${text.slice(0, gap)}%${text.slice(gap + 2)}` : text;
      return `${start > 0 ? '%' : ''}${middle}${right > 0 ? '%' : ''}`;
    });
  const folded = pattern.chain((text) =>
    fc.constantFrom(
      text,
      text.toLowerCase(),
      text.toUpperCase(),
      text.replaceAll(/k/gi, '\u212A').replaceAll(/s/gi, 'ſ'),
      text.replaceAll('\u212A', 'k').replaceAll('ſ', 's'),
    ),
  );
  const body = fc.oneof(
    fc.tuple(fc.constant('LIKE'), pattern.chain(inQuotes)),
    fc.tuple(fc.constant('ILIKE'), folded.chain(inQuotes)),
    fc.tuple(fc.constantFrom('=', '=~'), pattern.map((text) => text.replaceAll('%', '')).chain(inQuotes)),
  );
  return fc
    .sample(body, { numRuns: count, seed })
    .map(([operator, value]) => ({ signal: 'logs', text: `body ${operator} ${value}` }));
}

const space = fc.constantFrom(' ', ' ', ' ', '  ', '\n', '\t', '\u00A0');

const keyword = (word: string): fc.Arbitrary<string> =>
  fc.constantFrom(word, word, word.toLowerCase(), word.charAt(0) + word.slice(1).toLowerCase());

/** A field as it is written, and its name: that of the catalogue, or of an attribute with `@`. */
type Written = readonly [text: string, name: string];

const builtin = (signal: Signal): fc.Arbitrary<Written> => {
  const all = fieldsOf(signal);
  const filled = all.filter(({ name, type }) => type !== 'string' || textFields.includes(name));
  return fc
    .oneof(
      { weight: 12, arbitrary: fc.constantFrom(...filled) },
      {
        weight: signal === 'logs' ? 3 : 0,
        arbitrary: fc.constantFrom(...all.filter(({ name }) => name === 'body' || signal === 'traces')),
      },
      { weight: 1, arbitrary: fc.constantFrom(...all) },
    )
    .chain(({ name, aliases }) =>
      fc.constantFrom<string>(name, name, ...aliases).map((text): Written => [text, name]),
    );
};

const attribute: fc.Arbitrary<Written> = fc
  .oneof({ weight: 9, arbitrary: fc.constantFrom(...attributeNames) }, { weight: 1, arbitrary: oddText })
  .chain((name) =>
    (/^[\w./:]+$/.test(name) ? fc.constant(name) : inQuotes(name)).map(
      (text): Written => [`@${text}`, `@${name}`],
    ),
  );

const bareAttribute = fc
  .constantFrom(...bareAttributes, 'unknown')
  .map((name): Written => [name, `@${name}`]);

const field = (signal: Signal): fc.Arbitrary<Written> =>
  fc.oneof(
    { weight: 12, arbitrary: builtin(signal) },
    { weight: 7, arbitrary: attribute },
    { weight: 1, arbitrary: bareAttribute },
  );

const numeric = new Set(['timestamp', 'duration', 'duration_ms', 'body_length']);
const unordered = new Set(['role', 'status', 'format']);

const predicate = (signal: Signal): fc.Arbitrary<string> =>
  field(signal).chain(([text, name]) => {
    const operator = unordered.has(name)
      ? fc.constantFrom('=', '!=', '==', '<>')
      : fc.constantFrom('=', '=', '!=', '<', '<=', '>', '>=', '==', '<>');
    const not = fc.constantFrom('', '', 'NOT ', 'not ');
    const value = valueFor(name);
    const comparison = fc.tuple(operator, space, value).map(([op, gap, v]) => `${text}${gap}${op}${gap}${v}`);
    const isIn = fc
      .tuple(not, keyword('IN'), fc.array(value, { minLength: 1, maxLength: 4 }))
      .map(([no, word, values]) => `${text} ${no}${word} (${values.join(', ')})`);
    const isNull = not.map((no) => `${text} IS ${no}NULL`);
    const between = fc
      .tuple(not, value, value)
      .map(([no, low, high]) => `${text} ${no}BETWEEN ${low} AND ${high}`);
    const like = fc
      .tuple(not, fc.oneof(keyword('LIKE'), keyword('ILIKE')), likePatternFor(name).chain(inQuotes))
      .map(([no, word, pattern]) => `${text} ${no}${word} ${pattern}`);
    const match = fc
      .tuple(fc.constantFrom('=~', '!~'), regexpFor(name).chain(inQuotes))
      .map(([op, pattern]) => `${text} ${op} ${pattern}`);
    const isText = !numeric.has(name);
    return fc.oneof(
      { weight: 10, arbitrary: comparison },
      { weight: 4, arbitrary: isIn },
      { weight: 2, arbitrary: isNull },
      { weight: unordered.has(name) ? 0 : 2, arbitrary: between },
      { weight: isText ? 6 : 1, arbitrary: like },
      { weight: isText ? 4 : 1, arbitrary: match },
    );
  });

const expression = (signal: Signal): fc.Arbitrary<string> =>
  fc.letrec<{ whole: string; term: string }>((tie) => ({
    whole: fc
      .tuple(
        tie('term'),
        fc.array(fc.tuple(fc.oneof(keyword('AND'), keyword('OR')), tie('term')), { maxLength: 2 }),
      )
      .map(([first, more]) => [first, ...more.map((pair) => pair.join(' '))].join(' ')),
    term: fc.oneof(
      { depthSize: 'small' },
      { weight: 6, arbitrary: predicate(signal) },
      { weight: 1, arbitrary: tie('term').map((term) => `NOT ${term}`) },
      { weight: 1, arbitrary: tie('whole').map((whole) => `(${whole})`) },
    ),
  })).whole;

const whole = (signal: Signal): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 12, arbitrary: expression(signal) },
    { weight: 1, arbitrary: expression(signal).map((text) => `WHERE ${text};`) },
  );

const damage = fc.tuple(
  fc.constantFrom('insert', 'delete', 'repeat', 'cut'),
  fc.double({ min: 0, max: 1, noNaN: true }),
  fc.constantFrom(
    ...["'", '"', '(', ')', '\\', '\0', '\n', ',', ';', '@', '=', '!', '%', '`', '&&', '“', '--', '/*', '#'],
    ...[' AND ', ' NOT ', ' IN ', ' LIKE ', ' NULL ', '{x:String}', '😀', '\uD800', '\u0301', '\u200B', '5s'],
  ),
);

const damaged = (signal: Signal): fc.Arbitrary<string> =>
  fc.tuple(whole(signal), fc.array(damage, { minLength: 1, maxLength: 3 })).map(([text, damages]) =>
    damages.reduce((sum, [kind, where, inserted]) => {
      const position = Math.floor(where * sum.length);
      const [before, after] = [sum.slice(0, position), sum.slice(position)];
      if (kind === 'insert') return before + inserted + after;
      if (kind === 'delete') return before + after.slice(1 + (position % 5));
      return kind === 'repeat' ? before + before.slice(-8) + after : before;
    }, text),
  );

const sample: fc.Arbitrary<Sample> = fc
  .constantFrom<Signal>('logs', 'traces')
  .chain((signal) =>
    fc
      .oneof({ weight: 3, arbitrary: whole(signal) }, { weight: 1, arbitrary: damaged(signal) })
      .map((text) => ({ signal, text })),
  );
