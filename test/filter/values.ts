import fc from 'fast-check';
import type { BuiltinFieldName } from '../../src/telemetry/fields.ts';
import { bodies, numericTexts, oddTexts, rows } from './rows.ts';

/** Values as a filter writes them, of every kind that fits a field and some that do not. */

/** Text of the rows' field, so that filters match some of them. */
function textOfRows(name: string): string[] {
  const texts = rows.flatMap((row) =>
    name.startsWith('@')
      ? [row.own[name.slice(1)] ?? '', row.resource[name.slice(1)] ?? '']
      : [row.text[name as BuiltinFieldName] ?? ''],
  );
  return [...new Set(texts)];
}

/** Part of a text that some row has. */
const piece = (texts: readonly string[]): fc.Arbitrary<string> =>
  fc.tuple(fc.constantFrom(...texts), fc.nat(30), fc.nat(12)).map(([text, from, length]) => {
    const characters = [...text];
    const start = from % Math.max(1, characters.length);
    return characters.slice(start, start + length + 1).join('');
  });

export const oddText = fc.oneof(
  fc.constantFrom(...oddTexts),
  fc.constantFrom(...numericTexts),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('\uD800', '\uDFFF', 'a\uD83D', '\uDE00b'),
);

/** Writes a text as a string in quotes, by each of the ways to escape. */
export const inQuotes = (text: string): fc.Arbitrary<string> =>
  fc.constantFrom("'", '"', '\\', '“').map((style) => {
    if (style === '\\') return `'${text.replaceAll(/[\\'"]/g, '\\$&')}'`;
    const escaped = text.replaceAll('\\', '\\\\');
    return style === '“'
      ? `“${escaped.replaceAll(/[“”„‟]/g, '')}”`
      : `${style}${escaped.replaceAll(style, style + style)}${style}`;
  });

const bareWord = fc.constantFrom(
  'ts-basic-service',
  '/api/v1/users',
  '10.0.0.1',
  '5xx',
  'value',
  'a',
  'error',
  '550e8400-e29b-41d4-a716-446655440000',
  '2023-01-29',
  'service',
  'a*',
  '日本語',
  'user@example.com',
);

const number = fc.oneof(
  fc.constantFrom('0', '5', '-5', '+5', '5.0', '.5', '200', '404', '500', '1e3', '-2.5e-3', '0.1', '1e-400'),
  fc.constantFrom('9007199254740992', '9007199254740993', '12345678901234567890', '1e30', '4.9e-324'),
  fc.integer({ min: -10, max: 600 }).map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
);

const nanoseconds = fc.constantFrom('0', '999', '1000', '1500000', '1.5e9', '9007199254740993', '1e20', '-1');
const duration = fc
  .tuple(
    fc.constantFrom('0', '1', '1.5', '500', '999', '0.0005', '1e3', '-1'),
    fc.constantFrom('ns', 'us', 'µs', 'ms', 's', 'm', 'h'),
  )
  .map(([amount, unit]) => `${amount}${unit}`);

const size = fc
  .tuple(fc.constantFrom('0', '1', '0.02', '5'), fc.constantFrom('B', 'KB', 'MB', 'KiB', 'GiB'))
  .map(([amount, unit]) => `${amount}${unit}`);

const length = fc.integer({ min: 0, max: 40 }).map(String);

const time = fc.oneof(
  fc.constantFrom('2023-01-29', "'2023-01-29 09:20:00'", '2023-01-29T10:30:00.000000001Z', 'now-15m', '-24h'),
  fc.constantFrom('"now"', '1674984000', '1674983060000000001', '2023-01-29T10:20:00+02:00'),
  fc.constantFrom(...rows.map((row) => String(row.time))),
  fc.constantFrom(...rows.map((row) => String(row.time - 1n))),
);

const sets: Readonly<Record<string, readonly string[]>> = {
  level: ['TRACE', 'debug', 'Info', '"warn"', 'WARNING', "'error'", 'critical', 'FATAL', 'PANIC'],
  role: ['client', 'SERVER', '"internal"', 'Producer', 'consumer'],
  status: ['ok', 'ERROR', "'error'"],
  protocol_type: ['HTTP', 'http', 'grpc', "'X/É'", "'x/é'"],
  format: ['json', 'klog', '"text"', 'JSON'],
};

