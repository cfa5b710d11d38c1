import { attributeText, stringText } from '../print.ts';

const operators: ReadonlyMap<string, string> = new Map([
  ['=', '='],
  ['==', '='],
  ['eq', '='],
  ['equals', '='],
  ['is', '='],
  ['!=', '!='],
  ['ne', '!='],
  ['neq', '!='],
  ['>', '>'],
  ['gt', '>'],
  ['>=', '>='],
  ['gte', '>='],
  ['<', '<'],
  ['lt', '<'],
  ['<=', '<='],
  ['lte', '<='],
  ['in', 'IN'],
  ['nin', 'NOT IN'],
  ['not_in', 'NOT IN'],
  ['contains', 'contains'],
  ['like', 'LIKE'],
  ['regex', '=~'],
]);

/** Levels of JSON that are read. */
const deepest = 8;

/**
 * The condition that a filter written as JSON means: `{"level": "ERROR"}`, Elasticsearch's and MongoDB's
 * queries, lists of `{"field", "operator", "value"}`. Undefined where it means none.
 */
export function conditionOfJson(json: unknown, depth = 0): string | undefined {
  if (depth > deepest || typeof json !== 'object' || json === null) return undefined;
  const conditions = Array.isArray(json)
    ? json.map((item) => (typeof item === 'string' ? item : conditionOfJson(item, depth + 1)))
    : (fieldCondition(json) ?? Object.entries(json).map(([key, value]) => entryCondition(key, value, depth)));
  const known = conditions.filter((condition) => condition !== undefined);
  return known.length === 0 ? undefined : known.join(' AND ');
}

/** `{"field": "level", "operator": "=", "value": "ERROR"}` */
function fieldCondition(json: object): string[] | undefined {
  const entries = new Map<string, unknown>(Object.entries(json));
  const field = entries.get('field') ?? entries.get('key');
  const operator = entries.get('operator') ?? entries.get('op') ?? '=';
  const value = entries.get('value') ?? entries.get('values');
  if (typeof field !== 'string' || typeof operator !== 'string') return undefined;
  const condition = compare(field, operator, value);
  return condition === undefined ? undefined : [condition];
}

function entryCondition(key: string, value: unknown, depth: number): string | undefined {
  if (key === '$or' || key === 'should') {
    const terms = Array.isArray(value) ? value.map((item) => conditionOfJson(item, depth + 1)) : [];
    const known = terms.filter((term) => term !== undefined);
    return known.length === 0 ? undefined : `(${known.join(' OR ')})`;
  }
  if (key === 'must_not') {
    const term = conditionOfJson(value, depth + 1);
    return term && `NOT (${term})`;
  }
  if (typeof value !== 'object' || value === null)
    return key.startsWith('$') ? undefined : compare(key, '=', value);
  if (Array.isArray(value) && value.every((item) => typeof item !== 'object'))
    return compare(key, 'in', value);
  const compared = Object.entries(value).map(([operator, operand]) =>
    operators.has(nameOf(operator)) ? compare(key, operator, operand) : undefined,
  );
  if (compared.length > 0 && compared.every((condition) => condition !== undefined))
    return compared.join(' AND ');
  return conditionOfJson(value, depth + 1);
}

const nameOf = (operator: string): string => operator.replace(/^\$/, '').toLowerCase();

function compare(field: string, operator: string, value: unknown): string | undefined {
  const known = operators.get(nameOf(operator));
  const name = /^[@\w][\w.-]*$/.test(field) ? field : attributeText(field);
  if (known === undefined) return undefined;
  if (Array.isArray(value)) {
    const items = value.map(literal);
    const list = known === '!=' || known === 'NOT IN' ? 'NOT IN' : 'IN';
    return items.every((item) => item !== undefined) ? `${name} ${list} (${items.join(', ')})` : undefined;
  }
  if (known === 'contains')
    return typeof value === 'string' ? `${name} LIKE ${stringText(`%${value}%`)}` : undefined;
  const text = literal(value);
  return text === undefined ? undefined : `${name} ${known.replace('IN', '=')} ${text}`;
}

function literal(value: unknown): string | undefined {
  if (typeof value === 'string') return stringText(value);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
