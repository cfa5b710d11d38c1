import type { Field } from '../../telemetry/fields.ts';
import type { Comparison, Filter, LikePart, Match, Value } from '../../telemetry/filter/ast.ts';
import type { SignalTable } from '../schema/signal-table.ts';
import { fieldValue } from './field.ts';
import { likeCondition, literalParts, matchCondition, wholeWords } from './pattern.ts';
import { join, Sql, sql } from './sql.ts';

/**
 * A filter as a condition on the rows of a table, 0 or 1 and never NULL. It means what the filter's own
 * types say, in every detail: a missing value is '', text compares by bytes, numbers in text as doubles.
 */
export function conditionOf(filter: Filter, table: SignalTable): Sql {
  return new Conditions(table).condition(filter, 'never');
}

/**
 * A condition on the rows that the filter leaves out only because a text that it compares with a number
 * is none. `undefined` where no such comparison can leave out a row; then nothing has to be counted.
 */
export function numericTextExcluded(filter: Filter, table: SignalTable): Sql | undefined {
  const conditions = new Conditions(table);
  const lenient = conditions.condition(filter, 'here');
  if (!conditions.wasLenient) return undefined;
  return sql`${lenient} AND ${not(conditions.condition(filter, 'never'))}`;
}

/** Where a text that is no number counts as if it matched: here, or behind one more NOT, or nowhere. */
type Leniency = 'here' | 'negated' | 'never';

const opposite: Readonly<Record<Leniency, Leniency>> = { here: 'negated', negated: 'here', never: 'never' };

const never = sql`0`;
const always = sql`1`;

class Conditions {
  wasLenient = false;
  private readonly table: SignalTable;

  constructor(table: SignalTable) {
    this.table = table;
  }

  condition(filter: Filter, leniency: Leniency): Sql {
    switch (filter.kind) {
      case 'and':
      case 'or': {
        const terms = filter.terms.map((term) => this.condition(term, leniency));
        return sql`(${join(terms, filter.kind === 'and' ? ' AND ' : ' OR ')})`;
      }
      case 'not':
        return not(this.condition(filter.term, opposite[leniency]));
      case 'comparison':
        return this.comparison(filter, leniency);
      case 'in':
        return this.negatable(filter, leniency, (inner) => this.equality(filter.field, filter.values, inner));
      case 'between':
        return this.negatable(filter, leniency, (inner) => {
          const { field, low, high, span } = filter;
          const from = this.comparison(
            { kind: 'comparison', field, operator: '>=', value: low, span },
            inner,
          );
          const to = this.comparison({ kind: 'comparison', field, operator: '<=', value: high, span }, inner);
          return sql`(${from} AND ${to})`;
        });
      case 'like':
        return this.like(filter.field, filter.parts, filter);
      case 'match': {
        const parts = literalParts(filter.pattern);
        return parts === undefined ? this.match(filter) : this.like(filter.field, parts, filter);
      }
      case 'missing':
        return this.missing(filter.field, filter.negated);
    }
  }

  private negatable(
    { negated }: { readonly negated: boolean },
    leniency: Leniency,
    condition: (leniency: Leniency) => Sql,
  ): Sql {
    return negated ? not(condition(opposite[leniency])) : condition(leniency);
  }

  private comparison({ field, operator, value }: Comparison, leniency: Leniency): Sql {
    if (operator === '!=') {
      return not(this.equality(field, [value], opposite[leniency]));
    }
    if (operator === '=') {
      const condition = this.equality(field, [value], leniency);
      return value.type === 'string'
        ? this.indexed(field, [{ literal: value.value }], false, condition)
        : condition;
    }
    if (value.type === 'string') return this.textOrder(field, operator, value.value);
    if (value.type === 'time' || isNumeric(field)) {
      return sql`${fieldValue(field, this.table)} ${new Sql(operator)} ${literal(value)}`;
    }
    const number = this.numberIn(field);
    // An infinite number is text such as 1e999, or `inf`: no number here.
    const bound = operator.startsWith('>') ? sql`${number} < inf` : sql`${number} > -inf`;
    const condition = sql`ifNull(${number} ${new Sql(operator)} ${literal(value)} AND ${bound}, 0)`;
    return this.present(field, this.leniently(field, condition, leniency));
  }

  /** The field has one of the values. */
  private equality(field: Field, values: readonly Value[], leniency: Leniency): Sql {
    const texts = values.flatMap((value) => (value.type === 'string' ? [value.value] : []));
    const others = values.filter((value) => value.type !== 'string');
    const conditions: Sql[] = [];
    if (texts.length > 0) conditions.push(this.textEquality(field, [...new Set(texts)]));
    if (others.length > 0) {
      if (field.kind === 'builtin' && field.type !== 'string') {
        conditions.push(oneOf(fieldValue(field, this.table), others.map(literal)));
      } else {
        // The hash of a set tells -0 from 0; adding 0 makes them one.
        const number = others.length > 1 ? sql`${this.numberIn(field)} + 0` : this.numberIn(field);
        const equal = sql`ifNull(${oneOf(number, others.map(literal))}, 0)`;
        conditions.push(this.present(field, this.leniently(field, equal, leniency)));
      }
    }
    return conditions.length === 1 ? (conditions[0] ?? never) : sql`(${join(conditions, ' OR ')})`;
  }

