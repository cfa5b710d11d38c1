import type {
  AtModifier,
  Binary,
  DurationExpr,
  Expr,
  Matcher,
  Subquery,
  VectorMatching,
  VectorSelector,
} from './ast.ts';
import { wordsThatAreNoLabel } from './keywords.ts';
import { formatDuration, formatNumber } from './number-literal.ts';
import { quoteString } from './string-literal.ts';

/**
 * The text of a syntax tree, on one line: parsed again, it gives the same tree (places aside). It is
 * Prometheus' own syntax, for a tree that the parser made or addMatchers changed.
 */
export function printQuery(expr: Expr): string {
  switch (expr.kind) {
    case 'number':
      return expr.duration ? printSeconds(expr.value) : formatNumber(expr.value);
    case 'string':
      return quoteString(expr.value);
    case 'vectorSelector':
      return `${printSeries(expr)}${printExtension(expr)}${printTime(expr)}`;
    case 'matrixSelector': {
      const { selector, range } = expr;
      return `${printSeries(selector)}[${printDuration(range)}]${printExtension(selector)}${printTime(selector)}`;
    }
    case 'subquery':
      return `${printQuery(expr.expr)}${printRange(expr)}${printTime(expr)}`;
    case 'call':
      return `${expr.name}(${expr.args.map(printQuery).join(', ')})`;
    case 'aggregate': {
      const keyword = expr.without ? 'without' : 'by';
      const grouping =
        expr.without || expr.grouping.length > 0 ? ` ${keyword} ${printLabels(expr.grouping)} ` : '';
      const param = expr.param === undefined ? '' : `${printQuery(expr.param)}, `;
      return `${expr.op}${grouping}(${param}${printQuery(expr.expr)})`;
    }
    case 'binary':
      return `${printLeft(expr)} ${printOperator(expr)} ${printQuery(expr.right)}`;
    case 'unary':
      return `${expr.op}${printQuery(expr.expr)}`;
    case 'paren':
      return `(${printQuery(expr.expr)})`;
  }
}

/** A duration as it stands in a query. */
export function printDuration(duration: DurationExpr): string {
  switch (duration.kind) {
    case 'literal':
      return duration.units ? printSeconds(duration.seconds) : formatNumber(duration.seconds);
    case 'parameter':
      return `${duration.name}()`;
    case 'paren':
      return `(${printDuration(duration.operand)})`;
    case 'unary':
      return `${duration.op}${printDuration(duration.operand)}`;
    case 'choice':
      return `${duration.name}(${printDuration(duration.left)}, ${printDuration(duration.right)})`;
    case 'binary':
      return `${printDuration(duration.left)} ${duration.op} ${printDuration(duration.right)}`;
  }
}

/** A matcher as it stands between braces. */
export function printMatcher({ label, op, value }: Matcher): string {
  return `${isPlainName(label) ? label : quoteString(label)}${op}${quoteString(value)}`;
}

function printLeft({ op, left }: Binary): string {
  // The sign of +Inf would reach over the power.
  const isInfinity = left.kind === 'number' && left.value === Number.POSITIVE_INFINITY;
  return op === '^' && isInfinity ? 'Inf' : printQuery(left);
}

function printSeconds(seconds: number): string {
  // Units were whole milliseconds once.
  return Object.is(seconds, -0) ? '-0s' : formatDuration(Math.round(seconds * 1000));
}

function printSeries({ name, matchers }: VectorSelector): string {
  const inBraces = name === undefined ? matchers : matchers.slice(0, -1);
  const braces =
    name === undefined || inBraces.length > 0 ? `{${inBraces.map(printMatcher).join(', ')}}` : '';
  return `${name ?? ''}${braces}`;
}

function printExtension({ extension }: VectorSelector): string {
  return extension === undefined ? '' : ` ${extension}`;
}

function printRange({ range, step }: Subquery): string {
  return `[${printDuration(range)}:${step === undefined ? '' : printDuration(step)}]`;
}

function printTime(expr: Pick<VectorSelector, 'at' | 'offset'>): string {
  const at = expr.at === undefined ? '' : ` @ ${printAt(expr.at)}`;
  return expr.offset === undefined ? at : `${at} offset ${printDuration(expr.offset)}`;
}

function printAt(at: AtModifier): string {
  if (at.kind !== 'timestamp') return `${at.kind}()`;
  // Digits are moved, not divided: a quotient could round to another millisecond.
  const digits = BigInt(Math.abs(at.ms)).toString().padStart(4, '0');
  return `${at.ms < 0 ? '-' : ''}${digits.slice(0, -3)}.${digits.slice(-3)}`;
}

function printOperator({ op, returnBool, matching }: Binary): string {
  return `${op}${returnBool ? ' bool' : ''}${matching === undefined ? '' : printMatching(matching)}`;
}

function printMatching({ on, labels, cardinality, include, fillLeft, fillRight }: VectorMatching): string {
  const isGrouped = cardinality === 'many-to-one' || cardinality === 'one-to-many';
  let text = on || labels.length > 0 || isGrouped ? ` ${on ? 'on' : 'ignoring'} ${printLabels(labels)}` : '';
  if (isGrouped)
    text += ` ${cardinality === 'many-to-one' ? 'group_left' : 'group_right'} ${printLabels(include)}`;
  if (fillLeft !== undefined && Object.is(fillLeft, fillRight))
    return `${text} fill (${formatNumber(fillLeft)})`;
  if (fillLeft !== undefined) text += ` fill_left (${formatNumber(fillLeft)})`;
  if (fillRight !== undefined) text += ` fill_right (${formatNumber(fillRight)})`;
  return text;
}

function printLabels(labels: readonly string[]): string {
  const shown = labels.map((label) => {
    return isPlainName(label) && !wordsThatAreNoLabel.has(label.toLowerCase()) ? label : quoteString(label);
  });
  return `(${shown.join(', ')})`;
}

function isPlainName(label: string): boolean {
  return /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(label);
}
