import type { Matcher } from '../../promql/ast.ts';
import { METRIC_NAME } from '../../promql/labels.ts';
import { compileMatcher, nameMatcherIn } from '../../promql/matcher.ts';
import { literalAlternatives } from '../../promql/pattern.ts';
import { isWellFormed } from '../../promql/string-literal.ts';
import { join, type Sql, sql } from '../sql/sql.ts';

/** Matchers, as a question to the series table. */
export interface SeriesCondition {
  /** Holds for every series that is meant; undefined where nothing can be said. */
  readonly sql: Sql | undefined;
  /** What `sql` leaves open: a series is meant where the value of each label passes. */
  readonly tests: readonly LabelTest[];
  /** The metric that the matchers name, if they do and it can be one. */
  readonly name: string | undefined;
  /** The same, if they ask for nothing else. */
  readonly onlyName: string | undefined;
}

export interface LabelTest {
  readonly label: string;
  readonly test: (value: string) => boolean;
}

/** @param labels the expression of the map of labels; `MetricName` is the column of the name */
export function seriesCondition(matchers: readonly Matcher[]): SeriesCondition {
  const conditions: Sql[] = [];
  const tests: LabelTest[] = [];
  for (const matcher of matchers) {
    const { condition, exact } = conditionOf(matcher);
    if (condition !== undefined) conditions.push(condition);
    if (!exact) tests.push({ label: matcher.label, test: compileMatcher(matcher) });
  }
  const named = nameMatcherIn(matchers)?.value;
  const name = named !== undefined && isWellFormed(named) ? named : undefined;
  return {
    sql: conditions.length === 0 ? undefined : join(conditions, ' AND '),
    tests,
    name,
    onlyName: matchers.length === 1 ? name : undefined,
  };
}

/** The value of a label of a row of the series table; '' where it has none. */
export function labelValue(label: string): Sql {
  return label === METRIC_NAME ? sql`MetricName` : sql`Labels[${label}]`;
}

interface Condition {
  readonly condition: Sql | undefined;
  /** It says all that the matcher says. */
  readonly exact: boolean;
}

function conditionOf({ label, op, value }: Matcher): Condition {
  // A label's name or value is UTF-8; another text would be changed on its way.
  if (!isWellFormed(label)) return { condition: undefined, exact: false };
  const text = labelValue(label);
  if (op === '=' || op === '=~') return op === '=' ? oneOf(text, [value]) : pattern(text, value);
  const { condition, exact } = op === '!=' ? oneOf(text, [value]) : pattern(text, value);
  // The negation of what says too little would say too much.
  if (condition === undefined || !exact) return { condition: undefined, exact: false };
  return { condition: sql`NOT (${condition})`, exact };
}

function oneOf(text: Sql, values: readonly string[]): Condition {
  const possible = values.filter(isWellFormed);
  if (possible.length === 0) return { condition: sql`0`, exact: true };
  const list = possible.map((value) => sql`${value}`);
  const [only] = list;
  if (list.length === 1 && only !== undefined) return { condition: sql`${text} = ${only}`, exact: true };
  return { condition: sql`${text} IN (${join(list, ', ')})`, exact: true };
}

function pattern(text: Sql, source: string): Condition {
  if (source === '.*') return { condition: sql`1`, exact: true };
  if (source === '.+') return { condition: sql`${text} != ''`, exact: true };
  const texts = literalAlternatives(source);
  if (texts !== undefined) return oneOf(text, texts);
  if (!isPlain(source)) return { condition: undefined, exact: false };
  // Naming the flag `i` turns off an optimisation of ClickHouse that is wrong for some patterns.
  return { condition: sql`match(${text}, ${`(?s-i)^(?:${source})$`})`, exact: true };
}

const longestPlain = 1_000;

/**
 * Whether ClickHouse's RE2 can be trusted with a pattern to mean what ours means: ASCII text, `.`, repeats
 * without numbers, alternatives, groups, and classes of letters and digits.
 */
function isPlain(source: string): boolean {
  return source.length <= longestPlain && !/\(\?(?!:)/.test(source) && plain.test(source);
}

const plain =
  /^(?:[\w \-/:=,@%~#&;<>'"!.*+?|()]|\\[.\\+*?()|[\]{}^$/-]|\\[dDwW]|\[\^?(?:\w-\w|[\w .:/@,=])+-?\])*$/;