/** Values for the field of that name; an attribute's has an `@` in front. */
export function valueFor(name: string): fc.Arbitrary<string> {
  const anything = fc.oneof(oddText.chain(inQuotes), bareWord, number);
  const fitting = fittingValue(name);
  return fc.oneof({ weight: 9, arbitrary: fitting }, { weight: 1, arbitrary: anything });
}

function fittingValue(name: string): fc.Arbitrary<string> {
  const set = sets[name];
  if (set !== undefined) return fc.constantFrom(...set);
  if (name === 'timestamp') return time;
  if (name === 'body_length') return fc.oneof(length, length.chain(inQuotes), size);
  if (name === 'duration') return fc.oneof(nanoseconds, nanoseconds.chain(inQuotes), duration);
  if (name === 'duration_ms') return fc.oneof(fc.constantFrom('0', '1.5', '500', '"0.001"', '1e9'), duration);
  const texts = textOfRows(name);
  return fc.oneof(
    { weight: 5, arbitrary: fc.constantFrom(...texts).chain(inQuotes) },
    { weight: 1, arbitrary: piece(texts).chain(inQuotes) },
    { weight: 1, arbitrary: bareWord },
    { weight: 3, arbitrary: number },
  );
}

/** Patterns of LIKE that are near the texts of a field. */
export const likePatternFor = (name: string): fc.Arbitrary<string> => {
  const wildcard = fc.constantFrom('%', '%', '_', '\\%', '\\_', '\\\\', '\\', '%%', '%_');
  const literal = fc.oneof(
    piece(textOfRows(name)),
    fc.constantFrom('k', 'S', 'é', 'ß', 'σ', ' ', 'timeout while'),
  );
  const changed = literal.chain((text) =>
    fc.constantFrom(text, text, text.toUpperCase(), text.toLowerCase()),
  );
  return fc.oneof(
    fc.tuple(fc.constantFrom('%', ''), changed, fc.constantFrom('%', '')).map((parts) => parts.join('')),
    fc.array(fc.oneof(wildcard, changed), { maxLength: 5 }).map((parts) => parts.join('')),
  );
};

/** Patterns of RE2, half of them from pieces that may not fit together. */
export const regexpFor = (name: string): fc.Arbitrary<string> => {
  const texts = [...textOfRows(name), ...bodies];
  const quoted = piece(texts).map((text) => text.replaceAll(/[\\.+*?()|[\]{}^$]/g, '\\$&'));
  const good = fc.constantFrom(
    ...[
      '.',
      '.*',
      '.+?',
      '^',
      '$',
      '(?m)^',
      '(?m)$',
      '\\A',
      '\\z',
      '\\d+',
      '\\w',
      '\\W',
      '\\s',
      '\\b',
      '[abc]',
      '[^a]',
    ],
    ...[
      '[]a]',
      '[a-k]',
      '[^\\n]',
      '[[:upper:]]',
      '\\Qa.b\\E',
      '\\.',
      '\\\\',
      '\\x61',
      '\\x{1F600}',
      '\\pL',
      '\\p{Lu}',
    ],
    ...[
      '\\P{L}',
      '()',
      '(|a)',
      '(?:é)?',
      '😀{0,1}',
      '日?',
      '(?i)',
      '(?-i)',
      '(?-s)',
      '(?i:K)',
      '(?s:.)',
      'a|b',
      '|',
      '\0',
    ],
  );
  const any = fc.constantFrom(
    ...[
      '(',
      ')',
      '(?:',
      '(?P<n>',
      '(?<n>',
      '?',
      '*',
      '+',
      '{2}',
      '{0}',
      '{1,}',
      '{',
      '}',
      '[',
      '\\Q',
      '\\C',
      '\\1',
    ],
    ...['(?=a)', '\\p{Cn}', '\\', '{1001}', '(?<=a)'],
  );
  return fc.oneof(
    fc.array(fc.oneof(good, quoted), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
    fc.array(fc.oneof(good, quoted, any), { minLength: 1, maxLength: 4 }).map((parts) => parts.join('')),
  );
};
