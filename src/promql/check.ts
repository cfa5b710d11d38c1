import type {
  Aggregate,
  AggregateOp,
  Binary,
  BinaryOp,
  Expr,
  Span,
  Subquery,
  Unary,
  ValueType,
  VectorMatching,
} from './ast.ts';
import type { FunctionSignature } from './functions.ts';
import { aggregations, isComparison, isSetOperator } from './keywords.ts';
import type { BinaryModifiers } from './parse-matching.ts';
import type { TokenStream } from './token-stream.ts';

const typeNames: Readonly<Record<ValueType, string>> = {
  scalar: 'a scalar',
  string: 'a string',
  vector: 'an instant vector',
  matrix: 'a range vector',
};

/** Checks the type of one operand; `owner` is what it belongs to. Throws an InputError that says what to write. */
function checkType(tokens: TokenStream, expr: Expr, wanted: ValueType, owner: string): void {
  if (expr.type === wanted) return;
  const found = `${owner} takes ${typeNames[wanted]}, and this is ${typeNames[expr.type]}`;
  throw tokens.fail(`${found}${conversion(expr, wanted, tokens.text)}`, expr.span);
}

function conversion(expr: Expr, wanted: ValueType, text: string): string {
  const source = text.slice(expr.span.start, expr.span.end);
  const shown = source.length <= 40 && !source.includes('\n') ? source : undefined;
  if (wanted === 'matrix' && expr.type === 'vector') {
    if (expr.kind !== 'vectorSelector') return '; a subquery makes one: (…)[5m:]';
    const range = expr.offset === undefined && expr.at === undefined ? `${shown ?? '…'}[5m]` : '…[5m]';
    return `; give it a range: ${range}`;
  }
  if (wanted === 'vector' && expr.type === 'scalar') return `; vector(${shown ?? '…'}) makes one`;
  if (wanted === 'scalar' && expr.type === 'vector')
    return `; scalar(${shown ?? '…'}) makes one of a single series`;
  if (wanted === 'vector' && expr.type === 'matrix') {
    return expr.kind === 'matrixSelector'
      ? '; leave the range out, or put a function around it: rate(…)'
      : '; put a function around it, such as max_over_time(…)';
  }
  if (wanted === 'string') return '; put it between quotes';
  return '';
}

/** Checks the number and the types of a function's arguments. */
export function checkArguments(
  tokens: TokenStream,
  signature: FunctionSignature,
  args: readonly Expr[],
  span: Span,
): void {
  const { name, args: types, minArgs, maxArgs } = signature;
  if (args.length < minArgs || args.length > maxArgs) {
    throw tokens.fail(`${usage(signature)}, and got ${args.length}`, span);
  }
  args.forEach((arg, i) => {
    const wanted = types[Math.min(i, types.length - 1)];
    if (wanted !== undefined) checkType(tokens, arg, wanted, `${name}()`);
  });
  const [, selector] = args;
  if (name !== 'info' || selector === undefined) return;
  if (selector.kind !== 'vectorSelector' || selector.name !== undefined) {
    throw tokens.fail(
      'the second argument of info() is labels between braces: {version=~".+"}',
      selector.span,
    );
  }
}

function usage({ name, args, minArgs, maxArgs }: FunctionSignature): string {
  const list = args.length === 0 ? '' : `: ${args.map((type) => typeNames[type]).join(', ')}`;
  const plural = maxArgs === 1 ? 'argument' : 'arguments';
  if (minArgs === maxArgs) return `${name}() takes ${minArgs === 0 ? 'no' : minArgs} ${plural}${list}`;
  if (maxArgs === Number.POSITIVE_INFINITY) return `${name}() takes ${minArgs} arguments or more${list}`;
  return `${name}() takes ${minArgs} to ${maxArgs} ${plural}${list}`;
}

/** Makes an aggregation of its arguments. */
export function checkedAggregate(
  tokens: TokenStream,
  op: AggregateOp,
  args: readonly Expr[],
  modifier: Pick<Aggregate, 'grouping' | 'without'>,
  span: Span,
): Aggregate {
  const wanted = aggregations.get(op)?.param;
  const expr = args.at(-1);
  if (expr === undefined || args.length !== (wanted === undefined ? 1 : 2)) {
    const shape =
      wanted === undefined ? `${op}(vector)` : `${op}(${wanted === 'string' ? '"label"' : 'number'}, vector)`;
    throw tokens.fail(
      `${op} is written ${shape}, and here it has ${args.length} argument${args.length === 1 ? '' : 's'}`,
      span,
    );
  }
  const param = wanted === undefined ? undefined : args[0];
  if (param !== undefined && wanted !== undefined)
    checkType(tokens, param, wanted, `the first argument of ${op}`);
  checkType(tokens, expr, 'vector', op);
  return { kind: 'aggregate', type: 'vector', op, param, expr, ...modifier, span };
}