  private textEquality(field: Field, texts: readonly string[]): Sql {
    if (field.kind === 'attribute' && !texts.includes('')) {
      // Said so that ClickHouse's indexes on the keys and values of the maps apply.
      const { ownAttributes, resourceAttributes } = this.table;
      const own = sql`${ownAttributes}[${field.name}]`;
      const values = texts.map((text) => sql`${text}`);
      return sql`(${oneOf(own, values)} OR (${own} = '' AND ${oneOf(sql`${resourceAttributes}[${field.name}]`, values)}))`;
    }
    const value = fieldValue(field, this.table);
    if (field.kind === 'builtin' && field.ignoreCase) {
      return oneOf(
        sql`lower(${value})`,
        texts.map((text) => sql`${lowerAscii(text)}`),
      );
    }
    return oneOf(
      value,
      texts.map((text) => sql`${text}`),
    );
  }

  private textOrder(field: Field, operator: string, text: string): Sql {
    const value = fieldValue(field, this.table);
    if (field.kind === 'builtin' && field.ordered) {
      const values = field.values ?? [];
      const place = values.indexOf(text);
      const inOrder = values
        .filter((_, i) => compare(i, operator, place))
        .map((name) => sql`${lowerAscii(name)}`);
      return place < 0 || inOrder.length === 0 ? never : oneOf(sql`lower(${value})`, inOrder);
    }
    const folds = field.kind === 'builtin' && field.ignoreCase;
    const condition = folds
      ? sql`lower(${value}) ${new Sql(operator)} ${lowerAscii(text)}`
      : sql`${value} ${new Sql(operator)} ${text}`;
    const mayBeMissing = operator.startsWith('<') || text === '';
    return this.present(field, mayBeMissing ? sql`(${value} != '' AND ${condition})` : condition);
  }

  private like(
    field: Field,
    parts: readonly LikePart[],
    { ignoreCase, negated }: { readonly ignoreCase: boolean; readonly negated: boolean },
  ): Sql {
    const like = likeCondition(fieldValue(field, this.table), parts, ignoreCase);
    const condition = this.present(field, like);
    return negated ? not(condition) : this.indexed(field, parts, ignoreCase, condition);
  }

  private match({ field, pattern, ignoreCase, negated }: Match): Sql {
    const match = matchCondition(fieldValue(field, this.table), pattern, ignoreCase);
    const condition = this.present(field, match);
    return negated ? not(condition) : condition;
  }

  private missing(field: Field, negated: boolean): Sql {
    if (field.kind === 'builtin' && field.type !== 'string') return negated ? always : never;
    const value = fieldValue(field, this.table);
    return negated ? this.present(field, sql`${value} != ''`) : sql`${value} = ''`;
  }

  /** Adds what follows from a condition that needs a value, and the indexes on the keys of maps can answer. */
  private present(field: Field, condition: Sql): Sql {
    if (field.kind === 'builtin') return condition;
    const { ownAttributes, resourceAttributes } = this.table;
    return sql`((mapContains(${ownAttributes}, ${field.name}) OR mapContains(${resourceAttributes}, ${field.name})) AND ${condition})`;
  }

  /** A text as a number; NULL where it is none, infinite where it is too large or says so. */
  private numberIn(field: Field): Sql {
    return sql`toFloat64OrNull(${fieldValue(field, this.table)})`;
  }

  private leniently(field: Field, condition: Sql, leniency: Leniency): Sql {
    if (leniency !== 'here') return condition;
    this.wasLenient = true;
    const text = fieldValue(field, this.table);
    return sql`(${condition} OR (${text} != '' AND NOT ifNull(isFinite(${this.numberIn(field)}), 0)))`;
  }

  /** Adds what follows from the condition and an index of words can answer. */
  private indexed(field: Field, parts: readonly LikePart[], ignoreCase: boolean, condition: Sql): Sql {
    const { bodyTokens } = this.table;
    if (field.kind !== 'builtin' || field.name !== 'body' || bodyTokens === undefined) return condition;
    const tokens = wholeWords(parts, ignoreCase).map((word) => sql`hasToken(${bodyTokens}, ${word})`);
    return tokens.length === 0 ? condition : sql`(${join([...tokens, condition], ' AND ')})`;
  }
}

const not = (condition: Sql): Sql => sql`NOT (${condition})`;

const isNumeric = (field: Field): boolean => field.kind === 'builtin' && field.type === 'number';

function oneOf(value: Sql, choices: readonly Sql[]): Sql {
  const [only] = choices;
  return choices.length === 1 && only !== undefined
    ? sql`${value} = ${only}`
    : sql`${value} IN (${join(choices, ', ')})`;
}

function compare(a: number, operator: string, b: number): boolean {
  if (a === b) return operator.endsWith('=');
  return operator.startsWith('<') ? a < b : a > b;
}

/** ClickHouse's `lower` knows ASCII alone. */
const lowerAscii = (text: string): string => text.replaceAll(/[A-Z]/g, (letter) => letter.toLowerCase());

function literal(value: Value): Sql {
  if (value.type === 'string') return sql`${value.value}`;
  if (value.type === 'time') return sql`fromUnixTimestamp64Nano(${value.value})`;
  // Whole numbers with all their digits: ClickHouse compares integers with them exactly.
  if (Number.isInteger(value.value) && Math.abs(value.value) < 2 ** 63) return sql`${BigInt(value.value)}`;
  return new Sql(value.value.toExponential());
}
