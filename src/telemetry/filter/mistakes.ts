import type { Span } from './ast.ts';
import { type Cursor, isKeyword, isReserved, isSymbol } from './cursor.ts';
import type { Token } from './lexer.ts';
import { attributeText, shorten, stringText } from './print.ts';

/** What is wrong with a filter, what would work, and the place. */
export interface Mistake {
  readonly message: string;
  readonly span: Span;
}

const searchText = "to search the text of logs, write body LIKE '%timeout%'.";

/** Words of a value without quotes that a message repeats. */
const mostWords = 8;

const clauses: ReadonlyMap<string, string> = new Map([
  ['SELECT', 'A filter is only the condition that would follow WHERE; columns are chosen by "fields".'],
  ['FROM', 'A filter is only the condition that would follow WHERE.'],
  ['ORDER', 'A filter is only a condition; the order is chosen by the parameter "order".'],
  ['SORT', 'A filter is only a condition; the order is chosen by the parameter "order".'],
  ['LIMIT', 'A filter is only a condition; how much is returned is chosen by the parameter "limit".'],
  ['GROUP', 'A filter is only a condition; groups are chosen by the parameter "groupBy".'],
  ['HAVING', 'A filter is only a condition; HAVING has no counterpart.'],
  ['UNION', 'A filter is only a condition; join conditions by OR.'],
]);

const otherOperators: ReadonlyMap<string, string> = new Map([
  ['contains', "LIKE '%text%' (any case: ILIKE)"],
  ['includes', "LIKE '%text%' (any case: ILIKE)"],
  ['has', "LIKE '%text%' (any case: ILIKE)"],
  ['startswith', "LIKE 'text%'"],
  ['starts', "LIKE 'text%'"],
  ['endswith', "LIKE '%text'"],
  ['ends', "LIKE '%text'"],
  ['matches', "=~ 'regular expression'"],
  ['match', "=~ 'regular expression'"],
  ['regex', "=~ 'regular expression'"],
  ['regexp', "=~ 'regular expression'"],
  ['rlike', "=~ 'regular expression'"],
  ['equals', '='],
  ['equal', '='],
  ['eq', '='],
  ['ne', '!='],
  ['neq', '!='],
  ['gt', '>'],
  ['gte', '>='],
  ['lt', '<'],
  ['lte', '<='],
  ['exists', 'IS NOT NULL'],
  ['nin', 'NOT IN ("a", "b")'],
]);

const functions: ReadonlyMap<string, string> = new Map([
  ['now', 'For a time relative to now, write timestamp > now-1h.'],
  ['lower', 'To ignore the case of letters, write ILIKE.'],
  ['upper', 'To ignore the case of letters, write ILIKE.'],
  ['length', 'The length of a log line is the field body_length.'],
  ['len', 'The length of a log line is the field body_length.'],
  ['count', 'What to compute is chosen by the parameter "aggregation".'],
]);

/** The cursor stands where a condition should start, and there is no field's name. */
export function noField(cursor: Cursor): Mistake {
  const token = cursor.peek();
  const { span } = token;
  if (token.kind === 'end') {
    return { message: `The filter ends where a condition should follow.`, span: cursor.previous().span };
  }
  if (token.kind === 'string') {
    const message = isOperator(cursor.peek(1))
      ? `A field stands without quotes (namespace = 'default'), an attribute as @name or @"a name".`
      : `A condition is a field, an operator and a value; ${searchText}`;
    return { message, span };
  }
  if (isSymbol(token, ')')) return { message: 'A condition is missing before this parenthesis.', span };
  if (isOperator(token)) return { message: `A field is missing before ${shown(token)}.`, span };
  return { message: `A condition is missing before ${shown(token)}.`, span };
}

/** A word with a parenthesis behind it. */
export function functionCall(token: Token): Mistake {
  const { text, span } = token;
  if (text.length > 1 && text.endsWith(':')) {
    const field = shorten(text.slice(0, -1));
    return {
      message: `A colon is no operator; for several values write ${field} IN ("a", "b").`,
      span,
    };
  }
  const advice = functions.get(token.text.toLowerCase()) ?? 'Write a field, an operator and a value.';
  return { message: `A filter has no functions such as ${shown(token)}(…). ${advice}`, span: token.span };
}

/** The left side is a number. */
export function numberOnLeft(token: Token): Mistake {
  return {
    message: 'The field stands on the left and the value on the right: duration > 500ms.',
    span: token.span,
  };
}

/** The cursor stands behind a field's name, and there is no operator. */
export function missingOperator(cursor: Cursor): Mistake {
  const name = cursor.previous();
  const next = cursor.peek();
  const clause = name.kind === 'word' ? clauses.get(name.text.toUpperCase()) : undefined;
  if (clause !== undefined) return { message: clause, span: name.span };
  const colon = colonAsOperator(cursor);
  if (colon !== undefined) return colon;
  const operator = next.kind === 'word' ? otherOperators.get(next.text.toLowerCase()) : undefined;
  if (operator !== undefined) {
    return {
      message: `There is no operator ${shown(next)}; write ${shown(name)} ${operator}.`,
      span: next.span,
    };
  }
  if (next.kind === 'end' || isReserved(next) || isSymbol(next, ')') || next.kind === 'word') {
    return {
      message: `An operator and a value are missing after ${shown(name)}: = != < <= > >= IN LIKE ILIKE =~ !~ BETWEEN, or IS NULL; ${searchText}`,
      span: name.span,
    };
  }
  return { message: `An operator such as = is missing after ${shown(name)}.`, span: next.span };
}