/** Makes a binary expression. */
export function checkedBinary(
  tokens: TokenStream,
  op: BinaryOp,
  opSpan: Span,
  modifiers: BinaryModifiers,
  left: Expr,
  right: Expr,
): Binary {
  const span = { start: left.span.start, end: right.span.end };
  for (const operand of [left, right]) {
    if (operand.type === 'scalar' || operand.type === 'vector') continue;
    const hint = operand.type === 'matrix' ? conversion(operand, 'vector', tokens.text) : '';
    const wanted = `${op} takes scalars and instant vectors, and this is ${typeNames[operand.type]}`;
    throw tokens.fail(`${wanted}${hint}`, operand.span);
  }
  const scalars = [left, right].filter((operand) => operand.type === 'scalar').length;
  if (modifiers.returnBool && !isComparison(op)) {
    throw tokens.fail(`bool only goes with == != > < >= <=, not with ${op}`, opSpan);
  }
  if (isComparison(op) && !modifiers.returnBool && scalars === 2) {
    throw tokens.fail(`two scalars are compared with bool: ${op} bool`, opSpan);
  }
  if (isSetOperator(op) && scalars > 0) {
    throw tokens.fail(`${op} takes two instant vectors; vector(…) makes one of a scalar`, span);
  }
  const returnBool = modifiers.returnBool;
  const parts = { kind: 'binary', op, left, right, returnBool, opSpan, span } as const;
  if (scalars === 0) {
    return { ...parts, type: 'vector', matching: checkedMatching(tokens, op, opSpan, modifiers) };
  }
  if (modifiers.labels.length > 0) {
    throw tokens.fail(`${modifiers.on ? 'on' : 'ignoring'} (…) only goes between two instant vectors`, span);
  }
  if (modifiers.fillLeft !== undefined || modifiers.fillRight !== undefined) {
    throw tokens.fail('fill (…) only goes between two instant vectors', span);
  }
  return { ...parts, type: scalars === 2 ? 'scalar' : 'vector', matching: undefined };
}

function checkedMatching(
  tokens: TokenStream,
  op: BinaryOp,
  opSpan: Span,
  modifiers: BinaryModifiers,
): VectorMatching {
  const { on, labels, include, fillLeft, fillRight, cardinality } = modifiers;
  const twice = on ? labels.find((label) => include.includes(label)) : undefined;
  if (twice !== undefined) {
    throw tokens.fail(
      `the label ${twice} can't be both in on (…) and in group_left or group_right (…)`,
      opSpan,
    );
  }
  if (isSetOperator(op)) {
    if (cardinality !== 'one-to-one') throw tokens.fail(`${op} takes no group_left or group_right`, opSpan);
    if (fillLeft !== undefined || fillRight !== undefined) throw tokens.fail(`${op} takes no fill`, opSpan);
  }
  return {
    cardinality: isSetOperator(op) ? 'many-to-many' : cardinality,
    on,
    labels,
    include,
    fillLeft,
    fillRight,
  };
}

/** Makes an expression with a sign; the sign in front of a number becomes part of it. */
export function checkedUnary(tokens: TokenStream, op: '+' | '-', expr: Expr, span: Span): Unary | Expr {
  if (expr.kind === 'number') return { ...expr, value: op === '-' ? -expr.value : expr.value, span };
  if (expr.type !== 'scalar' && expr.type !== 'vector') {
    const hint = expr.type === 'matrix' ? conversion(expr, 'vector', tokens.text) : '';
    const wanted = `a sign takes a scalar or an instant vector, and this is ${typeNames[expr.type]}`;
    throw tokens.fail(`${wanted}${hint}`, expr.span);
  }
  return { kind: 'unary', type: expr.type, op, expr, span };
}

/** Makes a subquery. */
export function checkedSubquery(
  tokens: TokenStream,
  parts: Pick<Subquery, 'expr' | 'range' | 'step' | 'span'>,
): Subquery {
  checkType(tokens, parts.expr, 'vector', 'a subquery');
  return { kind: 'subquery', type: 'matrix', ...parts, offset: undefined, at: undefined };
}
