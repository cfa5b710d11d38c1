/**
 * The syntax tree of PromQL. The parser makes it and checks its types; nothing changes it afterwards.
 * Spans are UTF-16 offsets into the query's text, `end` exclusive.
 */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** The types of PromQL: an instant vector is `vector`, a range vector is `matrix`. */
export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

export type MatchOp = '=' | '!=' | '=~' | '!~';

/** A label matcher. A label that is missing has the value `''`. Regular expressions are RE2, anchored. */
export interface Matcher {
  readonly label: string;
  readonly op: MatchOp;
  readonly value: string;
}

export type AggregateOp =
  | 'sum'
  | 'avg'
  | 'count'
  | 'min'
  | 'max'
  | 'group'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'count_values'
  | 'quantile'
  | 'limitk'
  | 'limit_ratio';

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
export type ComparisonOp = '==' | '!=' | '>' | '<' | '>=' | '<=';
export type SetOp = 'and' | 'or' | 'unless';
/** `</` keeps the observations of a native histogram below a bound, `>/` those above it. */
export type TrimOp = '</' | '>/';
export type BinaryOp = ArithmeticOp | ComparisonOp | SetOp | TrimOp;

/** A duration as it was written: a literal, or an expression that needs the query's step and range. */
export type DurationExpr =
  | DurationLiteral
  | DurationParameter
  | DurationUnary
  | DurationBinary
  | DurationChoice
  | DurationParen;

export interface DurationLiteral {
  readonly kind: 'literal';
  readonly seconds: number;
  /** Written with units (`5m`) and not as a plain number (`300`). */
  readonly units: boolean;
  readonly span: Span;
}

/** `step()` or `range()`: the step and the length (end − start) of the whole query; 0 for an instant query. */
export interface DurationParameter {
  readonly kind: 'parameter';
  readonly name: 'step' | 'range';
  readonly span: Span;
}

export interface DurationUnary {
  readonly kind: 'unary';
  readonly op: '+' | '-';
  readonly operand: DurationExpr;
  readonly span: Span;
}

export interface DurationBinary {
  readonly kind: 'binary';
  readonly op: '+' | '-' | '*' | '/' | '%' | '^';
  readonly left: DurationExpr;
  readonly right: DurationExpr;
  readonly span: Span;
}

export interface DurationChoice {
  readonly kind: 'choice';
  readonly name: 'min_of' | 'max_of';
  readonly left: DurationExpr;
  readonly right: DurationExpr;
  readonly span: Span;
}

export interface DurationParen {
  readonly kind: 'paren';
  readonly operand: DurationExpr;
  readonly span: Span;
}

/** `@ 1609746000.5` in whole milliseconds, or `@ start()` and `@ end()`: the bounds of the whole query. */
export type AtModifier =
  | { readonly kind: 'timestamp'; readonly ms: number }
  | { readonly kind: 'start' | 'end' };

export interface NumberLiteral {
  readonly kind: 'number';
  readonly type: 'scalar';
  /** A duration is its number of seconds. A sign in front of a literal is part of it. */
  readonly value: number;
  /** Written as a duration (`5m`). */
  readonly duration: boolean;
  readonly span: Span;
}

export interface StringLiteral {
  readonly kind: 'string';
  readonly type: 'string';
  readonly value: string;
  readonly span: Span;
}

export interface VectorSelector {
  readonly kind: 'vectorSelector';
  readonly type: 'vector';
  /** The metric name, if it was written in front of the braces. It is among `matchers` too, as the last. */
  readonly name: string | undefined;
  /** All matchers, `__name__` included; as they were written, not merged. */
  readonly matchers: readonly Matcher[];
  readonly offset: DurationExpr | undefined;
  readonly at: AtModifier | undefined;
  /** How a range is extended to its bounds (`rate(m[5m] anchored)`). */
  readonly extension: 'anchored' | 'smoothed' | undefined;
  readonly span: Span;
}

/** A range vector selector. Offset, `@` and extension are those of `selector`, wherever they were written. */
export interface MatrixSelector {
  readonly kind: 'matrixSelector';
  readonly type: 'matrix';
  readonly selector: VectorSelector;
  readonly range: DurationExpr;
  readonly span: Span;
}

export interface Subquery {
  readonly kind: 'subquery';
  readonly type: 'matrix';
  readonly expr: Expr;
  readonly range: DurationExpr;
  /** Without one: the default resolution of the evaluation. */
  readonly step: DurationExpr | undefined;
  readonly offset: DurationExpr | undefined;
  readonly at: AtModifier | undefined;
  readonly span: Span;
}

export interface Call {
  readonly kind: 'call';
  readonly type: ValueType;
  /** A name in the table of functions.ts. */
  readonly name: string;
  readonly args: readonly Expr[];
  readonly span: Span;
}

export interface Aggregate {
  readonly kind: 'aggregate';
  readonly type: 'vector';
  readonly op: AggregateOp;
  /** The first argument of topk, bottomk, quantile, limitk, limit_ratio and count_values. */
  readonly param: Expr | undefined;
  readonly expr: Expr;
  readonly grouping: readonly string[];
  /** `without (grouping)`; otherwise `by (grouping)`, of which none is `by ()`. */
  readonly without: boolean;
  readonly span: Span;
}

export type MatchCardinality = 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';

/** How the series of two instant vectors meet. */
export interface VectorMatching {
  /** `group_left` is many-to-one, `group_right` one-to-many; set operators are many-to-many. */
  readonly cardinality: MatchCardinality;
  /** `on (labels)`; otherwise `ignoring (labels)`, of which none matches by all labels. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** The labels of group_left or group_right, taken from the side of one. */
  readonly include: readonly string[];
  /** What stands for a series that is missing on the left, on the right. */
  readonly fillLeft: number | undefined;
  readonly fillRight: number | undefined;
}

export interface Binary {
  readonly kind: 'binary';
  readonly type: 'scalar' | 'vector';
  readonly op: BinaryOp;
  readonly left: Expr;
  readonly right: Expr;
  /** A comparison that gives 0 or 1 and does not filter. */
  readonly returnBool: boolean;
  /** Set if and only if both operands are instant vectors. */
  readonly matching: VectorMatching | undefined;
  /** The operator alone. */
  readonly opSpan: Span;
  readonly span: Span;
}

export interface Unary {
  readonly kind: 'unary';
  readonly type: 'scalar' | 'vector';
  readonly op: '+' | '-';
  readonly expr: Expr;
  readonly span: Span;
}

export interface Paren {
  readonly kind: 'paren';
  readonly type: ValueType;
  readonly expr: Expr;
  readonly span: Span;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Call
  | Aggregate
  | Binary
  | Unary
  | Paren;

/** The operands of an expression, in the order of the text; a matrix selector's is its selector. */
export function children(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'vectorSelector':
      return [];
    case 'matrixSelector':
      return [expr.selector];
    case 'subquery':
    case 'unary':
    case 'paren':
      return [expr.expr];
    case 'call':
      return expr.args;
    case 'aggregate':
      return expr.param === undefined ? [expr.expr] : [expr.param, expr.expr];
    case 'binary':
      return [expr.left, expr.right];
  }
}