/** `field:value`, with or without spaces around the colon; the value may have several words. */
function colonAsOperator(cursor: Cursor): Mistake | undefined {
  const name = cursor.previous();
  const next = cursor.peek();
  const colon = colonIn(name);
  const leads = colon < 0 && next.kind === 'word' && next.text.startsWith(':');
  if (colon < 1 && !leads) return undefined;
  const bare = leads ? name.text : name.text.slice(0, colon);
  const field = shorten(name.kind === 'attribute' ? attributeText(bare) : bare);
  const within = leads ? '' : name.text.slice(colon + 1);
  const ahead = within === '' ? valueAhead(cursor) : [];
  const text = ahead.map((token) => token.text).join(' ');
  const value = within || (leads ? text.slice(1).trimStart() : text);
  return {
    message: `A colon is no operator; write ${field} = ${value === '' ? 'and a value' : stringText(shorten(value))}.`,
    span: { start: name.span.start, end: (ahead.at(-1) ?? name).span.end },
  };
}

/** Where the colon is that may be meant as an operator, or -1. Names of attributes may have one inside. */
function colonIn({ kind, text, span }: Token): number {
  if (kind === 'word') return text.indexOf(':');
  const isQuoted = span.end - span.start > text.length + 1;
  return !isQuoted && text.endsWith(':') ? text.length - 1 : -1;
}

/** The string or the words here that may be one value; a colon may stand in front. */
function valueAhead(cursor: Cursor): Token[] {
  const tokens: Token[] = [];
  for (let ahead = 0; ahead < mostWords; ahead++) {
    const token = cursor.peek(ahead);
    const isFirst = tokens.every(({ text }) => text === ':');
    if (isFirst && token.kind === 'string') return [...tokens, token];
    const startsCondition = !isFirst && (token.text.includes(':') || isOperator(cursor.peek(ahead + 1)));
    if (token.kind !== 'word' || isReserved(token) || startsCondition) break;
    tokens.push(token);
  }
  return tokens;
}

/** The cursor stands behind an operator, and there is no value. */
export function missingValue(cursor: Cursor, operator: Token): Mistake {
  const token = cursor.peek();
  const { span } = token;
  if (isKeyword(token, 'NULL')) return { message: nullAdvice(operator), span };
  if (token.kind === 'attribute') {
    return {
      message: `On the right of ${operator.text} stands a value; two fields can't be compared. A value that starts with @ stands in quotes.`,
      span,
    };
  }
  if (isSymbol(token, '(')) {
    return { message: `${operator.text} takes one value; for several, write IN ("a", "b").`, span };
  }
  if (isKeyword(operator, 'IN') && isSymbol(token, ')')) {
    return { message: 'The list of IN is empty; it takes one value or more.', span };
  }
  const at = token.kind === 'end' ? operator.span : span;
  const why = isReserved(token) ? ` ${token.text} as a value stands in quotes.` : '';
  return { message: `A value is missing after ${shown(operator)}.${why}`, span: at };
}

function nullAdvice(operator: Token): string {
  const advice =
    operator.text === '!=' || operator.text === '<>'
      ? 'IS NOT NULL'
      : 'IS NULL (a missing value is the empty one)';
  return `NULL is no value; write ${advice}, or 'NULL' in quotes for the text.`;
}

/** The cursor stands behind a whole condition, and what follows does not belong there. */
export function afterCondition(cursor: Cursor): Mistake {
  const before = cursor.previous();
  const token = cursor.peek();
  const { span } = token;
  const clause = token.kind === 'word' ? clauses.get(token.text.toUpperCase()) : undefined;
  if (clause !== undefined) return { message: clause, span };
  if (isSymbol(token, ')')) return { message: 'This parenthesis closes none.', span };
  if (token.kind === 'word' && /^(?:--|\/\*)/.test(token.text)) {
    return { message: 'A filter has no comments.', span };
  }
  if (isSymbol(token, ';'))
    return { message: 'A filter is one condition; a semicolon stands at its end.', span };
  if (before.kind === 'word' && token.kind === 'word' && !isReserved(token) && !isReserved(before)) {
    const words = [before.text];
    let end = span.end;
    for (let ahead = 0; ahead < mostWords; ahead++) {
      const next = cursor.peek(ahead);
      if (next.kind !== 'word' || isReserved(next)) break;
      words.push(next.text);
      end = next.span.end;
    }
    return {
      message: `A value of several words stands in quotes: ${stringText(shorten(words.join(' ')))}. Between conditions stands AND or OR.`,
      span: { start: before.span.start, end },
    };
  }
  return { message: 'Between conditions stands AND or OR.', span };
}

/** A token as it is named in a message. */
function shown({ kind, text }: Token): string {
  if (kind === 'attribute') return shorten(attributeText(text));
  return kind === 'symbol' && '(),;'.includes(text) ? `"${text}"` : shorten(text);
}

function isOperator(token: Token): boolean {
  if (token.kind === 'symbol') return !['(', ')', ',', ';'].includes(token.text);
  return ['IN', 'LIKE', 'ILIKE', 'IS', 'BETWEEN'].some((keyword) => isKeyword(token, keyword));
}
