/** A piece of SQL that is safe to run: made of our own text, and values that are escaped. */
export class Sql {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type SqlValue = Sql | string | number | bigint | boolean;

/**
 * Builds SQL from a template. `Sql` is put in as it is; every other value becomes a literal, so that
 * text of a client can only ever be a string in quotes.
 *
 *     sql`Body = ${text} AND Duration > ${1000n}`
 */
export function sql(strings: TemplateStringsArray, ...values: readonly SqlValue[]): Sql {
  return new Sql(
    strings.reduce((text, part, i) => {
      const value = values[i];
      return value === undefined ? text + part : text + part + literal(value);
    }, ''),
  );
}

/** Joins pieces of SQL, `separator` between them. */
export function join(parts: readonly Sql[], separator: string): Sql {
  return new Sql(parts.map((part) => part.text).join(separator));
}

/** Values in a list, for IN; of none, what nothing is equal to. */
export function listOf(values: Iterable<string | number | bigint>): Sql {
  const items = Array.from(values, (value) => sql`${value}`);
  return items.length === 0 ? new Sql('NULL') : join(items, ', ');
}

/** A name in backticks: a column, table or database. */
export function identifier(name: string): Sql {
  return new Sql(`\`${escaped(name, '`')}\``);
}

function literal(value: SqlValue): string {
  if (value instanceof Sql) return value.text;
  if (typeof value === 'string') return `'${escaped(value, "'")}'`;
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError(`no literal for ${value}`);
  return Object.is(value, -0) ? '0' : String(value);
}

/** ClickHouse reads `\\`, the escaped quote and `\0` in literals; all other bytes stand for themselves. */
function escaped(text: string, quote: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`).replaceAll('\0', '\\0');
}
